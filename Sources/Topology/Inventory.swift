/// A whole machine at one moment: every PCI function and every IOMMU group, and what is known about the host.
///
/// Functions are kept by address and groups by number, so that looking one up is a binary search and taking in
/// one change touches one element.
public struct Inventory: Hashable, Sendable {
  /// Every function, by address.
  public private(set) var functions: [Function]
  /// Every group, by number; groups without a PCI member included.
  public private(set) var groups: [Group]
  /// Names for the ids above.
  public var names: Names
  /// What is known of the machine as a whole.
  public var host: HostFacts
  /// Places where two sources of the machine contradict each other.
  public var disagreements: [Disagreement]

  /// Sorts what it is given; of two functions at one address, or groups with one number, the last one counts.
  public init(
    functions: [Function], groups: [Group], names: Names = Names(), host: HostFacts = HostFacts(),
    disagreements: [Disagreement] = []
  ) {
    self.functions = Self.sorted(functions) { $0.address }
    self.groups = Self.sorted(groups) { $0.id }
    self.names = names
    self.host = host
    self.disagreements = disagreements
  }

  private static func sorted<Element, Key: Comparable>(
    _ elements: [Element], by key: (Element) -> Key
  ) -> [Element] {
    let isSorted = zip(elements, elements.dropFirst()).allSatisfy { key($0) < key($1) }
    if isSorted { return elements }
    let order = elements.indices.sorted { left, right in
      let (first, second) = (key(elements[left]), key(elements[right]))
      return first == second ? left < right : first < second
    }
    let lasts = order.indices.filter { place in
      place + 1 == order.count || key(elements[order[place]]) != key(elements[order[place + 1]])
    }
    return lasts.map { elements[order[$0]] }
  }

  /// The function at an address.
  public subscript(address: Address) -> Function? {
    guard let index = index(of: address) else { return nil }
    return functions[index]
  }

  /// The group with a number.
  public subscript(group: GroupID) -> Group? {
    guard let index = index(of: group) else { return nil }
    return groups[index]
  }

  /// Whether every group's own directory was read, so that no contradiction can have been missed.
  public var isWhollyListed: Bool { groups.allSatisfy(\.isListed) }

  /// Whether there is a group with a number.
  public func contains(_ group: GroupID) -> Bool { index(of: group) != nil }

  /// The group that a function is in; where link and list contradict each other, the list's.
  public func group(of address: Address) -> Group? {
    guard let id = self[address]?.group.value else { return nil }
    return self[id]
  }

  func index(of address: Address) -> Int? {
    let index = functions.partitioningIndex { $0.address >= address }
    return index < functions.count && functions[index].address == address ? index : nil
  }

  func index(of group: GroupID) -> Int? {
    let index = groups.partitioningIndex { $0.id >= group }
    return index < groups.count && groups[index].id == group ? index : nil
  }
}

extension Inventory {
  mutating func put(_ function: Function) {
    let place = functions.partitioningIndex { $0.address >= function.address }
    if place < functions.count, functions[place].address == function.address {
      functions[place] = function
    } else {
      functions.insert(function, at: place)
    }
  }

  mutating func remove(_ address: Address) {
    guard let place = index(of: address) else { return }
    functions.remove(at: place)
  }

  mutating func put(_ group: Group) {
    let place = groups.partitioningIndex { $0.id >= group.id }
    if place < groups.count, groups[place].id == group.id {
      groups[place] = group
    } else {
      groups.insert(group, at: place)
    }
  }

  mutating func remove(_ group: GroupID) {
    guard let place = index(of: group) else { return }
    groups.remove(at: place)
  }
}

/// What is known of the machine as a whole.
public struct HostFacts: Hashable, Sendable {
  /// `uname -r`, or what the image records.
  public var kernelRelease: Known<String>
  /// The kernel's command line.
  public var commandLine: Known<String>
  /// Whether an IOMMU is on.
  public var iommu: IOMMUState
  /// Names below /sys/class/iommu: `dmar0`, `ivhd0`, …
  public var iommus: [String]
  /// Whether this machine has PCI at all (/sys/bus/pci).
  public var hasPCI: Bool

  /// Everything unknown.
  public init(
    kernelRelease: Known<String> = .unknown(.notRead), commandLine: Known<String> = .unknown(.notRead),
    iommu: IOMMUState = .unknown, iommus: [String] = [], hasPCI: Bool = true
  ) {
    self.kernelRelease = kernelRelease
    self.commandLine = commandLine
    self.iommu = iommu
    self.iommus = iommus
    self.hasPCI = hasPCI
  }
}

/// Whether the machine translates DMA: groups exist only while it does. The words are the JSON's.
public enum IOMMUState: String, Hashable, Sendable {
  case on
  case off
  case unknown
}

/// Two sources of a machine that contradict each other; the group's own directory wins.
public struct Disagreement: Hashable, Sendable {
  /// The function both speak of.
  public var address: Address
  /// The group that the function's `iommu_group` link names.
  public var link: GroupID?
  /// The group whose `devices` directory lists it.
  public var directory: GroupID?
  /// Why the link names no group, where it is there and says nothing that could be one.
  public var linkIgnorance: Ignorance?
  /// All of it.
  public init(address: Address, link: GroupID?, directory: GroupID?, linkIgnorance: Ignorance? = nil) {
    self.address = address
    self.link = link
    self.directory = directory
    self.linkIgnorance = linkIgnorance
  }
}
