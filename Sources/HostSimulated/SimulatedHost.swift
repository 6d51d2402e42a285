public import HostAccess
public import Ownership
public import Topology

/// A machine that is a value: what an observer would see of it, and the world that the rules know of it. Copies are
/// independent and compare equal exactly when nothing tells them apart.
public struct SimulatedHost: Hashable, Sendable {
  /// What it is called.
  public var name: String
  /// What is looked at: kept true to `world` by `happen`.
  public internal(set) var inventory: Inventory
  /// What the rules know.
  public internal(set) var world: World
  /// Whose rules answer.
  public var rules: Rules {
    didSet { if rules.set != oldValue.set { showNodes() } }
  }
  /// Cards that are known, plugged in or not: what is hot-added looks like the card of its address.
  var cards: [Address: Card]
  /// What the kernel knows of every function that was ever plugged in.
  var ports: [Address: PortFacts]
  var drivers: DriverTable
  /// Files of configuration that are there, and what stands in them.
  public internal(set) var files: [ConfigurationFile: String] = [:]
  /// What is configured beside these files.
  var settings = Configured()
  /// What functions were seen to carry, and what of it could not be told; nil on a machine that was made up, which
  /// carries its disks and interfaces and nothing else.
  var observed: Observed?
  /// Configuration space of the functions of a machine that is rehearsed, where it was read.
  var configs: [Address: Known<ConfigSpace>] = [:]
  /// Group and mode of nodes, and the owner of /dev/iommu, where they are not root's and 0600.
  var rights: [DeviceNode: Rights] = [:]

  /// What an observer sees of a function while it is there, and of what it carries while a host driver is bound.
  struct Card: Hashable, Sendable {
    var function: Function
    var disks: Known<[String]>
    var interfaces: Known<[String]>
  }

  /// What the functions of a rehearsed machine carry, and the drivers that they were seen with.
  struct Observed: Hashable, Sendable {
    var burden: Burden
    var drivers: [Address: Known<DriverName>]
  }
}

extension SimulatedHost {
  /// The machine before anything happened. Its groups are derived, but for parts that state theirs.
  public init(_ machine: Machine, rules: Rules = Rules(.explicitLinux)) {
    let parts = machine.parts.sorted { $0.address < $1.address }
    let partition = Partition(parts.map(\.port))
    let numbers = partition.numbers(for: parts, machine.groups)
    let devices = parts.map { $0.device(in: numbers[$0.address], requester: partition.requester(of: $0.address)) }
    let groups = machine.groups.map {
      GroupFacts(id: $0.id, nodeOwner: $0.nodeOwner, reserved: $0.reserved)
    }
    let cards = parts.map { Card($0, group: numbers[$0.address]) }
    let members = Dictionary(grouping: devices.compactMap { $0.group == nil ? nil : $0 }, by: \.group)
    self.init(
      name: machine.name,
      inventory: Inventory(
        functions: cards.map(\.function),
        groups: members.compactMap { id, members in id.map { Group(id: $0, members: members.map(\.address)) } },
        names: machine.names,
        host: HostFacts(
          kernelRelease: .value(machine.kernelRelease), commandLine: .value(Self.commandLine(of: parts)), iommu: .on,
          iommus: ["dmar0"])),
      world: World(devices: devices, groups: groups, contextUsers: machine.contextUsers), rules: rules,
      cards: Dictionary(cards.map { ($0.function.address, $0) }) { _, last in last },
      ports: Dictionary(parts.map { ($0.address, $0.port) }) { _, last in last }, drivers: DriverTable())
    show(Set(devices.map(\.address)), Set(world.groups.map(\.id)))
  }

  /// A machine that was looked at closely, to try on it what is meant to be done to it. Its groups and drivers are
  /// the observed ones; groups are derived for what is hot-added only. Who holds a group already is not rehearsed.
  public init(rehearsing inventory: Inventory, name: String, rules: Rules, interruptsAreIsolated: Bool = true) {
    let table = DriverTable(observing: inventory)
    let seen = World(inventory, interruptsAreIsolated: interruptsAreIsolated)
    let devices = seen.devices.map { device in
      var device = device
      if device.hostDrivers.isEmpty, let function = inventory[device.address], let identity = function.identity.value {
        device.hostDrivers = table.drivers(for: identity, type: function.details?.port.value)
      }
      return device
    }
    self.init(
      name: name, inventory: inventory, world: World(devices: devices, groups: seen.groups), rules: rules,
      cards: Dictionary(uniqueKeysWithValues: inventory.functions.map { ($0.address, Card($0)) }),
      ports: Partition.facts(observedIn: inventory), drivers: table)
  }
}

extension SimulatedHost {
  /// Groups that are stated are those of a kernel that was told to pretend.
  private static func commandLine(of parts: [Part]) -> String {
    parts.contains { $0.statedGroup != nil } ? "pcie_acs_override=downstream,multifunction" : ""
  }
}

extension SimulatedHost.Card {
  /// A part that is plugged in.
  init(_ part: Part, group: GroupID?) {
    var function = Function(
      address: part.address, parent: part.port.parent, identity: .value(part.identity), driver: .absent,
      group: group.map { .value($0) } ?? .absent, physicalFunction: part.physicalFunction, driverOverride: .absent)
    if let driver = part.driver, !part.hostDrivers.contains(driver) { function.driverOverride = .value(driver) }
    var details = Details(path: "")
    details.port = .value(part.port.type)
    (details.revision, details.numaNode, details.virtualFunctions) = (.value(0), .absent, .absent)
    (details.powerState, details.runtimeStatus) = (.value("D0"), .value("active"))
    details.secondaryBus = .absent
    function.details = details
    self.init(function: function, disks: .value(part.disks), interfaces: .value(part.interfaces))
  }

  /// A function that was looked at.
  init(_ function: Function) {
    self.init(
      function: function, disks: function.details?.disks ?? .absent,
      interfaces: function.details?.interfaces ?? .absent)
  }
}

extension SimulatedHost: Stage {
  /// A scenario by name, seen with root's eyes.
  public var place: Place { Place(kind: .scenario, name: name, isPrivileged: true) }

  /// As an observer of a real machine would see it: a listing has no details.
  public func inventory(_ depth: Depth) -> Inventory {
    switch depth {
    case .full: inventory
    case .listing, .watching: seen(closeTo: [])
    case .close(let functions): seen(closeTo: functions)
    }
  }

  /// What differs now, with details of what was known closely or is to be.
  public func reread(_ stale: Stale, in inventory: Inventory) -> Difference {
    if stale.isEmpty { return Difference() }
    let known = inventory.functions.lazy.filter { $0.details != nil }.map(\.address)
    return Difference(from: inventory, to: seen(closeTo: stale.details.union(known)))
  }

  /// A simulated function has no registers; one that is rehearsed has those that were read.
  public func configSpaces(of functions: [Address], waking: Bool) -> [Address: Known<ConfigSpace>] {
    let known = functions.map {
      ($0, inventory[$0] == nil ? Known<ConfigSpace>.absent : configs[$0] ?? .unknown(.notRecorded))
    }
    return Dictionary(known) { first, _ in first }
  }

  /// Nothing is said of resets where nothing is simulated of them.
  public func resetMethods(of functions: [Address]) -> [Address: Known<[ResetMethod]>] {
    let known = functions.map { ($0, inventory[$0] == nil ? Known<[ResetMethod]>.absent : .unknown(.notRecorded)) }
    return Dictionary(known) { first, _ in first }
  }

  /// What the machine was made of. Of one that is rehearsed the ports were guessed from the groups that they are to
  /// explain: those guesses stay inside.
  public func ports(of inventory: Inventory, _ configs: [Address: Known<ConfigSpace>]) -> [PortFacts] {
    let made = inventory.functions.compactMap { ports[$0.address] }.map { port in
      var port = port
      if port.gaps[.acs] != nil { port.quirk = nil }
      return port
    }
    if self.configs.isEmpty { return made }
    let own = Dictionary(made.map { ($0.address, $0) }) { first, _ in first }
    // What was made here has no registers: of that more is known than could be read.
    return PortFacts.read(inventory, configs).map { port in
      self.configs[port.address] == nil ? own[port.address] ?? port : port
    }
  }

  private func seen(closeTo functions: Set<Address>) -> Inventory {
    var groups: Set<GroupID> = []
    let listed = inventory.functions.map { function in
      var function = function
      if functions.contains(function.address) {
        if let group = function.group.value { groups.insert(group) }
      } else {
        function.details = nil
      }
      return function
    }
    let grouped = inventory.groups.map { group in
      var group = group
      if !groups.contains(group.id) { group.details = nil }
      return group
    }
    return Inventory(
      functions: listed, groups: grouped, names: inventory.names, host: inventory.host,
      disagreements: inventory.disagreements)
  }
}
