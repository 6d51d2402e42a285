import HostAccess
import Testing
import Topology

@testable import Assignment

/// What stands above the writes of a plan, as comments.
@Suite struct NotesTests {
  private func plan(_ findings: [Finding], _ intent: Intent = Intent(.assign, named: [Rig.nic])) throws -> Plan {
    var plan = try Rig.plan(intent, on: Rig.seed())
    plan.findings = findings
    return plan
  }

  @Test func `costs, consent, whom nobody named and who stays are said`() throws {
    let found = Finding(.medium, Rig.hba, .disk, "the disk sda goes with 02:02.0; nothing on it is mounted or swap.")
    let notes = try plan([found]).notes
    #expect(
      notes == [
        "# What it costs:", "# - 02:02.0 (medium): the disk sda goes with 02:02.0; nothing on it is",
        "#   mounted or swap.", "# Agreed to with:", "#   viable assign 0000:02:01.0 --consent 5",
        "# Changed though not named:", "# - 02:02.0 SCSI HBA of group 5, with sym53c8xx", "# What stays as it is:",
        "# - 01:00.0: a bridge without a driver, in nobody's way",
      ], "\(notes)")
  }

  @Test func `a group that is named has no members that are not`() throws {
    let notes = try plan([], Intent(.assign, groups: [Scene.group])).notes
    #expect(!notes.contains { $0.contains("not named") })
    #expect(notes.contains("#   viable assign group:5 --yes"))
  }

  @Test func `what may lock somebody out is agreed to by no flag`() throws {
    let notes = try plan([Finding(.lockout, Rig.hba, .fileSystem, "sda is the root file system.")]).notes
    let text = notes.joined(separator: " ")
    #expect(text.contains("(lockout): sda is the root file system."))
    #expect(text.contains("for 5 and LOCKOUT."))
    #expect(!text.contains("--yes") && !text.contains("--consent"))
  }

  @Test func `a cost without a group is agreed to with a yes`() throws {
    var plan = try plan([Finding(.medium, Rig.hba, .disk, "a cost")])
    (plan.groups, plan.assumptions) = ([], [])
    #expect(plan.agreedCommandLine.hasSuffix(" --yes"))
  }

  @Test(arguments: ["\n", "\r\n", "\u{2028}", "\u{0b}", "\u{85}", " \n \n"])
  func `nothing that is found begins a line of its own`(ending: String) throws {
    let found = Finding(.medium, Rig.hba, .disk, "evil\(ending)rm -rf /\(ending)$(reboot)`reboot`")
    var plan = try plan([found])
    plan.untouched = [Plan.Untouched(Rig.bridge, .otherCard(recorded: "x\(ending)reboot", entry: 1))]
    plan.assumptions = plan.assumptions.map { binding in
      var binding = binding
      binding.driver = .value("d\(ending)reboot")
      return binding
    }
    for line in plan.notes { #expect(line.hasPrefix("# ") && !line.contains(where: \.isNewline), "\(line)") }
    let script = plan.reviewedScript.joined(separator: "\n").split(separator: "\n")
    for line in script where line.contains("rm -rf") { #expect(line.hasPrefix("# ")) }
  }
}
