import HostAccess
import Ownership
import Topology

/// Whom an act is about: every function of the groups concerned, and which of them were asked for.
struct Scope {
  let basis: Basis
  let intent: Intent
  /// The groups concerned, by number.
  private(set) var groups: [Group] = []
  /// Every member of them, and what has no group, as it was read; by address.
  private(set) var members: [Binding] = []
  /// What was named, by itself or with its whole group.
  private(set) var asked: Set<Address> = []
  /// Named functions that are not there any more, which only a restore bears.
  private(set) var gone: [Address] = []

  init(_ intent: Intent, on basis: Basis) throws(Refusal) {
    self.basis = basis
    self.intent = intent
    asked = Set(intent.named)
    if let number = intent.entry {
      guard let entry = basis.journal.open.first(where: { $0.number == number }) else {
        throw Refusal(.noSuchEntry(number))
      }
      asked.formUnion(entry.records.compactMap(\.effect.address))
    }
    var ids = Set(intent.groups)
    for id in intent.groups {
      guard let group = basis.inventory[id] else { throw Refusal(.noSuchGroup(id)) }
      asked.formUnion(group.members)
    }
    var addresses = asked
    for address in asked.sorted() {
      guard basis.inventory[address] != nil, let binding = basis.bindings[address] else {
        guard intent.verb == .restore else { throw Refusal(.gone(address)) }
        gone.append(address)
        addresses.remove(address)
        continue
      }
      if let group = binding.group.value { ids.insert(group) }
    }
    groups = ids.sorted().compactMap { basis.inventory[$0] }
    addresses.formUnion(groups.flatMap(\.members))
    for address in addresses.sorted() {
      guard let binding = basis.bindings[address] else { throw Refusal(.gone(address)) }
      members.append(binding)
    }
    try agree()
  }

  /// Inventory and bindings are read one after the other: where they tell of different groups, both are too old.
  private func agree() throws(Refusal) {
    for group in groups {
      let found = members.filter { $0.group.value == group.id }.map(\.address)
      if found != group.members { throw Refusal(.regrouped(group.id, assumed: group.members, found: found)) }
    }
  }

  func group(of binding: Binding) -> Group? { groups.first { $0.id == binding.group.value } }

  /// Whether a member is to be acted on: it was asked for, or it blocks and the act is about whole groups.
  func concerns(_ binding: Binding) -> Bool {
    if asked.contains(binding.address) { return true }
    if case .host = basis.standing(of: binding) { return !intent.onlyNamed }
    return false
  }

  /// Why a member that the act does not concern stays as it is.
  func untouched(_ binding: Binding) -> Plan.Untouched {
    let driver = binding.driver.value
    if basis.isBridge(binding) { return Plan.Untouched(binding.address, .bridge(driver)) }
    switch basis.standing(of: binding) {
    case .host, .unknown: return Plan.Untouched(binding.address, .notNamed)
    case .free, .exempt, .vfio: return Plan.Untouched(binding.address, .harmless(driver))
    }
  }

  /// Refuses what cannot be taken back because a fact is not known.
  func check(_ binding: Binding) throws(Refusal) {
    let facts: [(String, Ignorance?)] = [
      ("identity", binding.identity.ignorance), ("driver", binding.driver.ignorance),
      ("driver_override", binding.override.ignorance),
    ]
    for (what, why) in facts {
      if let why { throw Refusal(.unknown(binding.address, what: what, why)) }
    }
    try checkIdentity(of: binding)
  }

  /// Refuses to tell cards apart where it is not known which one is there.
  func checkIdentity(of binding: Binding) throws(Refusal) {
    guard binding.identity.value == nil else { return }
    throw Refusal(.unknown(binding.address, what: "identity", binding.identity.ignorance ?? .notRecorded))
  }

  /// Refuses to take the driver from a function whose virtual functions are enabled: vfio-pci would not have it
  /// (EBUSY), and they would go with the driver that made them.
  func checkVirtualFunctions(of binding: Binding) throws(Refusal) {
    switch binding.virtualFunctions {
    case .value(0), .absent: break
    case .value:
      let functions = basis.virtualFunctions(of: binding.address)
      let named = intent.verb == .restore ? [] : functions.filter(intent.named.contains)
      if named.isEmpty { throw Refusal(.virtualFunctionsInUse(binding.address, functions)) }
      var shared: GroupID?
      if case .host = basis.standing(of: binding) { shared = binding.group.value }
      if !named.contains(where: { basis.inventory.group(of: $0)?.id == shared }) { shared = nil }
      throw Refusal(.besidePhysical(named, binding.address, shared))
    case .unknown(let why): throw Refusal(.unknown(binding.address, what: "sriov_numvfs", why))
    }
  }

  /// Refuses to take the host driver from a controller whose domain other members are in.
  func checkDomain(of binding: Binding) throws(Refusal) {
    guard case .host = basis.standing(of: binding) else { return }
    let refusal = Refusal.domain(madeBy: binding.address, among: members.map(\.address), in: basis.inventory)
    if let refusal { throw refusal }
  }

  /// Refuses to unbind a vfio driver whose device somebody holds, which would wait for him.
  func checkHolders(of binding: Binding) throws(Refusal) {
    guard !intent.mayWait, case .vfio = basis.standing(of: binding) else { return }
    if let holder = group(of: binding)?.holders.value?.first { throw Refusal(.held(binding.address, by: holder)) }
  }

  /// Refuses to give a member of a group that is owned to a host driver, which the kernel would not have either.
  func checkOwner(of binding: Binding, givingTo driver: DriverName?) throws(Refusal) {
    guard let driver, !intent.mayWait, let holder = group(of: binding)?.holders.value?.first else { return }
    var given = binding
    given.driver = .value(driver)
    if case .host = basis.standing(of: given) { throw Refusal(.held(binding.address, by: holder)) }
  }
}
