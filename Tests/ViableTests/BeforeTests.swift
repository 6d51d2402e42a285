import Testing

/// What is said before an act is done: rehearsals, dry runs, and reports that find no way out.
@Suite struct BeforeTests {
  /// The seed's image with its disk mounted on /.
  private static let mounted = """
    image=$(mktemp -d); trap 'rm -rf "$image"' EXIT; cp -a '\(Shell.package)/Tests/images/seed/.' "$image"
    mkdir -p "$image/proc/self"; printf 'Filename\\tType\\n' > "$image/proc/swaps"
    echo "21 1 $(cat "$image/sys/block/sda/dev" 2>/dev/null || echo 8:0) / / rw - ext4 /dev/sda rw" \
      > "$image/proc/self/mountinfo"
    viable() { command viable --root "$image" --rehearse "$@"; }

    """

  @Test func `a rehearsal finds in use what is in use on the machine`() throws {
    let out = try Shell.run("{ \(Self.mounted) viable release 02:02.0 --consent 5 </dev/null; } 2>&1")
    #expect(out.code == 1 && out.text.contains("root file system"), "\(out.text)")
    #expect(!out.text.contains("nothing on it is mounted") && !out.text.contains("Done"), "\(out.text)")
  }

  @Test func `a rehearsal does not know what its image does not tell`() throws {
    let line = "viable --root '\(Shell.package)/Tests/images/seed' --rehearse release 02:02.0"
    let out = try Shell.run("\(line) --yes 2>&1 </dev/null")
    #expect(out.code == 1 && out.text.contains("what is mounted from 02:02.0 is unknown"), "\(out.text)")
    #expect(out.text.contains("add --consent 5"), "\(out.text)")
    #expect(try Shell.run("\(line) --consent 5").code == 0)
  }

  @Test func `a dry run says above its writes what they cost and whom nobody named`() throws {
    for (form, write) in [("", "write \"0000:02:02.0\" > "), (" --script", "put '0000:02:02.0' ")] {
      let out = try Shell.run("\(Self.mounted) viable assign 02:01.0 --dry-run\(form)")
      #expect(out.code == 0, "\(out.text)")
      let lines = out.text.split(separator: "\n")
      let first = try #require(lines.firstIndex { $0.hasPrefix(write) })
      let said = lines[..<first].filter { $0.hasPrefix("# ") }.joined(separator: " ")
      #expect(said.contains("(lockout)") && said.contains("root file system"), "\(said)")
      #expect(said.contains("LOCKOUT") && said.contains("Changed though not named: # - 02:02.0"), "\(said)")
      #expect(try Shell.run("\(Self.mounted) viable assign 02:01.0 --dry-run\(form) | sh -n").code == 0 || form.isEmpty)
    }
    let writes = try Shell.run("viable --scenario nic-and-hba assign 02:01.0 --dry-run | grep -v '^#'")
    let steps = try Shell.run(
      "viable --scenario nic-and-hba assign 02:01.0 --dry-run --json | python3 -c 'import json, sys\n"
        + "for step in json.load(sys.stdin)[\"steps\"]: print(step[\"exact\"])'")
    #expect(writes.text == steps.text && !writes.text.isEmpty, "\(writes.text)")
  }

  @Test func `an act is not begun where its plan has nowhere to go`() throws {
    let out = try Shell.run("{ viable --scenario nic-and-hba assign 02:01.0 --consent 5 >/dev/full; } 2>&1")
    #expect(out.code == 74 && out.text.contains("cannot write") && !out.text.contains("Done"), "\(out.text)")
    let fine = try Shell.run(
      "viable --scenario nic-and-hba assign 02:01.0 --json --consent 5 | python3 -c 'import json, sys\n"
        + "print(json.load(sys.stdin)[\"outcome\"])'")
    #expect(fine.text == "done\n", "\(fine.text)")
  }

  @Test func `an act whose report is lost afterwards says on standard error what was done`() throws {
    // The file may grow by one byte: the report does not fit, and is first missed when all is done.
    let out = try Shell.run(
      """
      file=$(mktemp); trap 'rm -f "$file"' EXIT; head -c 1023 /dev/zero > "$file"
      { (ulimit -f 1; trap '' XFSZ; viable --scenario nic-and-hba assign 02:01.0 --json --consent 5 >> "$file"); } 2>&1
      """)
    #expect(out.code == 74 && out.text.contains("the report could not be written: Done."), "\(out.code) \(out.text)")
  }
}
