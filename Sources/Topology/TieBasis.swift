/// The derivation that comes to the kernel's groups, as far as any does: today's registers and rules, and of what else
/// there is evidence for, as much as accounts for the most groups.
struct TieBasis: Hashable, Sendable {
  /// What the kernel looked at when it made the groups.
  private(set) var ports: [PortFacts]
  /// Whose rules.
  private(set) var rules = Isolation.Rules.perPort
  /// Whether the ACS override patch is in force. A kernel without it ignores the words.
  private(set) var heedsOverride = false

  init(_ inventory: Inventory, _ ports: [PortFacts], _ ties: Ties, groupless: Set<Address>) {
    self.ports = ports
    var candidates = [self]
    var hasOverride = false
    var hasOptions = false
    var hasRule = false
    for cause in ties.groups.compactMap(\.cause) {
      switch cause {
      case .override: hasOverride = true
      case .commandLine: hasOptions = true
      case .proposedRule: hasRule = true
      case .platform: break
      }
    }
    if hasOptions, let (_, wanted) = TieAlternatives.configured(inventory, ports) {
      candidates += candidates.map { $0.with { $0.ports = wanted } }
    }
    if hasOverride { candidates += candidates.map { $0.with { $0.heedsOverride = true } } }
    if hasRule { candidates += candidates.map { $0.with { $0.rules = .wholeSwitch } } }
    guard candidates.count > 1 else { return }
    var most = -1
    for candidate in candidates {
      let isolation = candidate.isolation(of: candidate.ports, in: inventory, groupless: groupless)
      let count = inventory.groups.count { isolation.comes(to: $0) == true }
      if count > most { (self, most) = (candidate, count) }
    }
  }

  private func with(_ edit: (inout TieBasis) -> Void) -> TieBasis {
    var copy = self
    edit(&copy)
    return copy
  }

  /// The groups that the same kernel would make of other ports. `names` says which function is meant by a place on paper.
  func isolation(
    of ports: [PortFacts], in inventory: Inventory, groupless: Set<Address>, names: [Address: Address] = [:]
  ) -> Isolation {
    let believed = heedsOverride ? TieAlternatives.overridden(inventory, ports, names: names)?.ports : nil
    return Isolation(believed ?? ports, groupless: groupless, rules: rules)
  }

  /// The same without the override.
  var honest: TieBasis { with { $0.heedsOverride = false } }
}

extension Isolation {
  /// Whether a group of the kernel's comes out; nil where that cannot be told.
  func comes(to group: Group) -> Bool? {
    guard let first = group.members.first else { return nil }
    let closed = group.members.filter(isCertain(ofGroupOf:))
    if closed == group.members, members(withGroupOf: first) == group.members { return true }
    // Two that are closed, or one with strangers in it, are a difference, whatever is not known of the rest.
    let classes = Set(closed.compactMap { members(withGroupOf: $0) })
    let isOther = classes.count > 1 || classes.contains { !Set($0).isSubset(of: group.members) }
    return isOther ? false : nil
  }
}
