/// The kernel's partition of a tree into IOMMU groups, from values (drivers/iommu/iommu.c `pci_device_group`).
///
/// Functions are taken in the order in which the kernel meets them, bridges before what is below them, and each joins
/// a group that is there or begins one. Linear in the number of functions times the depth of the tree.
public struct Isolation: Hashable, Sendable {
  /// Every group's members by address; groups by their first member.
  public private(set) var groups: [[Address]] = []
  private var places: [Address: Int] = [:]
  private let facts: [Address: PortFacts]
  private let slots: [UInt64: [Address]]
  private let aliasing: [UInt64: [Address]]

  /// Partitions what is given. A function whose parent is not among it stands on a root bus.
  public init(_ functions: [PortFacts]) {
    var facts = Dictionary(functions.map { ($0.address, $0) }) { _, last in last }
    Self.correctTypes(&facts)
    self.facts = facts
    let addresses = facts.keys.sorted()
    slots = Dictionary(grouping: addresses) { Self.slot(of: $0) }
    aliasing = Dictionary(grouping: addresses.filter { !(facts[$0]?.aliases.isEmpty ?? true) }) { Self.bus(of: $0) }
    for address in inOrder(addresses) { place(address) }
    // Numbers of the walk are of no use outside; addresses are.
    groups = groups.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    places = [:]
    for (number, members) in groups.enumerated() {
      for member in members { places[member] = number }
    }
  }

  /// The members of a function's group, itself among them.
  public func members(withGroupOf address: Address) -> [Address]? {
    places[address].map { groups[$0] }
  }

  /// Whether a function keeps its traffic apart (drivers/pci/pci.c `pci_acs_enabled`).
  public func isIsolated(_ address: Address) -> Bool {
    guard let function = facts[address] else { return false }
    if let quirk = function.quirk { return quirk }
    switch function.type {
    case .conventional, .express(7), .express(8), .express(10): return false
    case .express(4), .express(6): return function.acs?.isolates ?? false
    case .express(0), .express(1), .express(5), .express(9):
      return !function.isMultifunction || function.acs?.isolates ?? false
    case .express: return true
    }
  }

  /// The function whose requester id the IOMMU sees: the topmost bridge that takes requests over, or itself.
  public func requester(of address: Address) -> Address { aliases(of: address).last ?? address }

  private static func slot(of address: Address) -> UInt64 { address.packed >> 3 }
  private static func bus(of address: Address) -> UInt64 { address.packed >> 8 }

  /// Port types that cannot be where they are have been wired the other way round (`set_pcie_port_type`).
  private static func correctTypes(_ facts: inout [Address: PortFacts]) {
    for (address, function) in facts {
      guard let above = function.parent.function.flatMap({ facts[$0] }) else { continue }
      switch (function.type, above.type) {
      case (.express(6), .express(4)), (.express(6), .express(6)): facts[address]?.type = .express(5)
      case (.express(5), .express(5)): facts[address]?.type = .express(6)
      default: break
      }
    }
  }

  /// Bridges first: by depth, then address.
  private func inOrder(_ addresses: [Address]) -> [Address] {
    let depths = Dictionary(uniqueKeysWithValues: addresses.map { ($0, bridges(above: $0).count) })
    return addresses.sorted { (depths[$0] ?? 0, $0) < (depths[$1] ?? 0, $1) }
  }

  /// The bridges above, nearest first. A parent without a bus is an Intel VMD, whose domain's root bus is below it.
  private func bridges(above address: Address) -> [Address] {
    var found: [Address] = []
    var next = facts[address]?.parent.function
    // A tree that bites its own tail ends where it was bitten.
    while let bridge = next, let function = facts[bridge], found.count < facts.count, !found.contains(bridge) {
      found.append(bridge)
      next = function.parent.function
    }
    return found
  }

  /// The function that does the DMA: below an Intel VMD that is the VMD (arch/x86/pci/common.c `pci_real_dma_dev`).
  private func real(_ address: Address) -> Address {
    bridges(above: address).last { facts[$0]?.leadsToABus == false } ?? address
  }
}

extension Isolation {
  /// Every function that requests appear to come from, the last one being what the IOMMU sees
  /// (drivers/pci/search.c `pci_for_each_dma_alias`).
  private func aliases(of address: Address) -> [Address] {
    var found = [real(address)]
    for bridge in bridges(above: found[0]) {
      guard let function = facts[bridge], !function.endsAliases else { break }
      switch function.type {
      case .conventional, .express(7), .express(8): found.append(bridge)
      case .express: break
      }
    }
    return found
  }

  private mutating func place(_ address: Address) {
    let group = existingGroup(for: address) ?? groups.endIndex
    if group == groups.endIndex { groups.append([]) }
    groups[group].append(address)
    places[address] = group
  }

  private func existingGroup(for address: Address) -> Int? {
    let aliases = aliases(of: address)
    for alias in aliases {
      if let group = places[alias] { return group }
    }
    var base = aliases.last ?? address
    for bridge in bridges(above: base) {
      if isPathIsolated(from: bridge) { break }
      base = bridge
      if let group = places[bridge] { return group }
    }
    var seen: Set<Address> = []
    return aliasGroup(of: base, &seen) ?? functionGroup(of: base, &seen)
  }

  /// Whether everything from a bridge up to the root bus keeps its traffic apart (`pci_acs_path_enabled`).
  private func isPathIsolated(from bridge: Address) -> Bool {
    isIsolated(bridge) && bridges(above: bridge).allSatisfy { isIsolated($0) }
  }

  /// The group of whoever on the bus shares a requester id with `address`, directly or over others.
  private func aliasGroup(of address: Address, _ seen: inout Set<Address>) -> Int? {
    guard seen.insert(address).inserted else { return nil }
    if let group = places[address] { return group }
    for other in sharers(of: address) {
      if let group = aliasGroup(of: other, &seen) { return group }
    }
    return nil
  }

  private func sharers(of address: Address) -> [Address] {
    let bus = Self.bus(of: address)
    let own = (facts[address]?.aliases ?? []).sorted().map { devfn in
      Address(
        domain: address.domain, bus: address.bus, device: devfn >> 3, function: devfn & 7)
    }
    let devfn = UInt8(truncatingIfNeeded: address.packed)
    let others = (aliasing[bus] ?? []).filter { facts[$0]?.aliases.contains(devfn) ?? false }
    return (own.filter { facts[$0] != nil } + others).filter { $0 != address }.sorted()
  }

  /// Functions of one card that can reach each other inside it (`get_pci_function_alias_group`).
  private func functionGroup(of address: Address, _ seen: inout Set<Address>) -> Int? {
    guard facts[address]?.isMultifunction == true, !isIsolated(address) else { return nil }
    for other in slots[Self.slot(of: address)] ?? [] where other != address && !isIsolated(other) {
      if let group = aliasGroup(of: other, &seen) { return group }
    }
    return nil
  }
}
