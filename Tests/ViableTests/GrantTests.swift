import Goldens
import Testing

/// `grant` on simulated machines: what is said, what is asked, and what it ends with.
@Suite struct GrantCommandTests {
  @Test func `nodes are given to one user, with all that he has then`() throws {
    let text = try Shell.run(
      """
      try() { echo "== $*"; viable --scenario "$@" 2>&1; echo "exit $?"; }
      try released-hba grant 02:01.0 --user 4711 --yes
      try both-joined grant 02:01.0 --user 4711 --yes
      try both-joined grant group:5 --user 4711 --persist --dry-run
      try nic-and-hba grant 02:02.0 --user 4711 --yes
      try released-hba grant 02:01.0 --revoke
      try permissions grant 02:01.0 --user nosuch --yes
      """
    ).text
    let outcome = Golden.check(text, "grant-scenarios.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test(arguments: [
    ("grant 02:01.0", 64, "give --user, or --revoke"), ("grant 02:01.0 --revoke --persist", 64, "leave --persist out"),
    ("grant 02:01.0 --user 4711 --script", 64, "give both"), ("grant 02:01.0 --user 0", 64, "root may open every node"),
    ("grant 02:01.0 --user root", 64, "root may open every node"),
    ("grant 02:01.0 --user nosuch", 66, "--user nosuch: no such user"),
    ("grant 02:07.0 --user 4711", 66, "no such device"),
    ("grant 02:01.0 --user 4711", 1, "add --yes"), ("grant 01:00.0 --user 4711", 1, "is a bridge"),
  ])
  func `what cannot be given ends with its code`(line: String, code: Int32, words: String) throws {
    let outcome = try Shell.run("viable --scenario released-hba \(line) 2>&1")
    #expect(outcome.code == code && outcome.text.contains(words), "\(outcome.code): \(outcome.text)")
  }

  @Test func `the plan is a document that is applied with the same consent`() throws {
    let outcome = try Shell.run(
      """
      file=$(mktemp); trap 'rm -f "$file"' EXIT
      viable --scenario both-joined grant 02:01.0 --user 4711 --persist --dry-run --json > "$file"
      viable --scenario both-joined apply "$file" --yes 2>&1 | tail -n 1
      viable --scenario both-joined apply "$file" --consent 5 2>&1 | tail -n 1
      sed -i 's/"chown 4711:0/"chown 4712:0/' "$file"
      viable --scenario both-joined apply "$file" --consent 5 2>&1 | sed "s|$file|FILE|"
      """)
    #expect(
      outcome.text == """
        viable: group 5 carries what the plan lists, and nothing was changed: add --consent 5
        Done. It is kept as journal entry 1. It was a rehearsal.
        viable: FILE: steps.[0]: the effect is not what 'exact' says it is

        """)
  }

  @Test func `an image has users by number alone, and nothing is given where no node is`() throws {
    let seed = "viable --root '\(Shell.package)/Tests/images/seed' --rehearse"
    let known = try Shell.run("\(seed) grant 02:01.0 --user daemon 2>&1")
    #expect(known.code == 66 && known.text.contains("an image has no users, so name one by uid"), "\(known.text)")
    let root = try Shell.run("\(seed) grant 02:01.0 --user root 2>&1")
    #expect(root.code == 64 && root.text.contains("root may open every node"), "\(root.text)")
    let plan = try Shell.run("\(seed) grant 02:01.0 --user 1 --persist --dry-run 2>&1")
    #expect(plan.code == 0 && plan.text.contains("chown 1 ") && !plan.text.contains("daemon"), "\(plan.text)")
  }
}
