import Assignment
import HostAccess
import HostSimulated
import Ownership
import Topology

/// The seed scene as a machine that can be acted on, and the loop around it.
enum Rig {
  static let session = Entry.Session(boot: "boot", machine: "machine")
  static let port = Scene.address("0000:00:03.0")
  static let (bridge, nic, hba) = (Scene.bridge, Scene.nic, Scene.hba)
  static let physical = Scene.address("0000:04:00.0")
  static let drivers = VFIODrivers(registered: ["vfio-pci"], aliases: .value([]))
  private static let on = ACS(capability: ACS.required, control: ACS.required)

  private static func card(
    _ place: Address, below bridge: Address, _ ids: (UInt16, UInt16), _ code: UInt32, _ driver: DriverName?,
    _ host: DriverName
  ) -> Part {
    Part(
      PortFacts(address: place, parent: .function(bridge)),
      Identity(vendor: ids.0, device: ids.1, classCode: ClassCode(code)), driver: driver, hostDrivers: [host])
  }

  private static func bridge(
    _ place: Address, below parent: Parent, _ type: PortType, _ driver: DriverName?, _ host: [DriverName]
  ) -> Part {
    Part(
      PortFacts(address: place, parent: parent, leadsToABus: true, type: type, acs: type == .express(4) ? on : nil),
      Identity(vendor: 0x1b36, device: 0x000c, classCode: ClassCode(0x060400)), driver: driver, hostDrivers: host)
  }

  /// Root port, PCIe-to-PCI bridge, NIC, HBA; with the drivers given.
  static func seed(
    nic: DriverName? = "e1000", hba: DriverName? = "sym53c8xx", bridge driver: DriverName? = nil,
    rules: RuleSet = .explicitLinux
  ) -> SimulatedHost {
    let parts = [
      bridge(port, below: .root("pci0000:00"), .express(4), "pcieport", ["pcieport"]),
      bridge(Scene.bridge, below: .function(port), .express(7), driver, ["shpchp"]),
      card(Scene.nic, below: Scene.bridge, (0x8086, 0x100e), 0x020000, nic, "e1000"),
      card(Scene.hba, below: Scene.bridge, (0x1000, 0x0012), 0x010000, hba, "sym53c8xx"),
    ]
    let note = Machine.GroupNote(id: Scene.group, member: Scene.nic)
    return SimulatedHost(Machine(name: "seed", parts: parts, groups: [note]), rules: Rules(rules))
  }

  /// A machine as it was looked at, with a change: the card with virtual functions is 04:00.0, alone in its group.
  static func rehearsed(_ change: (inout Function) -> Void = { _ in }, group: (inout Group) -> Void = { _ in })
    -> SimulatedHost
  {
    let seed = seed()
    var functions = seed.inventory.functions
    var card = Function(
      address: physical, parent: .root("pci0000:00"),
      identity: .value(Identity(vendor: 0x8086, device: 0x10c9, classCode: ClassCode(0x020000))), driver: .value("igb"),
      group: .value(GroupID(9)), driverOverride: .absent)
    var details = Details(path: "sys/devices/pci0000:00/0000:04:00.0")
    details.virtualFunctions = .value(VirtualFunctions(enabled: .value(0), total: 7))
    details.port = .value(.express(0))
    (details.disks, details.interfaces) = (.absent, .absent)
    (details.vfioDevice, details.deviceNode) = (.absent, .absent)
    card.details = details
    functions.append(card)
    for place in functions.indices { change(&functions[place]) }
    var alone = Group(id: GroupID(9), members: [physical], reserved: .value([GroupFacts.interruptWindow]))
    alone.details = seed.inventory.groups.first?.details
    var groups = seed.inventory.groups + [alone]
    for place in groups.indices { group(&groups[place]) }
    return SimulatedHost(
      rehearsing: Inventory(functions: functions, groups: groups, host: seed.inventory.host), name: "seed",
      rules: Rules(.explicitLinux))
  }

  /// The card of `rehearsed` with virtual functions in its own group, as without ACS between them; or from group 20 on.
  static func together(
    _ count: Int, card: DriverName = "igb", vendor: UInt16 = 0x8086, apart: Bool = false
  ) -> SimulatedHost {
    let seed = rehearsed { function in
      guard function.address == physical else { return }
      function.driver = .value(card)
      function.identity = .value(Identity(vendor: vendor, device: 0x10c9, classCode: ClassCode(0x020000)))
      function.details?.virtualFunctions = .value(
        VirtualFunctions(enabled: .value(count), total: 7, probes: .value(true)))
    }
    let made = (0..<count).map { number in
      Function(
        address: Scene.address("0000:04:10.\(number)"), parent: .root("pci0000:00"),
        identity: .value(Identity(vendor: vendor, device: 0x10ca, classCode: ClassCode(0x020000))),
        driver: .value("igbvf"), group: .value(GroupID(apart ? 20 + UInt32(number) : 9)), physicalFunction: physical,
        driverOverride: .absent)
    }
    var groups = seed.inventory.groups
    if apart {
      groups += made.compactMap { function in function.group.value.map { Group(id: $0, members: [function.address]) } }
    } else {
      for place in groups.indices where groups[place].id == GroupID(9) {
        groups[place].members += made.map(\.address)
      }
    }
    let machine = Inventory(functions: seed.inventory.functions + made, groups: groups, host: seed.inventory.host)
    return SimulatedHost(rehearsing: machine, name: "seed", rules: Rules(.explicitLinux))
  }

  /// The same machine with a change in what was seen of its functions.
  static func changed(_ host: SimulatedHost, _ change: (inout Function) -> Void) -> SimulatedHost {
    var functions = host.inventory.functions
    for place in functions.indices { change(&functions[place]) }
    let machine = Inventory(functions: functions, groups: host.inventory.groups, host: host.inventory.host)
    return SimulatedHost(rehearsing: machine, name: host.name, rules: host.rules)
  }

  static func basis(
    _ host: SimulatedHost, _ journal: MemoryJournal = MemoryJournal(), for intent: Intent,
    drivers: VFIODrivers = drivers
  ) -> Basis {
    let journal = Journal(journal.entries(), in: session)
    let bindings = intent.concerned(in: host.inventory, journal).compactMap { try? host.binding(of: $0) }
    var door = host
    let configured = host.configured(state: "/var/lib/viable")
    let readings = intent.places(on: host.inventory, journal, configured).compactMap { try? door.reading(of: $0) }
    return Basis(
      host.inventory, bindings: bindings, readings: readings, configured: configured, journal: journal,
      drivers: drivers, rules: host.rules.set)
  }

  static func plan(
    _ intent: Intent, on host: SimulatedHost, _ journal: MemoryJournal = MemoryJournal(),
    drivers: VFIODrivers = drivers
  ) throws(Refusal) -> Plan {
    try Plan(intent, on: basis(host, journal, for: intent, drivers: drivers))
  }

  static func refusal(
    _ intent: Intent, on host: SimulatedHost, _ journal: MemoryJournal = MemoryJournal(),
    drivers: VFIODrivers = drivers
  ) -> Refusal? {
    do throws(Refusal) {
      _ = try plan(intent, on: host, journal, drivers: drivers)
      return nil
    } catch {
      return error
    }
  }

  static func transaction(_ plan: Plan, _ journal: MemoryJournal) -> Transaction {
    Transaction(plan, in: Journal(journal.entries(), in: session), at: 1_763_866_000)
  }

  /// Runs to the end, where `perform` answers for every effect; what came of it.
  static func drive(
    _ transaction: inout Transaction, on host: inout SimulatedHost, journal: inout MemoryJournal,
    perform: (Effect, inout SimulatedHost) throws -> Transaction.Told
  ) rethrows -> Transaction.Outcome {
    var told: Transaction.Told?
    while true {
      switch transaction.next(told) {
      case .save(let entry):
        journal.save(entry)
        told = .saved
      case .forget(let number):
        journal.remove(number)
        told = .saved
      case .look(let subject): told = Acting.look(at: subject, on: &host)
      case .perform(let effect): told = try perform(effect, &host)
      case .finished(let outcome): return outcome
      }
    }
  }

  /// Plans and runs; what came of it.
  static func act(
    _ intent: Intent, on host: inout SimulatedHost, _ journal: inout MemoryJournal
  ) throws(Refusal) -> Transaction.Outcome {
    var transaction = transaction(try plan(intent, on: host, journal), journal)
    return run(&transaction, on: &host, &journal)
  }

  /// Runs to the end: nobody leaves a child here.
  static func run(
    _ transaction: inout Transaction, on performer: inout some Performer, _ journal: inout MemoryJournal
  ) -> Transaction.Outcome {
    guard let outcome = Acting.run(&transaction, on: &performer, journal: &journal) else {
      preconditionFailure("a child was left")
    }
    return outcome
  }

  /// What `restore --all` does.
  static func restoreAll(_ host: inout SimulatedHost, _ journal: inout MemoryJournal) throws(Refusal)
    -> Transaction.Outcome
  {
    let known = Journal(journal.entries(), in: session)
    return try act(
      Intent(.restore, named: known.recorded, also: known.recordedPlaces, onlyNamed: true, isAll: true),
      on: &host, &journal)
  }
}
