/// What became of a machine between two looks at it: whole new values of what changed, and what is gone.
public struct Difference: Hashable, Sendable {
  /// Functions that are new or not what they were.
  public var functions: [Function] = []
  /// Functions that are no longer there.
  public var goneFunctions: [Address] = []
  /// Groups that are new or not what they were.
  public var groups: [Group] = []
  /// Groups that are no longer there.
  public var goneGroups: [GroupID] = []
  /// Names that the new functions need.
  public var names = Names()
  /// The host's facts, when they changed.
  public var host: HostFacts?
  /// All disagreements, when they changed.
  public var disagreements: [Disagreement]?

  /// Nothing changed.
  public init() {}

  /// Whether nothing changed.
  public var isEmpty: Bool {
    functions.isEmpty && goneFunctions.isEmpty && groups.isEmpty && goneGroups.isEmpty && host == nil
      && disagreements == nil
  }
}

extension Difference {
  /// Everything in which `new` differs from `old`.
  public init(from old: Inventory, to new: Inventory) {
    self.init()
    (functions, goneFunctions) = Self.changes(from: old.functions, to: new.functions, by: \.address)
    (groups, goneGroups) = Self.changes(from: old.groups, to: new.groups, by: \.id)
    names = new.names
    if old.host != new.host { host = new.host }
    if old.disagreements != new.disagreements { disagreements = new.disagreements }
  }

  /// A merge of two lists sorted by `key`.
  private static func changes<Element: Equatable, Key: Comparable>(
    from old: [Element], to new: [Element], by key: (Element) -> Key
  ) -> (changed: [Element], gone: [Key]) {
    var changed: [Element] = []
    var gone: [Key] = []
    var before = old.startIndex
    for element in new {
      while before < old.endIndex, key(old[before]) < key(element) {
        gone.append(key(old[before]))
        before += 1
      }
      let isThere = before < old.endIndex && key(old[before]) == key(element)
      if !isThere || old[before] != element { changed.append(element) }
      if isThere { before += 1 }
    }
    gone += old[before...].map(key)
    return (changed, gone)
  }
}

extension Inventory {
  /// Takes the difference in. Each change costs a search and, for what is new or gone, a shift of the list.
  public mutating func apply(_ difference: Difference) {
    for function in difference.functions { put(function) }
    for address in difference.goneFunctions { remove(address) }
    for group in difference.groups { put(group) }
    for group in difference.goneGroups { remove(group) }
    names.add(difference.names)
    if let facts = difference.host { host = facts }
    if let found = difference.disagreements { disagreements = found }
  }
}

/// One thing that happened to a machine, as `watch` prints it and the log shows it.
public enum Change: Hashable, Sendable {
  case deviceAdded(Address, group: GroupID?)
  case deviceRemoved(Address, group: GroupID?)
  case driver(Address, group: GroupID?, from: DriverName?, to: DriverName?)
  case group(Address, from: GroupID?, to: GroupID?)
  case driverOverride(Address, group: GroupID?, from: DriverName?, to: DriverName?)
  case groupAdded(GroupID)
  case groupRemoved(GroupID)
  /// Another card in the same slot: the ids differ.
  case replaced(Address, group: GroupID?)
  /// The holders, regions or members on other buses of a group, or a detail of a function.
  case facts(Address?, group: GroupID?)
}

extension Difference {
  /// The difference told as events, against the inventory it starts from: gone first, then new, then changed.
  public func changes(from old: Inventory) -> [Change] {
    var told: [Change] = goneFunctions.map { .deviceRemoved($0, group: old[$0]?.group.value) }
    told += goneGroups.map { .groupRemoved($0) }
    told += groups.filter { old[$0.id] == nil }.map { .groupAdded($0.id) }
    for function in functions {
      guard let before = old[function.address] else {
        told.append(.deviceAdded(function.address, group: function.group.value))
        // By the time that it is looked at it may be bound.
        if let driver = function.driver.value {
          told.append(.driver(function.address, group: function.group.value, from: nil, to: driver))
        }
        continue
      }
      told += Self.changes(from: before, to: function)
    }
    for group in groups {
      guard let before = old[group.id], Self.changed(from: before, to: group) else { continue }
      told.append(.facts(nil, group: group.id))
    }
    return told
  }

  /// Members on other buses that are read for the first time did not come now.
  private static func changed(from old: Group, to new: Group) -> Bool {
    if old.holders != new.holders || old.reserved != new.reserved { return true }
    return old.isListed && new.isListed && old.others != new.others
  }

  private static func changes(from old: Function, to new: Function) -> [Change] {
    let (address, group) = (new.address, new.group.value)
    var told: [Change] = []
    // A fact that could not be read this time did not change: nothing is told of it but that it is not known.
    if differ(old.identity, new.identity) { told.append(.replaced(address, group: group)) }
    if differ(old.group, new.group) { told.append(.group(address, from: old.group.value, to: group)) }
    if differ(old.driver, new.driver) {
      told.append(.driver(address, group: group, from: old.driver.value, to: new.driver.value))
    }
    if differ(old.driverOverride, new.driverOverride) {
      told.append(
        .driverOverride(address, group: group, from: old.driverOverride.value, to: new.driverOverride.value))
    }
    if told.isEmpty, changedOtherwise(from: old, to: new) { told.append(.facts(address, group: group)) }
    return told
  }

  private static func differ<Value: Equatable>(_ old: Known<Value>, _ new: Known<Value>) -> Bool {
    old.ignorance == nil && new.ignorance == nil && old != new
  }

  /// Details that were known and are others now, or a driver, group or identity that became known or unknown.
  private static func changedOtherwise(from old: Function, to new: Function) -> Bool {
    if old.driver != new.driver || old.group != new.group || old.identity != new.identity { return true }
    guard let before = old.details, let after = new.details else { return false }
    return before != after
  }
}
