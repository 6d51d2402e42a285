import Goldens
import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

@testable import Assignment

@Suite struct NewcomersTests {
  private func planned(
    _ count: Int, on host: SimulatedHost, _ journal: MemoryJournal = MemoryJournal(), sriov: SRIOV? = nil
  ) throws -> Plan {
    var plan = try Rig.plan(Intent(.virtualFunctions, named: [Rig.physical], count: count), on: host, journal)
    plan.foresee(
      in: host.inventory, host.ports(of: host.inventory, [:]), virtual: sriov.map { [Rig.physical: .value($0)] } ?? [:])
    return plan
  }

  private let sriov = SRIOV(total: 7, number: 0, offset: 0x80, stride: 2, device: 0x10ca, isEnabled: false)

  @Test func `new virtual functions are where the registers say, a group each`() throws {
    let plan = try planned(3, on: Rig.rehearsed(), sriov: sriov)
    #expect(
      plan.newcomers.map(\.functions) == ["0000:04:10.0", "0000:04:10.2", "0000:04:10.4"].map { [Scene.address($0)] })
    #expect(plan.newcomers.allSatisfy { $0.isPlaced && $0.others.isEmpty })
    let text = plan.preview(in: Rig.rehearsed().inventory).text
    #expect(text.contains { $0.contains("04:10.0 to 04:10.4 get a group each") })
  }

  @Test func `without those registers there are so many, and nobody says where`() throws {
    let plan = try planned(2, on: Rig.rehearsed())
    #expect(plan.newcomers.count == 2 && plan.newcomers.allSatisfy { !$0.isPlaced })
    #expect(
      plan.preview(in: Rig.rehearsed().inventory).text.contains { $0.contains("the 2 new ones get a group each") })
  }

  @Test func `what is foretold is what the simulated kernel does`() throws {
    var (host, journal) = (Rig.rehearsed(), MemoryJournal())
    let near = SRIOV(total: 7, number: 0, offset: 0x80, stride: 1, device: 0x10ca, isEnabled: false)
    let plan = try planned(4, on: host, sriov: near)
    #expect(try Rig.act(plan.intent, on: &host, &journal) == .done)
    for group in plan.newcomers {
      let made = try #require(host.inventory.group(of: group.functions[0]))
      #expect(made.members == (group.functions + group.others).sorted())
    }
  }

  @Test(arguments: [(Known<Bool>.value(true), "is 1"), (.value(false), "is 0"), (.unknown(.notRead), "unless 0 is in")])
  func `who takes the new ones is said before`(probes: Known<Bool>, words: String) throws {
    let host = Rig.rehearsed { function in
      guard function.address == Rig.physical else { return }
      function.details?.virtualFunctions = .value(VirtualFunctions(enabled: .value(0), total: 7, probes: probes))
    }
    let text = try planned(1, on: host).preview(in: host.inventory).text
    #expect(text.contains { $0.contains(words) && ($0.contains("sriov_drivers_autoprobe")) })
  }

  @Test func `only those that go are asked what they carry, and they are named`() throws {
    var (host, journal) = (Rig.rehearsed(), MemoryJournal())
    #expect(try planned(2, on: host).losing(in: host.inventory).isEmpty)
    #expect(try Rig.act(Intent(.virtualFunctions, named: [Rig.physical], count: 2), on: &host, &journal) == .done)
    let virtual = host.inventory.functions.filter { $0.physicalFunction == Rig.physical }.map(\.address)
    for count in [0, 3] {
      let plan = try planned(count, on: host, journal)
      #expect(plan.losing(in: host.inventory) == virtual)
      let text = plan.preview(in: host.inventory).text
      let end = count == 0 ? "go" : "go first: from one number to another leads over 0"
      #expect(text.contains { $0.contains("\(virtual[0].short) (no driver)") && $0.hasSuffix(end) })
    }
    var costly = try planned(0, on: host, journal)
    costly.findings = [Finding(.medium, virtual[1], .network, "eth3 has an address.")]
    #expect(costly.groupsAtStake == [host.inventory.group(of: virtual[1])?.id])
    let assign = try Rig.plan(Intent(.assign, groups: [Scene.group]), on: host)
    #expect(assign.losing(in: host.inventory) == [Rig.nic, Rig.hba])
  }

  @Test func `making and removing goes back to where it was`() throws {
    var (host, journal) = (Rig.rehearsed(), MemoryJournal())
    let before = host.inventory.functions
    #expect(try Rig.act(Intent(.virtualFunctions, named: [Rig.physical], count: 4), on: &host, &journal) == .done)
    #expect(host.inventory.functions.count == before.count + 4)
    let entry = try #require(journal.entries().last)
    #expect(try Rig.act(Intent(.restore, entry: entry.number), on: &host, &journal) == .done)
    #expect(host.inventory.functions.map(\.address) == before.map(\.address))
    #expect(journal.entries().isEmpty)
  }

  @Test func `virtual functions that were there go, wherever they are`() throws {
    let virtual = Scene.address("0000:04:00.2")
    let seed = Rig.rehearsed {
      if $0.address == Rig.physical {
        $0.details?.virtualFunctions = .value(VirtualFunctions(enabled: .value(1), total: 7))
      }
    }
    var made = Function(
      address: virtual, parent: .root("pci0000:00"),
      identity: .value(Identity(vendor: 0x8086, device: 0x10ca, classCode: ClassCode(0x020000))), driver: .absent,
      group: .value(GroupID(12)), driverOverride: .absent)
    made.physicalFunction = Rig.physical
    let machine = Inventory(
      functions: seed.inventory.functions + [made],
      groups: seed.inventory.groups + [Group(id: GroupID(12), members: [virtual])], host: seed.inventory.host)
    var (host, journal) = (
      SimulatedHost(rehearsing: machine, name: "seed", rules: Rules(.explicitLinux)), MemoryJournal()
    )
    #expect(try Rig.act(Intent(.virtualFunctions, named: [Rig.physical], count: 0), on: &host, &journal) == .done)
    #expect(host.inventory[virtual] == nil)
  }

  @Test(arguments: [(0, "vfs-none"), (1, "vfs-fewer"), (3, "vfs-more"), (2, "vfs-same")])
  func `virtual functions that go with a count do not stay, whatever group they are in`(
    count: Int, name: String
  ) throws {
    let host = Rig.together(2)
    let plan = try planned(count, on: host)
    let virtual = host.inventory.functions.filter { $0.physicalFunction == Rig.physical }.map(\.address)
    #expect(plan.untouched.contains { virtual.contains($0.address) } == (count == 2))
    #expect(Set(plan.assumptions.map(\.address)).count == plan.assumptions.count)
    let text = plan.preview(in: host.inventory, number: 12).text.map { $0 + "\n" }.joined()
    #expect(Golden.check(text, "preview-\(name)").matches)
  }

  @Test func `new ones in a group that is there leave open what it is worth, unless nobody may take them`() throws {
    let host = Rig.rehearsed { if $0.address == Rig.physical { $0.driver = .value("vfio-pci") } }
    var plan = Plan(
      Intent(.virtualFunctions, named: [Rig.physical], count: 1),
      steps: Plan.Step.counting(Rig.physical, from: 0, to: 1), assumptions: [try host.binding(of: Rig.physical)],
      groups: host.inventory.groups.filter { $0.id == GroupID(9) })
    let new = Newcomers(
      functions: [Scene.address("0000:04:10.0")], isPlaced: true, others: [Rig.physical], isCertain: true)
    #expect(plan.verdicts(in: host.inventory, rules: .explicitLinux).map(\.state) == [.viable])
    plan.newcomers = [new]
    #expect(plan.verdicts(in: host.inventory, rules: .explicitLinux).map(\.state) == [.unknown])
    var functions = host.inventory.functions
    let place = try #require(functions.firstIndex { $0.address == Rig.physical })
    functions[place].details?.virtualFunctions = .value(
      VirtualFunctions(enabled: .value(0), total: 7, probes: .value(false)))
    let still = Inventory(functions: functions, groups: host.inventory.groups)
    #expect(plan.verdicts(in: still, rules: .explicitLinux).map(\.state) == [.viable])
  }

  @Test func `giving everything back takes assigned virtual functions along before they go`() throws {
    var (host, journal) = (Rig.rehearsed(), MemoryJournal())
    let start = host.inventory
    #expect(try Rig.act(Intent(.virtualFunctions, named: [Rig.physical], count: 2), on: &host, &journal) == .done)
    let virtual = try #require(host.inventory.functions.first { $0.physicalFunction == Rig.physical }?.address)
    #expect(try Rig.act(Intent(.assign, named: [virtual]), on: &host, &journal) == .done)
    #expect(
      Rig.refusal(Intent(.virtualFunctions, named: [Rig.physical], count: 0), on: host, journal)?.why
        == .virtualFunctionsInUse(Rig.physical, [virtual]))
    #expect(try Rig.restoreAll(&host, &journal) == .done)
    #expect(host.inventory.functions.map(\.address) == start.functions.map(\.address) && journal.entries().isEmpty)
  }
}
