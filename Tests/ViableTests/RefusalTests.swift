import Assignment
import Goldens
import HostAccess
import Ownership
import Testing
import Topology

@testable import viable

/// Refused with `--json`: scripts get why as a document, people the same words as ever.
@Suite struct RefusalReportTests {
  @Test func `every refused act prints why as JSON, with its own exit code`() throws {
    let text = try Shell.run(
      """
      try() {
        echo "== $*"
        viable --json --scenario "$@" 2>"$words" | tee "$said"; local code=${PIPESTATUS[0]}
        python3 - "$said" "$words" $code <<'END' || echo "NOT AS IT SHOULD BE"
      import json, sys
      said, words = json.load(open(sys.argv[1])), open(sys.argv[2]).read()
      told = "viable: " + "\\n".join(said["message"] + ["  " + line for line in said["next"]]) + "\\n"
      sys.exit(words != told or said["exit"] != int(sys.argv[3]) or said["outcome"] != "refused")
      END
      }
      said=$(mktemp) words=$(mktemp) plan=$(mktemp); trap 'rm -f "$said" "$words" "$plan"' EXIT
      try nic-and-hba assign 02:01.0
      try both-joined grant 02:01.0 --user 4711
      try nic-and-hba release 02:09.0
      try nic-and-hba release group:77
      try nic-and-hba assign 01:00.0 --only-named
      try nic-and-hba restore 02:02.0
      try nic-and-hba restore --entry 3
      try nic-and-hba vfs 02:01.0 4
      try nic-and-hba grant 02:02.0 --user 4711
      try nic-and-hba run 02:01.0 --model explicit --as 4711 --dry-run -- true
      try nic-and-hba run 02:02.0 --model iommufd --as 4711 --dry-run -- true
      try nic-and-hba plan release 0000:02:07.0
      try nic-and-hba attach 02:07.0 --model explicit
      try nic-and-hba export 01:00.0 --as spdk
      try nic-and-hba show 13:00.0
      try nosuch list
      try vdpa watch
      viable --scenario nic-and-hba plan release 02:02.0 > "$plan"
      try released-hba apply "$plan" --yes | sed "s|$plan|PLAN|"
      """
    ).text
    let outcome = Golden.check(text, "refusals.txt")
    #expect(outcome.matches, "\(outcome)")
    #expect(!text.contains("NOT AS IT SHOULD BE"))
  }

  @Test func `an image that is acted on, and a command line that cannot be parsed`() throws {
    let image = try Shell.run(Shell.image + "viable --root $image release 02:01.0 --yes --json 2>/dev/null")
    #expect(image.code == 69 && image.text.contains(#""kind":"unavailable""#), "\(image.text)")
    let wrong = try Shell.run("viable release --json --nosuch 2>/dev/null")
    #expect(wrong.code == 64 && wrong.text.isEmpty)
    let full = try Shell.run("viable --scenario nic-and-hba release 02:09.0 --json 2>/dev/null >/dev/full")
    #expect(full.code == 74)
  }

  private func json(_ failure: Failure) throws -> String {
    var page = Page(.plain)
    try #require(RefusalReport(failure)).json(into: &page)
    return String(decoding: page.bytes, as: UTF8.self)
  }

  @Test func `who holds a device, and whose a node is, stand in it`() throws {
    let device = Machines.address("0000:02:01.0")
    let held = try json(
      Failure(Refusal(.held(device, by: Holder(process: 4711, command: "qemu", node: "/dev/vfio/5")))))
    #expect(
      held.contains(
        #""address":"0000:02:01.0","driver":null,"group":null,"name":"/dev/vfio/5","owner":{"command":"qemu","process":4711,"uid":null}"#
      ), "\(held)")
    let given = try json(Failure(Refusal(.givenAlready(.group(GroupID(5)), uid: 1000, to: "bob"))))
    #expect(given.contains(#""name":"/dev/vfio/5","owner":{"command":null,"process":null,"uid":1000}"#), "\(given)")
  }

  @Test func `what a signal or a full disk ended has no document`() {
    #expect(RefusalReport(Failure(.brokenPipe, "")) == nil)
    #expect(RefusalReport(Failure(.output, "cannot write")) == nil)
  }

  @Test func `a lockout is said to take a terminal`() throws {
    let device = Machines.address("0000:02:02.0")
    var plan = Plan(Intent(.release, named: [device]), steps: [], assumptions: [], groups: [])
    plan.findings = [Finding(.lockout, device, .fileSystem, "sda has /.")]
    let failure = try #require(throws: Failure.self) { try Consent(yes: true).settle(plan) { _ in nil } }
    #expect(failure.grounds.consent?.isTyped == true)
    #expect(try json(failure).contains(#""severity":"lockout","typed":true"#))
  }
}
