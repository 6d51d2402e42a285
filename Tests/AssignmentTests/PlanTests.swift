import Assignment
import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

@Suite struct PlanTests {
  private let nic = Rig.nic
  private let hba = Rig.hba

  private func effects(_ intent: Intent, on host: SimulatedHost, _ journal: MemoryJournal = MemoryJournal()) throws
    -> [Effect]
  {
    try Rig.plan(intent, on: host, journal).steps.map(\.effect)
  }

  @Test func `assigning aims the override, unbinds, probes`() throws {
    let plan = try Rig.plan(Intent(.assign, named: [nic], onlyNamed: true), on: Rig.seed())
    #expect(
      plan.steps == [
        Plan.Step(.setOverride(nic, "vfio-pci"), inverse: [.setOverride(nic, nil)]),
        Plan.Step(
          .unbind(nic, from: "e1000"), inverse: [.setOverride(nic, "e1000"), .probe(nic, expecting: "e1000")]),
        Plan.Step(.probe(nic, expecting: "vfio-pci"), inverse: [.unbind(nic, from: "vfio-pci")]),
      ])
    #expect(
      plan.untouched == [
        Plan.Untouched(Rig.bridge, .bridge(nil)), Plan.Untouched(hba, .notNamed),
      ])
    #expect(plan.assumptions.map(\.address) == [Rig.bridge, nic, hba])
  }

  @Test func `naming one device moves whoever blocks, and lists the rest`() throws {
    let host = Rig.seed(nic: "vfio-pci")
    let plan = try Rig.plan(Intent(.assign, named: [nic]), on: host)
    #expect(plan.touched == [hba])
    #expect(
      plan.untouched == [
        Plan.Untouched(Rig.bridge, .bridge(nil)), Plan.Untouched(nic, .already("vfio-pci")),
      ])
  }

  @Test func `a driverless member is bound when it or its group is named, and not otherwise`() throws {
    let host = Rig.seed(hba: nil)
    #expect(try Rig.plan(Intent(.assign, named: [nic]), on: host).touched == [nic])
    #expect(
      try effects(Intent(.assign, named: [hba], onlyNamed: true), on: host) == [
        .setOverride(hba, "vfio-pci"), .probe(hba, expecting: "vfio-pci"),
      ])
    #expect(try Rig.plan(Intent(.assign, groups: [Scene.group]), on: host).touched == [nic, hba])
  }

  @Test func `a bridge that blocks is released with its group, a port is not`() throws {
    let host = Rig.seed(bridge: "shpchp")
    #expect(
      try effects(Intent(.assign, named: [nic]), on: host).prefix(1) == [.unbind(Rig.bridge, from: "shpchp")])
    let port = try Rig.plan(Intent(.release, named: [Rig.port]), on: host)
    #expect(port.steps.isEmpty)
    #expect(port.untouched == [Plan.Untouched(Rig.port, .bridge("pcieport"))])
  }

  @Test func `releasing leaves the override as it was, also afterwards`() throws {
    let host = Rig.seed(nic: "vfio-pci")
    let plan = try Rig.plan(Intent(.release, named: [nic], onlyNamed: true), on: host)
    #expect(
      plan.steps == [
        Plan.Step(
          .unbind(nic, from: "vfio-pci"),
          inverse: [.setOverride(nic, "vfio-pci"), .probe(nic, expecting: "vfio-pci")])
      ])
    let other = try Rig.plan(Intent(.release, named: [nic], onlyNamed: true), on: Rig.seed())
    #expect(
      other.steps.map(\.inverse) == [
        [.setOverride(nic, "e1000"), .probe(nic, expecting: "e1000"), .setOverride(nic, nil)]
      ])
  }

  @Test func `restoring goes back to before the oldest act in force`() throws {
    var (host, journal) = (Rig.seed(), MemoryJournal())
    let start = host
    #expect(try Rig.act(Intent(.assign, groups: [Scene.group]), on: &host, &journal) == .done)
    #expect(try Rig.act(Intent(.release, named: [nic], onlyNamed: true), on: &host, &journal) == .done)
    #expect(journal.entries().count == 2)
    #expect(
      try effects(Intent(.restore, groups: [Scene.group]), on: host, journal) == [
        .setOverride(nic, "e1000"), .probe(nic, expecting: "e1000"), .setOverride(nic, nil),
        .setOverride(hba, "sym53c8xx"), .unbind(hba, from: "vfio-pci"), .probe(hba, expecting: "sym53c8xx"),
        .setOverride(hba, nil),
      ])
    // One device's part of both entries is settled, the other's stays.
    #expect(try Rig.act(Intent(.restore, named: [nic], onlyNamed: true), on: &host, &journal) == .done)
    #expect(Journal(journal.entries(), in: Rig.session).recorded == [hba])
    #expect(try Rig.restoreAll(&host, &journal) == .done)
    #expect(host == start)
    #expect(journal.entries().isEmpty)
  }

  @Test func `an unrecorded vfio device goes to whatever matches it`() throws {
    var (host, journal) = (Rig.seed(nic: "vfio-pci"), MemoryJournal())
    let plan = try Rig.plan(Intent(.restore, named: [nic], onlyNamed: true), on: host)
    #expect(
      plan.steps.map(\.effect) == [.setOverride(nic, nil), .unbind(nic, from: "vfio-pci"), .probe(nic, expecting: nil)])
    #expect(try Rig.act(plan.intent, on: &host, &journal) == .done)
    #expect(host.inventory[nic]?.driver == .value("e1000"))
  }

  @Test func `a variant driver that matches is preferred, and its module loaded once`() throws {
    let lines = [
      "alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci",
      "alias vfio_pci:v00008086d0000100Esv*sd*bc*sc*i* qat_vfio_pci",
      "alias vfio_pci:v00008086d*sv*sd*bc*sc*i* mlx5_vfio_pci", "alias pci:v00008086d0000100Esv*sd*bc*sc*i* e1000",
    ]
    let aliases = lines.compactMap { VFIODrivers.Alias($0) }
    #expect(aliases.count == 3)
    let drivers = VFIODrivers(registered: [], aliases: .value(aliases))
    let plan = try Rig.plan(Intent(.assign, groups: [Scene.group]), on: Rig.seed(), drivers: drivers)
    #expect(
      plan.steps.map(\.effect).filter { $0.address != hba } == [
        .loadModule("qat_vfio_pci"), .loadModule("vfio-pci"), .setOverride(nic, "qat_vfio_pci"),
        .unbind(nic, from: "e1000"), .probe(nic, expecting: "qat_vfio_pci"),
      ])
    #expect(plan.steps[0].inverse.isEmpty)
  }

  @Test(arguments: ["alias vfio_pci:v8086d100E mlx5", "alias vfio_pci:v*d*sv*sd*bc*sc*iG x", "alias pci:v*d* x", ""])
  func `a line that is no alias of VFIO's is none`(line: String) { #expect(VFIODrivers.Alias(line) == nil) }

  @Test func `the plan is stale as soon as anything it assumed has changed`() throws {
    let host = Rig.seed()
    let plan = try Rig.plan(Intent(.assign, named: [nic], onlyNamed: true), on: host)
    #expect(plan.staleness(against: plan.assumptions, groups: host.inventory.groups) == nil)
    let changes: [(inout Binding) -> Void] = [
      { $0.driver = .absent }, { $0.driver = .value("x") }, { $0.override = .value("x") }, { $0.path = "elsewhere" },
      { $0.identity = .value(Identity(vendor: 1, device: 2, classCode: ClassCode(3))) },
      { $0.virtualFunctions = .value(3) }, { $0.group = .value(GroupID(77)) }, { $0.driver = .unknown(.deviceBusy) },
    ]
    for place in plan.assumptions.indices {
      for change in changes {
        var now = plan.assumptions
        change(&now[place])
        if now == plan.assumptions { continue }
        let refusal = plan.staleness(against: now, groups: host.inventory.groups)
        guard case .stale(plan.assumptions[place].address, _, _) = refusal?.why else {
          Issue.record("\(now[place]): \(String(describing: refusal))")
          continue
        }
      }
      var fewer = plan.assumptions
      let gone = fewer.remove(at: place)
      #expect(plan.staleness(against: fewer, groups: host.inventory.groups)?.why == .gone(gone.address))
    }
    var groups = host.inventory.groups
    let at = try #require(groups.firstIndex { $0.id == Scene.group })
    groups[at].members.append(Rig.physical)
    #expect(
      plan.staleness(against: plan.assumptions, groups: groups)?.why
        == .regrouped(Scene.group, assumed: [Rig.bridge, nic, hba], found: [Rig.bridge, nic, hba, Rig.physical]))
    groups.remove(at: at)
    #expect(plan.staleness(against: plan.assumptions, groups: groups)?.why == .noSuchGroup(Scene.group))
  }

  @Test func `a card that differs in nothing but subsystem or class is told from the one that was meant`() throws {
    let host = Rig.seed()
    let plan = try Rig.plan(Intent(.assign, named: [nic], onlyNamed: true), on: host)
    let place = try #require(plan.assumptions.firstIndex { $0.address == nic })
    for (subsystem, code, words) in [
      (UInt16(0x1af4), UInt32(0x020000), "8086:100e (subsystem 1af4:1100, class 020000)"),
      (0, 0x028000, "8086:100e (subsystem 0000:0000, class 028000)"),
    ] {
      var now = plan.assumptions
      var identity = Identity(vendor: 0x8086, device: 0x100e, classCode: ClassCode(code))
      (identity.subsystemVendor, identity.subsystemDevice) = (subsystem, subsystem == 0 ? 0 : 0x1100)
      now[place].identity = .value(identity)
      let before = "8086:100e (subsystem 0000:0000, class 020000)"
      #expect(
        plan.staleness(against: now, groups: host.inventory.groups)?.why == .stale(nic, assumed: before, found: words))
    }
  }

  @Test func `records of another boot are void, and nothing is planned from them`() throws {
    var (host, journal) = (Rig.seed(), MemoryJournal())
    #expect(try Rig.act(Intent(.assign, groups: [Scene.group]), on: &host, &journal) == .done)
    let later = Journal(journal.entries(), in: Entry.Session(boot: "later", machine: "machine"))
    #expect(later.open.isEmpty && later.recorded.isEmpty && later.void.count == 1)
    #expect(later.origin(of: .function(nic)) == nil)
    #expect(later.nextNumber == 2)
  }
}
