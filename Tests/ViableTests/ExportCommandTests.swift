import Goldens
import Testing

@testable import viable

/// `export` and `vfs` of the built program, from a shell.
@Suite struct ExportCommandTests {
  private func run(_ line: String) throws -> Shell.Outcome {
    try Shell.run("seed='\(Shell.package)/Tests/images/seed'; \(line)")
  }

  @Test(arguments: [
    ("viable export 02:01.0 --as qemu --root $seed", 0), ("viable export --as svg --root $seed", 0),
    ("viable export --as qemu --root $seed", 64), ("viable export 02:01.0 --root $seed", 64),
    ("viable export 02:01.0 --as vmware --root $seed", 64),
    ("viable export 02:01.0 --as dpdk --model iommufd --root $seed", 64),
    ("viable export 02:01.0 --as qemu --managed no --root $seed", 64),
    ("viable export 02:09.0 --as qemu --root $seed", 66), ("viable export group:2 --as qemu --root $seed", 1),
    ("viable export 02:01.0 --as spdk --root $seed", 1), ("viable export 02:01.0 --as script --root $seed", 0),
    ("viable export 02:01.0 --as libvirt --scenario nic-and-hba", 0),
    ("viable export 02:01.0 --as report --root $seed --rehearse", 0),
    ("viable export --as report --root $seed > /dev/full", 74), ("viable vfs 02:01.0 1 --root $seed --rehearse", 1),
    ("viable vfs group:5 1 --root $seed --rehearse", 64), ("viable vfs 02:01.0 70000 --root $seed --rehearse", 64),
    ("viable vfs 02:01.0 --root $seed --rehearse", 64), ("viable plan vfs 02:01.0 --root $seed --rehearse", 64),
    ("viable vfs 02:01.0 1 --root $seed", 69),
  ])
  func `it ends with the code that is documented`(line: String, code: Int32) throws {
    let outcome = try run(line.contains(">") ? "{ \(line); } 2>&1" : "{ \(line) >/dev/null; } 2>&1")
    #expect(outcome.code == code, "\(outcome.text)")
    #expect(code == 0 || outcome.text.hasPrefix("viable: "), "\(outcome.text)")
  }

  @Test func `bare arguments are what a shell hands on, and what comes first is told beside`() throws {
    let out = try run("printf '[%s]' $(viable export 02:01.0 --as qemu --bare --root $seed 2>/dev/null)")
    #expect(out.text == "[-device][vfio-pci,host=0000:02:01.0][-device][vfio-pci,host=0000:02:02.0]")
    let said = try run("viable export 02:01.0 --as qemu --bare --root $seed 2>&1 >/dev/null")
    #expect(said.text.hasPrefix("viable: first: Not bound to a vfio driver yet:"), "\(said.text)")
    #expect(said.text.contains("(sudo viable assign group:5)"))
  }

  @Test func `JSON has the lines of the text and what to know`() throws {
    let out = try run(
      "viable export 02:01.0 --as libvirt --json --root $seed | python3 -c 'import json, sys; d = json.load(sys.stdin); "
        + "print(d[\"schema\"], d[\"format\"], d[\"groups\"], d[\"endpoints\"], \"\\n\".join(d[\"lines\"]) + \"\\n\" == "
        + "open(sys.argv[1]).read(), sorted({c[\"kind\"] for c in d[\"caveats\"]}))' "
        + "<(viable export 02:01.0 --as libvirt --root $seed)")
    #expect(
      out.text == "viable/1 libvirt [5] ['0000:02:01.0', '0000:02:02.0'] True ['driver', 'reset']\n", "\(out.text)")
  }

  @Test func `a script of a plan passes the shell's own check`() throws {
    let out = try run("viable export 02:01.0 --as script --root $seed | sh -n && echo fine")
    #expect(out.text == "fine\n")
  }

  @Test func `virtual functions are made and removed on a rehearsed image, and what is in the way is said`() throws {
    let out = try run(
      """
      image=$(mktemp -d); trap 'rm -rf "$image"' EXIT; cp -a "$seed/." "$image"
      card="$image/sys/bus/pci/devices/0000:03:00.0"
      echo 4 > "$card/sriov_totalvfs"; echo 0 > "$card/sriov_numvfs"; echo 1 > "$card/sriov_drivers_autoprobe"
      for it in 'vfs 03:00.0 2 --yes' 'vfs 03:00.0 2' 'vfs 03:00.0 0 --yes' 'vfs 03:00.0 5 --yes' \
        'vfs 02:01.0 1 --yes' 'vfs 00:02.0 1 --yes' 'vfs 00:00.0 1' 'vfs group:5 1' 'vfs 03:00.0 3 --dry-run'; do
        echo "== $it"; viable --root "$image" --rehearse $it 2>&1; echo "exit $?"
      done
      """)
    let outcome = Golden.check(out.text, "vfs.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `completion offers the formats`() throws {
    let out = try run(
      "viable --generate-completion-script bash | grep -c 'qemu.*libvirt.*dpdk.*spdk.*script.*dot.*svg.*report'")
    #expect(out.text == "1\n", "\(out.text)")
  }

  @Test func `every command answers a shell that asks what could be typed`() throws {
    let script = """
      for it in list show check why release assign restore attach grant run export; do
        viable ---completion $it -- positional@0 2 0 viable $it --scenario nic-and-hba "" > /dev/null 2>&1 || echo "$it $?"
      done
      viable ---completion run -- positional@0 3 0 viable run --scenario nic-and-hba "" | grep -c '^group:'
      viable --generate-completion-script bash | grep -c 'explicit-2021.*implicit'
      """
    let lines = try run(script).text.split(separator: "\n")
    #expect(lines.count == 2 && lines.allSatisfy { (Int($0) ?? 0) > 0 }, "\(lines)")
  }

  @Test func `a count that is none is named, and a group of one is one`() throws {
    let minus = try run("viable vfs 02:01.0 -1 --root $seed --rehearse 2>&1")
    #expect(minus.code == 64 && minus.text.contains("a count is 0 to 65535, not -1"), "\(minus.text)")
    let many = try run("viable vfs group:5 1 --root $seed --rehearse 2>&1")
    #expect(many.text.contains("'group:5' is 3 devices; vfs takes one physical function"), "\(many.text)")
    let one = try run("viable vfs group:1 1 --root $seed --rehearse 2>&1")
    #expect(one.code == 1 && one.text.contains("has no SR-IOV"), "\(one.text)")
  }

  @Test func `a plan that cannot be read says what was found and what should be there`() throws {
    for (change, words) in [
      ("d['steps'] = 'none'", "steps: expected a list, found text"),
      ("d['intent']['verb'] = 'foo'", "intent.verb: 'foo' is none of release, assign, restore"),
      ("d['steps'][0]['exact'] = 1", "expected text, found a number"),
    ] {
      let out = try run(
        """
        file=$(mktemp); trap 'rm -f "$file"' EXIT
        viable plan assign 02:01.0 --root $seed --rehearse \
          | python3 -c "import json, sys; d = json.load(sys.stdin); \(change); json.dump(d, open('$file', 'w'))"
        viable apply "$file" --root $seed --rehearse 2>&1
        """)
      #expect(out.text.contains(words), "\(out.text)")
    }
  }
}
