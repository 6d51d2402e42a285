extension WhatIf {
  /// A group as it would be.
  public struct Outcome: Hashable, Sendable {
    /// Its number, where nothing about it changes; one that is free where it is new.
    public var id: GroupID
    /// Its members, as they are called today.
    public var members: [Address]
    /// The groups that its members are in today.
    public var was: [GroupID]
    /// Whether it is another one than today.
    public var isNew: Bool
    /// Whether everything that decides about it is known.
    public var isCertain: Bool
  }

  /// Every group as it would be, by number. Groups that the change does not touch stay what the kernel made them.
  public func outcomes() -> [Outcome] {
    let groupless = inventory.groups.isEmpty ? [] : Set(today.map(\.address).filter { inventory.group(of: $0) == nil })
    let isAsked = changes.contains(.withoutOverride)
    let before = Isolation(effective(today, true), groupless: groupless)
    let paper = Set(ports.keys.filter { gone.contains($0) && inventory[$0] == nil })
    let after = Isolation(
      effective(ports.values.sorted { $0.address < $1.address }, heedsOverride), groupless: groupless.union(paper))
    var outcomes: [Outcome] = []
    var kept: [GroupID: [Address]] = [:]
    for group in after.groups {
      let members = group.map { names[$0] ?? $0 }.sorted()
      let same = members.first.flatMap { before.members(withGroupOf: $0) } == members
      let isCertain = group.first.map { after.isCertain(ofGroupOf: $0) } ?? false
      let was = Set(members.compactMap { inventory.group(of: $0)?.id }).sorted()
      let isKernels = was.count == 1 && inventory[was[0]]?.members == members
      if same && !isAsked || isKernels {
        for member in members { if let id = inventory.group(of: member)?.id { kept[id, default: []].append(member) } }
      } else {
        outcomes.append(Outcome(id: GroupID(0), members: members, was: was, isNew: true, isCertain: isCertain))
      }
    }
    return numbered(outcomes, kept)
  }

  private func effective(_ ports: [PortFacts], _ heedsOverride: Bool) -> [PortFacts] {
    heedsOverride ? TieAlternatives.overridden(inventory, ports)?.ports ?? ports : ports
  }

  private func numbered(_ new: [Outcome], _ kept: [GroupID: [Address]]) -> [Outcome] {
    var outcomes = kept.map { id, members in
      Outcome(
        id: id, members: members.sorted(), was: [id], isNew: inventory[id]?.members.count != members.count,
        isCertain: true)
    }
    outcomes += zip(new, freeNumbers(new.count)).map { outcome, number in
      var outcome = outcome
      outcome.id = GroupID(number)
      return outcome
    }
    return outcomes.sorted { $0.id < $1.id }
  }

  /// Numbers that no group has today, one after the other: after the highest, or where those run out the lowest.
  private func freeNumbers(_ count: Int) -> [UInt32] {
    let last = inventory.groups.last?.id.number ?? 0
    if Int(last) + count <= Int(UInt32.max) { return (0..<count).map { last + 1 + UInt32($0) } }
    let taken = Set(inventory.groups.map(\.id.number))
    return Array((0...UInt32.max).lazy.filter { !taken.contains($0) }.prefix(count))
  }

  /// The machine as it would be, for verdicts: members of new groups keep drivers and overrides.
  public func machine(_ outcomes: [Outcome]) -> Inventory {
    var numbers: [Address: GroupID] = [:]
    for outcome in outcomes { for member in outcome.members { numbers[member] = outcome.id } }
    var functions = inventory.functions.filter { !gone.contains($0.address) }
    for place in functions.indices {
      let address = functions[place].address
      if let number = numbers[address] { functions[place].group = .value(number) }
    }
    for (address, physical) in born {
      guard let owner = inventory[physical], let number = numbers[address] else { continue }
      functions.append(
        Function(
          address: address, parent: owner.parent, identity: owner.identity, driver: .absent, group: .value(number),
          physicalFunction: physical, driverOverride: .absent))
    }
    let groups = outcomes.map { outcome in
      var group = Group(id: outcome.id, members: outcome.members)
      let old = outcome.was.compactMap { inventory[$0] }
      let regions = old.compactMap(\.reserved.value).flatMap(\.self)
      group.reserved = old.contains { $0.reserved.value == nil } ? .unknown(.notRead) : .value(regions)
      group.others = outcome.isNew ? [] : old.flatMap(\.others)
      return group
    }
    return Inventory(functions: functions, groups: groups, names: inventory.names, host: inventory.host)
  }
}
