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
    /// Why it is not certain; nil where all that decides is known.
    public var doubt: Doubt?
    /// Whether the ACS override patch would assert its isolation, which the hardware does not provide.
    public var isAsserted = false
    /// Whether the patch asserts the isolation of one that its members are in today.
    public var wasAsserted = false

    /// Whether everything that decides about it is known.
    public var isCertain: Bool { doubt == nil }

    /// Why a group on paper is not certain.
    public enum Doubt: Hashable, Sendable {
      /// Registers that decide were not read.
      case notRead
      /// Today's group is not what the registers make of its members: what holds on paper is a guess.
      case otherwise(GroupID)
    }
  }

  /// Every group as it would be, by number. Groups that the change does not touch stay what the kernel made them.
  public func outcomes() -> [Outcome] {
    var (kept, new): ([Outcome], [Outcome]) = ([], [])
    for outcome in PaperGroups(self).outcomes {
      if outcome.isNew { new.append(outcome) } else { kept.append(outcome) }
    }
    return numbered(new, kept)
  }

  private func numbered(_ new: [Outcome], _ kept: [Outcome]) -> [Outcome] {
    var outcomes = kept
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
