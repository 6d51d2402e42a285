import Topology

/// The kernel's derivation told as plainly as can be, every walk from the beginning: what `Isolation`, which works
/// everything out once, has to agree with.
struct KernelWalk {
  private(set) var groups: [[Address]] = []
  private var places: [Address: Int] = [:]
  private let facts: [Address: PortFacts]
  private let groupless: Set<Address>

  init(_ functions: [PortFacts], groupless: Set<Address> = []) {
    facts = Dictionary(uniqueKeysWithValues: functions.map { ($0.address, $0) })
    self.groupless = groupless
    let order = functions.map(\.address).sorted { left, right in
      (bridges(above: left).count, left) < (bridges(above: right).count, right)
    }
    for address in order where !groupless.contains(address) {
      let group = existingGroup(for: address) ?? groups.endIndex
      if group == groups.endIndex { groups.append([]) }
      groups[group].append(address)
      places[address] = group
    }
    groups = groups.map { $0.sorted() }.sorted { $0[0] < $1[0] }
  }

  private func bridges(above address: Address) -> [Address] {
    var found: [Address] = []
    var next = facts[address]?.parent.function
    while let bridge = next, let function = facts[bridge] {
      found.append(bridge)
      next = function.parent.function
    }
    return found
  }

  private func isIsolated(_ address: Address) -> Bool { facts[address]?.isolation.value ?? false }

  private func existingGroup(for address: Address) -> Int? {
    let real = bridges(above: address).last { facts[$0]?.leadsToABus == false } ?? address
    var base = real
    if let group = places[real] { return group }
    for bridge in bridges(above: real) {
      guard let function = facts[bridge], !function.endsAliases else { break }
      guard [.conventional, .express(7), .express(8)].contains(function.type) else { continue }
      base = bridge
      if let group = places[bridge] { return group }
    }
    for bridge in bridges(above: base) {
      if ([bridge] + bridges(above: bridge)).allSatisfy({ isIsolated($0) }) { break }
      base = bridge
      if let group = places[bridge] { return group }
    }
    var seen: Set<Address> = []
    return aliasGroup(of: base, &seen) ?? functionGroup(of: base, &seen)
  }

  private func aliasGroup(of address: Address, _ seen: inout Set<Address>) -> Int? {
    guard seen.insert(address).inserted else { return nil }
    if let group = places[address] { return group }
    for other in facts.keys.sorted() where other != address && isAlias(other, address) {
      if let group = aliasGroup(of: other, &seen) { return group }
    }
    return nil
  }

  private func isAlias(_ left: Address, _ right: Address) -> Bool {
    guard left.packed >> 8 == right.packed >> 8 else { return false }
    let uses = { (user: Address, other: Address) in
      facts[user]?.aliases.contains(UInt8(truncatingIfNeeded: other.packed)) ?? false
    }
    return uses(left, right) || uses(right, left)
  }

  private func functionGroup(of address: Address, _ seen: inout Set<Address>) -> Int? {
    guard facts[address]?.isMultifunction == true, !isIsolated(address) else { return nil }
    let slot = facts.keys.sorted().filter { $0.packed >> 3 == address.packed >> 3 && $0 != address }
    for other in slot where !isIsolated(other) {
      if let group = aliasGroup(of: other, &seen) { return group }
    }
    return nil
  }
}

/// Every tree of a few functions, each of one of the kinds that the derivation tells apart.
enum SmallTrees {
  enum Sort: CaseIterable {
    case port, openPort, looseBridge, conventionalBridge, endpoint, looseFunction, isolatedFunction, aliasing, vmd

    var leadsToABus: Bool {
      switch self {
      case .port, .openPort, .looseBridge, .conventionalBridge: true
      default: false
      }
    }
  }

  static let full = ACS(capability: 0x1d, control: 0x1d)

  /// Calls `body` with every tree of `count` functions. Functions of a bus stand in slots 0 and 1, alternating by
  /// function number, so that some share a slot.
  static func each(_ count: Int, _ body: ([PortFacts]) -> Void) { grow([], [], count, body) }

  private static func grow(_ sorts: [Sort], _ parents: [Int], _ count: Int, _ body: ([PortFacts]) -> Void) {
    if sorts.count == count { return body(functions(sorts, parents)) }
    for sort in Sort.allCases {
      for parent in -1..<sorts.count where parent < 0 || sorts[parent].leadsToABus || sorts[parent] == .vmd {
        // The same tree again with its buses the other way round would tell nothing new.
        if let last = parents.last, parent < last { continue }
        grow(sorts + [sort], parents + [parent], count, body)
      }
    }
  }

  private static func functions(_ sorts: [Sort], _ parents: [Int]) -> [PortFacts] {
    var addresses: [Address] = []
    var children: [Int: Int] = [:]
    var functions: [PortFacts] = []
    for (number, sort) in sorts.enumerated() {
      let parent = parents[number]
      let seat = children[parent, default: 0]
      children[parent] = seat + 1
      let bus = UInt8(parent + 1)
      let domain: UInt32 = parent >= 0 && sorts[parent] == .vmd ? 0x10000 : parent >= 0 ? addresses[parent].domain : 0
      let address = Address(domain: domain, bus: bus, device: UInt8(seat / 3), function: UInt8(seat % 3))
      addresses.append(address)
      functions.append(
        function(sort, address, parent < 0 ? .root("pci0000:00") : .function(addresses[parent])))
    }
    return functions
  }

  private static func function(_ sort: Sort, _ address: Address, _ parent: Parent) -> PortFacts {
    var function = PortFacts(
      address: address, parent: parent, leadsToABus: sort.leadsToABus, type: .express(0), isMultifunction: true)
    switch sort {
    case .port: (function.type, function.acs) = (.express(4), full)
    case .openPort: function.type = .express(4)
    case .looseBridge: function.type = .express(7)
    case .conventionalBridge: function.type = .conventional
    case .endpoint: function.isMultifunction = false
    case .looseFunction: break
    case .isolatedFunction: function.acs = full
    case .aliasing: (function.acs, function.aliases) = (full, [1])
    case .vmd: function.acs = full
    }
    return function
  }
}
