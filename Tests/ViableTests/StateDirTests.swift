import Assignment
import HostLinux
import Testing

@testable import viable

/// Where the journal is, as it was asked for, as it is recorded, and as printed commands say it.
@Suite struct StateDirTests {
  @Test func `a state directory is taken from the root, without detours`() throws {
    let here = try #require(Surroundings.workingDirectory)
    let spelled = [
      ("/srv/x/", "/srv/x"), ("//srv/./x//", "/srv/x"), ("/srv/y/../x", "/srv/x"), ("x", here + "/x"),
      ("./x/", here + "/x"), ("x/../y", here + "/y"),
    ]
    for (asked, path) in spelled {
      #expect(try Options.place(asked) == path, "\(asked)")
    }
    for asked in ["a\nb", "/" + String(repeating: "x", count: 3000)] {
      #expect(throws: (any Error).self) { try Options.place(asked) }
    }
  }

  @Test func `a relative XDG_STATE_HOME is none`() {
    func path(_ state: String?, _ home: String? = "/h//a/../b") -> String {
      Surroundings(variables: ["XDG_STATE_HOME": state, "HOME": home].compactMapValues(\.self)).stateDirectory
    }
    #expect(path("/s/./t/") == "/s/t/viable")
    for none in ["s", "./s", "", nil] { #expect(path(none) == "/h/b/.local/state/viable") }
    #expect(path("s", nil) == "/var/lib/viable")
  }

  @Test func `options stand in every command of ours that acts, once, as the shell takes them`() {
    let options = CommandOptions(journal: ["--state-dir", "/srv/it's here"])
    let said = "Take it back: viable restore --all; sudo viable assign 02:01.0. viable doctor says what is viable."
    let told = options.put(in: said)
    #expect(
      told == #"Take it back: viable --state-dir '/srv/it'\''s here' restore --all; "#
        + #"sudo viable --state-dir '/srv/it'\''s here' assign 02:01.0. viable doctor says what is viable."#)
    #expect(options.put(in: told) == told)
    #expect(CommandOptions().put(in: said) == said)
    // A machine that is chosen takes no root.
    let chosen = CommandOptions(machine: ["--scenario", "two-vms"])
    #expect(chosen.put(in: "sudo viable assign group:5") == "viable --scenario two-vms assign group:5")
    #expect(chosen.put(into: "sudo viable why group:5") == "viable --scenario two-vms why group:5")
    #expect(options.put(into: "lspci") == "lspci")
  }

  @Test func `what is advised in a scenario is meant for the scenario`() throws {
    let dry = try Shell.run("viable --scenario nic-and-hba release 02:02.0 --dry-run")
    #expect(dry.text.contains("viable --scenario nic-and-hba release 0000:02:02.0 --yes"), "\(dry.text)")
    let check = try Shell.run("viable --scenario nic-and-hba check group:5 | grep assign")
    #expect(check.text == "    viable --scenario nic-and-hba assign group:5\n", "\(check.text)")
    let plan = try Shell.run("viable --scenario nic-and-hba plan release 02:02.0")
    #expect(plan.text.contains(#""viable --scenario nic-and-hba release 0000:02:02.0""#), "\(plan.text)")
  }

  @Test func `a finding that names a command is the same one when the act is weighed again`() throws {
    let card = #"viable-assignment 1\naddress 0000:02:02.0\ncard 10de:1c82:1af4:ffff:010000\npath x\ndriver vfio-pci\n"#
    let outcome = try Shell.run(
      """
      cd $(mktemp -d); cp -a '\(Shell.package)/Tests/images/seed/.' .; mkdir -p var/lib/viable/assignments
      printf '\(card)' > var/lib/viable/assignments/0000:02:02.0
      viable --root . --state-dir /var/lib/viable --rehearse assign 02:02.0 --consent 5 2>&1 </dev/null
      """)
    #expect(outcome.text.contains("To end that: viable --state-dir /var/lib/viable restore"), "\(outcome.text)")
    #expect(outcome.code == 0 && outcome.text.contains("Done."), "\(outcome.text)")
  }

  @Test(arguments: [
    ("assign 02:01.0 --dry-run", "#   viable --scenario nic-and-hba --state-dir /srv/x assign 0000:02:01.0 --yes"),
    ("assign 02:01.0", "     viable --scenario nic-and-hba --state-dir /srv/x assign 0000:02:01.0"),
    ("restore --entry 7", "viable --scenario nic-and-hba --state-dir /srv/x restore --all --dry-run"),
    ("--read-only assign 02:01.0", "without it: viable --scenario nic-and-hba --state-dir /srv/x assign 0000:02:01.0"),
    ("check 02:01.0", "    viable --scenario nic-and-hba --state-dir /srv/x assign group:5"),
  ])
  func `commands that are printed keep the state directory`(line: String, command: String) throws {
    let outcome = try Shell.run("viable --scenario nic-and-hba --state-dir /srv/y/../x \(line) 2>&1 </dev/null")
    #expect(outcome.text.split(separator: "\n").contains { $0.hasSuffix(command) }, "\(outcome.text)")
  }

  @Test func `all that is not agreed to is named, and flags are not where only typing helps`() throws {
    let image = "cd $(mktemp -d); cp -a '\(Shell.package)/Tests/images/seed' seed; cd seed; "
    let plan = try Shell.run(image + "viable --root . --rehearse assign 02:01.0 03:00.0 2>&1 </dev/null")
    #expect(
      plan.text.contains("groups 5, 6 carry what the plan lists, and nothing was changed: add --consent 5 --consent 6"),
      "\(plan.text)")
    let root = "mkdir -p proc/self; echo '20 1 8:0 / / rw - ext4 /dev/sda rw' > proc/self/mountinfo; "
    let lockout = try Shell.run(image + root + "viable --root . --rehearse assign 02:01.0 03:00.0 2>&1 </dev/null")
    #expect(
      lockout.text.contains("confirmed by typing 5 and 6 and LOCKOUT; no flag agrees to it")
        && !lockout.text.contains("add --consent"), "\(lockout.text)")
  }
}
