import Assignment
import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

/// What stands in the journal, and what of it is in force.
@Suite struct JournalTests {
  private var host = Rig.seed()
  private var journal = MemoryJournal()
  private let assign = Intent(.assign, groups: [Scene.group])
  private let nic = Rig.nic

  private var now: Journal { Journal(journal.entries(), in: Rig.session) }
  private var all: Intent {
    Intent(.restore, named: now.recorded, also: now.recordedPlaces, onlyNamed: true, isAll: true)
  }
  private var numbers: [Int] { journal.entries().map(\.number) }

  private mutating func act(_ intent: Intent) throws {
    #expect(try Rig.act(intent, on: &host, &journal) == .done)
  }

  private func assigning(_ address: Address) -> Intent { Intent(.assign, named: [address], onlyNamed: true) }

  /// The seed scene with another card in the NIC's slot.
  private static func swapped(driver: DriverName = "8139too") -> SimulatedHost {
    Rig.rehearsed { function in
      guard function.address == Rig.nic else { return }
      function.identity = .value(Identity(vendor: 0x10ec, device: 0x8139, classCode: ClassCode(0x020000)))
      function.driver = .value(driver)
    }
  }

  @Test mutating func `a record of another card hides none of the card that is there`() throws {
    try act(assigning(nic))
    host = Self.swapped()
    let start = host
    try act(assigning(nic))
    try act(assigning(Rig.hba))
    let assigned = (host, journal)
    for intent in [all, Intent(.restore, named: [nic, Rig.hba], onlyNamed: true)] {
      (host, journal) = assigned
      let plan = try Rig.plan(intent, on: host, journal)
      #expect(plan.touched == [nic, Rig.hba])
      let told = plan.untouched.filter { $0.address == nic }.map(\.why)
      guard case .otherCard(let recorded, entry: 1)? = told.first, told.count == 1 else {
        Issue.record("\(told)")
        return
      }
      #expect(recorded.hasPrefix("8086:100e"))
      try act(intent)
      #expect(host == start && numbers.isEmpty)
    }
    (host, journal) = assigned
    try act(Intent(.restore, entry: 2))
    #expect(host.inventory[nic]?.driver == .value("8139too") && numbers == [1, 3])
    try act(Intent(.restore, entry: 1))
    #expect(host.inventory[nic]?.driver == .value("8139too") && numbers == [3])
  }

  @Test mutating func `what is recorded of other cards alone is told and forgotten, and stops nothing`() throws {
    try act(assigning(nic))
    let void = journal
    for driver in ["8139too", "vfio-pci"] {
      (host, journal) = (Self.swapped(driver: driver), void)
      let before = host
      let plan = try Rig.plan(all, on: host, journal)
      #expect(plan.steps.isEmpty && plan.untouched.contains { $0.address == nic })
      try act(all)
      #expect(host == before && numbers.isEmpty)
    }
    // By name it is refused, or as good as not on record.
    #expect(Rig.refusal(Intent(.restore, named: [nic]), on: Self.swapped(), void)?.kind == "void")
    let bound = try Rig.plan(Intent(.restore, named: [nic]), on: Self.swapped(driver: "vfio-pci"), void)
    #expect(bound.touched == [nic])
  }

  @Test func `what files kept assigned since an earlier boot goes with all to whatever matches it`() throws {
    let kept = Rig.seed(nic: "vfio-pci")
    let plan = try Rig.plan(Intent(.restore, named: [nic], onlyNamed: true, isAll: true, persists: true), on: kept)
    #expect(plan.touched == [nic] && plan.commandLine == "viable restore --all --persist")
  }

  @Test mutating func `where it is not known which card is there its record is kept`() throws {
    try act(assigning(nic))
    let unknown = Rig.rehearsed { if $0.address == Rig.nic { $0.identity = .unknown(.refused(errno: 5)) } }
    #expect(Rig.refusal(all, on: unknown, journal)?.why == .unknown(nic, what: "identity", .refused(errno: 5)))
  }

  @Test mutating func `an act that a later one stands on is not taken back alone`() throws {
    let start = host
    try act(assigning(nic))
    try act(assigning(Rig.hba))
    try act(Intent(.release, named: [nic], onlyNamed: true))
    #expect(
      Rig.refusal(Intent(.restore, entry: 1), on: host, journal)?.why
        == .laterEntry(.function(nic), entry: 1, later: 3))
    try act(Intent(.restore, entry: 2))
    try act(Intent(.restore, entry: 3))
    try act(Intent(.restore, entry: 1))
    #expect(host == start && numbers.isEmpty)
  }

  @Test mutating func `entries of an earlier boot are forgotten once they were told, those of other machines never`()
    throws
  {
    let start = host
    try act(assigning(nic))
    for (boot, machine) in [("earlier", "machine"), ("earlier", "elsewhere"), ("earlier", "")] {
      var entry = try #require(journal.entries().first)
      entry.number = now.nextNumber
      entry.session = Entry.Session(boot: boot, machine: machine)
      journal.save(entry)
    }
    try act(Intent(.restore, named: [nic], onlyNamed: true))
    #expect(host == start && numbers == [2, 3, 4], "nobody was told")
    try act(all)
    #expect(host == start && numbers == [3, 4])
  }

  @Test mutating func `virtual functions that somebody else made are left to him`() throws {
    host = Rig.rehearsed()
    try act(assigning(Rig.physical))
    let byHand: [Effect] = [
      .setOverride(Rig.physical, "igb"), .unbind(Rig.physical, from: "vfio-pci"),
      .probe(Rig.physical, expecting: "igb"),
      .setOverride(Rig.physical, nil), .setVirtualFunctions(Rig.physical, 2),
    ]
    for effect in byHand { #expect(host.begin(effect) == .done) }
    let before = host
    try act(all)
    #expect(host == before && numbers.isEmpty)
  }

  @Test func `what a module took as it was loaded is taken back as well`() throws {
    let host = Rig.seed(nic: nil)
    let plan = try Rig.plan(assign, on: host)
    var (end, journal) = (host, MemoryJournal())
    var transaction = Rig.transaction(plan, journal)
    let outcome = Rig.drive(&transaction, on: &end, journal: &journal) { effect, machine in
      if case .unbind(Rig.hba, _) = effect { return .failed(HostError("write", on: "unbind", .enomem)) }
      #expect(machine.begin(effect) == .done)
      // Its options name the ids of the card, which has no driver.
      if effect == .setOverride(nic, "vfio-pci") { #expect(machine.begin(.probe(nic, expecting: "vfio-pci")) == .done) }
      return .performed
    }
    guard case .takenBack = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(end == host && journal.entries().isEmpty)
  }

  @Test mutating func `what costs more than was agreed to, or is held by somebody new, is not run`() throws {
    let agreed = try Rig.plan(assign, on: host)
    var now = agreed
    #expect(agreed.staleness(against: now) == nil)
    now.findings = [Finding(.low, nic, .network, "eth0 leaves the host.")]
    #expect(agreed.staleness(against: now) == nil)
    now.findings.append(Finding(.medium, Rig.hba, .fileSystem, "sda1 is mounted at /mnt."))
    #expect(agreed.staleness(against: now)?.why == .overtaken(Rig.hba, "sda1 is mounted at /mnt."))
    #expect(now.staleness(against: now) == nil && now.staleness(against: agreed) == nil)
    var held = agreed
    held.groups[0].holders = .value([Holder(process: 7, command: "qemu", node: "/dev/vfio/5")])
    #expect(agreed.staleness(against: held)?.kind == "stale")
    #expect(held.staleness(against: held) == nil)
    var fewer = agreed
    fewer.steps.removeLast()
    for (one, other) in [(agreed, fewer), (fewer, agreed)] {
      #expect(
        one.staleness(against: other)?.why
          == .overtaken(Rig.hba, "there is something else to do (\(Self.last(agreed)))."))
    }
  }

  private static func last(_ plan: Plan) -> String { plan.steps.last?.effect.phrase ?? "" }

  @Test mutating func `an entry of which a part is given back is settled part by part`() throws {
    let start = host
    try act(assign)
    try act(Intent(.restore, named: [Rig.nic], onlyNamed: true))
    let entry = try #require(journal.entries().first)
    #expect(entry.isOpen && now.recorded == [Rig.hba])
    let settled = entry.records.filter { $0.effect.address == Rig.nic }
    #expect(!settled.isEmpty && settled.allSatisfy { $0.state == .takenBack })
    try act(Intent(.restore, named: now.recorded, onlyNamed: true))
    #expect(host == start && journal.entries().isEmpty)
  }

  @Test mutating func `what somebody gave back by hand is settled with the rest, and not done again`() throws {
    let start = host
    try act(assign)
    let byHand: [Effect] = [
      .setOverride(Rig.nic, "e1000"), .unbind(Rig.nic, from: "vfio-pci"), .probe(Rig.nic, expecting: "e1000"),
      .setOverride(Rig.nic, nil),
    ]
    for effect in byHand { #expect(host.begin(effect) == .done) }
    #expect(now.recorded == [Rig.nic, Rig.hba], "the journal does not know")
    let plan = try Rig.plan(Intent(.restore, named: now.recorded, onlyNamed: true), on: host, journal)
    #expect(plan.touched == [Rig.hba])
    try act(Intent(.restore, named: now.recorded, onlyNamed: true))
    #expect(host == start && journal.entries().isEmpty)
  }
}
