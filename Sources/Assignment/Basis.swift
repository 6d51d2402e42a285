public import HostAccess
public import Ownership
public import Topology

/// All that a plan is made from: the machine, the functions concerned as they were read for it, what the journal has
/// on record, and the drivers that there are.
public struct Basis: Sendable {
  /// The machine.
  public var inventory: Inventory
  /// The functions concerned, read afresh.
  public var bindings: [Address: Binding]
  /// Files and nodes concerned, read afresh; what is missing is gone, or could not be read.
  public var readings: [Subject: Reading]
  /// What files and the command line say.
  public var configured: Configured
  /// What was done before.
  public var journal: Journal
  /// VFIO's drivers.
  public var drivers: VFIODrivers
  /// Whose rules say what blocks.
  public var rules: RuleSet

  /// All of it.
  public init(
    _ inventory: Inventory, bindings: [Binding], readings: [Reading] = [],
    configured: Configured = Configured(), journal: Journal, drivers: VFIODrivers,
    rules: RuleSet = .explicitLinux
  ) {
    self.inventory = inventory
    self.bindings = Dictionary(bindings.map { ($0.address, $0) }) { _, last in last }
    self.readings = Dictionary(readings.map { ($0.subject, $0) }) { _, last in last }
    self.configured = configured
    self.journal = journal
    self.drivers = drivers
    self.rules = rules
  }
}

extension Intent {
  /// Every function whose binding a plan for this needs: what is named, all of its groups, and the virtual functions
  /// of what is named.
  public func concerned(in inventory: Inventory, _ journal: Journal) -> [Address] {
    var named = Set(self.named)
    if let entry = journal.open.first(where: { $0.number == self.entry }) {
      named.formUnion(entry.records.compactMap(\.effect.address))
    }
    var found = named
    for group in groups.compactMap({ inventory[$0] }) { found.formUnion(group.members) }
    for address in named {
      if let group = inventory.group(of: address) { found.formUnion(group.members) }
    }
    if verb == .virtualFunctions {
      for function in inventory.functions {
        if let physical = function.physicalFunction, named.contains(physical) { found.insert(function.address) }
      }
    }
    return found.sorted()
  }
}

extension Intent {
  /// Every file and node that a plan for this needs read: what is named, and what the entry that it takes back changed.
  public func places(in journal: Journal) -> [Subject] {
    let entry = entry.flatMap { number in journal.open.first { $0.number == number } }
    let recorded = (entry?.records ?? []).compactMap(\.effect.subject).filter { $0.function == nil }
    return Set(also + recorded).sorted()
  }
}

extension Intent {
  /// The same with every file that an act which is to hold over a reboot may write.
  public func places(
    on inventory: Inventory, _ journal: Journal, _ configured: Configured
  ) -> [Subject] {
    var found = Set(places(in: journal))
    guard persists else { return found.sorted() }
    for address in concerned(in: inventory, journal) {
      found.formUnion(ConfigurationFile.keeping(address, state: configured.state).map { .file($0) })
    }
    found.insert(.file(.initramfsHook))
    return found.sorted()
  }
}

extension ConfigurationFile {
  /// Every file that keeps one function assigned, in the order in which they are written.
  static func keeping(_ address: Address, state: String) -> [ConfigurationFile] {
    [.assignment(address, state: state), .driverctl(address), .bindingRule(address), .moduleOptions(address)]
  }
}

extension Basis {
  /// How a function's driver, as it was read afresh, stands to a would-be owner.
  func standing(of binding: Binding) -> Standing {
    var function =
      inventory[binding.address] ?? Function(address: binding.address, parent: .root(""), identity: binding.identity)
    // The vfio device of another driver, if the inventory is older than the binding, says nothing of this one.
    if function.driver != binding.driver { function.details?.vfioDevice = .absent }
    function.identity = binding.identity
    function.driver = binding.driver
    if let driver = binding.driver.value, drivers.isVariant(driver) { return .vfio(driver) }
    return rules.standing(of: function)
  }

  /// Whether it is a bridge that nobody is handed: no vfio driver takes one with a bus below it, and a host bridge is
  /// of no use to anybody but the host.
  func isBridge(_ binding: Binding) -> Bool {
    guard let code = binding.identity.value?.classCode else { return inventory[binding.address]?.leadsToABus ?? false }
    return code.leadsToABus || code.isHostBridge
  }

  /// Why such a bridge is not handed out: by vfio-pci's rule (drivers/vfio/pci/vfio_pci_core.c
  /// `vfio_pci_core_register_device` takes ordinary headers only), or by ours.
  func refusal(ofBridge binding: Binding) -> Refusal {
    let isHostBridge = binding.identity.value?.classCode.isHostBridge ?? false
    return Refusal(isHostBridge ? .hostBridge(binding.address) : .bridge(binding.address))
  }

  /// Virtual functions of a physical one.
  func virtualFunctions(of address: Address) -> [Address] {
    inventory.functions.filter { $0.physicalFunction == address }.map(\.address)
  }

  /// The machine as it would be with these bindings, without those who go, and with those who come into groups that are
  /// there.
  func inventory(
    after bindings: some Sequence<Binding>, without leaving: Set<Address> = [], with joining: [Function] = []
  ) -> Inventory {
    var functions = inventory.functions.filter { !leaving.contains($0.address) }
    for binding in bindings {
      guard let place = functions.firstIndex(where: { $0.address == binding.address }) else { continue }
      if functions[place].driver != binding.driver { functions[place].details?.vfioDevice = .absent }
      functions[place].driver = binding.driver
      functions[place].driverOverride = binding.override
    }
    var groups = inventory.groups
    for place in groups.indices {
      let new = joining.filter { $0.group.value == groups[place].id }.map(\.address)
      groups[place].members = (groups[place].members.filter { !leaving.contains($0) } + new).sorted()
    }
    return Inventory(
      functions: functions + joining, groups: groups.filter { !$0.members.isEmpty || !$0.others.isEmpty },
      names: inventory.names, host: inventory.host)
  }
}
