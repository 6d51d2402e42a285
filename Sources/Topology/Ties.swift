/// Why the groups of a machine are what they are: the kernel's groups, which are the truth, beside the derivation, which
/// explains them.
public struct Ties: Hashable, Sendable {
  /// The derivation.
  public let isolation: Isolation
  /// One for each group with a PCI member, by number.
  public let groups: [TiedGroup]

  /// Compares the groups of an inventory with what its ports make. Linear in the number of functions, but where groups
  /// differ, where a few more derivations may be tried.
  public init(_ inventory: Inventory, _ ports: [PortFacts]) {
    var numbers: [Address: GroupID] = [:]
    for group in inventory.groups {
      for member in group.members { numbers[member] = group.id }
    }
    // Without an IOMMU nobody has a group, and the derivation says what there would be.
    let groupless = inventory.groups.isEmpty ? [] : Set(ports.map(\.address).filter { numbers[$0] == nil })
    isolation = Isolation(ports, groupless: groupless)
    var comparison = TieComparison(inventory, ports, isolation, groupless, numbers)
    groups = inventory.groups.filter { !$0.members.isEmpty }.map { comparison.compare($0) }
  }

  /// The group with a number.
  public subscript(group: GroupID) -> TiedGroup? {
    let place = groups.partitioningIndex { $0.id >= group }
    return place < groups.count && groups[place].id == group ? groups[place] : nil
  }
}

/// Compares one group after the other, and tries other derivations once where one is needed.
private struct TieComparison {
  let inventory: Inventory
  let ports: [PortFacts]
  let isolation: Isolation
  let groupless: Set<Address>
  let numbers: [Address: GroupID]
  /// Ties of the derivation between functions that the kernel put into different groups.
  var crossing: [GroupID: [Tie]] = [:]
  let doubts: [Address: Doubt]
  /// One doubt of somebody that might belong to a derived group, by the group's first member.
  let visitors: [Address: Doubt]
  private var alternatives: [(cause: TiedGroup.Cause, isolation: Isolation)]?

  init(
    _ inventory: Inventory, _ ports: [PortFacts], _ isolation: Isolation, _ groupless: Set<Address>,
    _ numbers: [Address: GroupID]
  ) {
    self.inventory = inventory
    self.ports = ports
    self.isolation = isolation
    self.groupless = groupless
    self.numbers = numbers
    doubts = Dictionary(isolation.doubts.map { ($0.member, $0) }) { first, _ in first }
    var visitors: [Address: Doubt] = [:]
    for doubt in isolation.doubts {
      for candidate in doubt.candidates {
        if let first = isolation.members(withGroupOf: candidate)?.first, visitors[first] == nil {
          visitors[first] = doubt
        }
      }
    }
    self.visitors = visitors
    for tie in isolation.ties {
      guard let mine = numbers[tie.member], let other = numbers[tie.to], mine != other else { continue }
      crossing[mine, default: []].append(tie)
      crossing[other, default: []].append(tie)
    }
  }

  mutating func compare(_ group: Group) -> TiedGroup {
    let known = group.members.filter { isolation.members(withGroupOf: $0) != nil }
    let classes = Set(known.compactMap { isolation.members(withGroupOf: $0)?.first })
    let withheld = crossing[group.id] ?? []
    let closed = classes.filter { isolation.isCertain(ofGroupOf: $0) }
    var tied = TiedGroup(
      id: group.id, members: group.members, agrees: nil, predicted: nil, ties: [], withheld: withheld, cause: nil,
      doubts: [])
    tied.doubts = relevant(known, classes)
    if !withheld.isEmpty || closed.count > 1 {
      tied.agrees = false
    } else if classes.count == 1, closed.count == 1, known.count == group.members.count {
      tied.agrees = true
    }
    if tied.agrees != nil {
      tied.predicted = classes.sorted().flatMap { isolation.members(withGroupOf: $0) ?? [] }.sorted()
    }
    let alternative = tied.agrees == false ? explanation(of: group) : nil
    tied.cause = alternative?.cause
    tied.ties = connect(group, by: alternative?.isolation ?? isolation, tied, closed)
    return tied
  }

  /// Doubts of members, and doubts of others that might belong here.
  private func relevant(_ members: [Address], _ classes: Set<Address>) -> [Doubt] {
    let own = members.compactMap { doubts[$0] }
    return own.isEmpty ? classes.sorted().compactMap { visitors[$0] } : own
  }

  /// Ties inside the group, and links between what they leave apart.
  private func connect(
    _ group: Group, by isolation: Isolation, _ tied: TiedGroup, _ closed: Set<Address>
  ) -> [Tie] {
    let members = Set(group.members)
    var ties: [Tie] = []
    var loose: [Address] = []
    for member in group.members {
      if let tie = isolation.tie(of: member), members.contains(tie.to) {
        ties.append(tie)
      } else {
        loose.append(member)
      }
    }
    guard let anchor = loose.first else { return ties }
    for member in loose.dropFirst() {
      let doubt = doubts[member] ?? doubts[anchor] ?? tied.doubts.first
      let isOpen = doubt != nil && !closed.contains(member)
      if case .platform? = tied.cause {
        ties.append(Tie(.platformAlias, at: anchor, member: member, to: anchor))
      } else if tied.agrees == nil || isOpen, let doubt {
        ties.append(Tie(.unknown, at: doubt.about, member: member, to: anchor))
      } else {
        ties.append(Tie(.unexplained, at: anchor, member: member, to: anchor))
      }
    }
    return ties
  }

  /// Another derivation that comes to this group, where there is evidence for it.
  private mutating func explanation(of group: Group) -> (cause: TiedGroup.Cause, isolation: Isolation)? {
    guard let first = group.members.first else { return nil }
    if alternatives == nil { alternatives = TieAlternatives.all(inventory, ports, groupless) }
    let found = alternatives?.first {
      $0.isolation.members(withGroupOf: first) == group.members && $0.isolation.isCertain(ofGroupOf: first)
    }
    if let found { return found }
    guard let iommu = sharing(group) else { return nil }
    return (.platform(iommu: iommu), isolation)
  }

  /// The IOMMU whose firmware tables can make requester ids of one bus the same, when that is all that is missing: whole
  /// derived groups of one bus, put together.
  private func sharing(_ group: Group) -> String? {
    let bus = Set(group.members.map { $0.packed >> 8 })
    guard bus.count == 1, crossing[group.id] == nil else { return nil }
    return inventory.host.iommus.first { $0.hasPrefix("ivhd") }
  }
}

extension Ties {
  /// The functions whose registers decide about the groups of some: those on their buses, the bridges above, and what is
  /// below.
  public static func deciding(_ members: [Address], in inventory: Inventory) -> [Address] {
    var found: Set<Address> = []
    var buses: Set<UInt64> = []
    var next = members
    while let address = next.popLast() {
      guard found.insert(address).inserted, let function = inventory[address] else { continue }
      buses.insert(address.packed >> 8)
      if let above = function.parent.function { next.append(above) }
    }
    let chosen = Set(members)
    var below: Set<Address> = []
    for line in Tree(inventory).lines {
      let parent = inventory[line.address]?.parent.function
      let isBelow = parent.map { below.contains($0) || chosen.contains($0) } ?? false
      if isBelow { below.insert(line.address) }
      if isBelow || buses.contains(line.address.packed >> 8) { found.insert(line.address) }
    }
    return found.sorted()
  }
}
