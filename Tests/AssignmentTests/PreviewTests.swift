import Assignment
import Goldens
import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

@Suite struct PreviewTests {
  private func check(_ plan: Plan, _ host: SimulatedHost, _ name: String) -> Golden.Outcome {
    let preview = plan.preview(in: host.inventory, number: 12)
    return Golden.check(preview.text.map { $0 + "\n" }.joined(), "preview-\(name)")
  }

  @Test func `assigning one device of the seed scene is told to the byte`() throws {
    let host = Rig.seed(nic: "vfio-pci")
    var plan = try Rig.plan(Intent(.assign, groups: [Scene.group]), on: host)
    plan.findings = [
      Finding(.lockout, Rig.hba, .fileSystem, "/ is on sda2 of 02:02.0."),
      Finding(.medium, Rig.hba, .disk, "sda leaves the host."),
      Finding(.low, Rig.nic, .suspended, "02:01.0 is asleep."),
    ]
    #expect(plan.severity == .lockout)
    #expect(check(plan, host, "assign").matches)
  }

  @Test func `what is left blocked is said`() throws {
    let host = Rig.seed()
    #expect(check(try Rig.plan(Intent(.assign, named: [Rig.nic], onlyNamed: true), on: host), host, "partly").matches)
    #expect(check(try Rig.plan(Intent(.release, named: [Rig.nic]), on: host), host, "release").matches)
  }

  @Test func `a restore says where things go, and what is not known before`() throws {
    var (host, journal) = (Rig.seed(), MemoryJournal())
    let unknown = Rig.seed(nic: "vfio-pci")
    #expect(
      check(try Rig.plan(Intent(.restore, named: [Rig.nic], onlyNamed: true), on: unknown), unknown, "unrecorded")
        .matches)
    #expect(try Rig.act(Intent(.assign, groups: [Scene.group]), on: &host, &journal) == .done)
    #expect(check(try Rig.plan(Intent(.restore, groups: [Scene.group]), on: host, journal), host, "restore").matches)
  }

  @Test func `a plan without steps says so`() throws {
    let host = Rig.seed(nic: "vfio-pci", hba: nil)
    #expect(check(try Rig.plan(Intent(.assign, named: [Rig.nic]), on: host), host, "nothing").matches)
  }

  @Test func `virtual functions are counted`() throws {
    let host = Rig.rehearsed()
    #expect(
      check(try Rig.plan(Intent(.virtualFunctions, named: [Rig.physical], count: 4), on: host), host, "vfs").matches)
  }

  @Test func `the script does the same writes with checks between them`() throws {
    let host = Rig.seed(bridge: "shpchp")
    let drivers = VFIODrivers(registered: [], aliases: .unknown(.notRecorded))
    let plan = try Rig.plan(Intent(.assign, groups: [Scene.group]), on: host, drivers: drivers)
    #expect(Golden.check(plan.script, "script.sh").matches)
    for step in plan.steps {
      if let write = step.effect.write { #expect(plan.script.contains("'\(write.path)'")) }
    }
  }

  @Test func `nothing that a name says gets out of its quotes`() throws {
    let evil = "x'; rm -rf / #\n`$(reboot)`\\"
    let address = Rig.nic
    let binding = Binding(
      address: address, identity: .value(Identity(vendor: 1, device: 2, classCode: ClassCode(3))), path: evil,
      driver: .value(evil), override: .value(evil), group: .value(Scene.group))
    let plan = Plan(
      Intent(.assign, named: [address]),
      steps: [Plan.Step(.setOverride(address, evil), inverse: [.setOverride(address, evil)])],
      assumptions: [binding],
      groups: [Group(id: Scene.group, members: [address], others: [OtherMember(name: evil, driver: .absent)])])
    #expect(Golden.check(plan.script, "script-quoted.sh").matches)
    #expect(Golden.check(plan.dryRun.map { $0 + "\n" }.joined(), "dry-run-quoted").matches)
  }
}
