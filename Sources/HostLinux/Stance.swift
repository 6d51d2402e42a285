import Ownership
import Topology

/// What a function's driver means to the others in its group, as far as it decides what is read of them.
enum Stance {
  /// No driver, none that is known by name, or one that leaves the group alone.
  case aside
  /// A host driver.
  case keeps
  /// One that hands the function to user space.
  case serves
}

extension Stance {
  init(_ function: Function) {
    self = function.hasVFIODevice ? .serves : Self.of(function.driver.value)
  }

  init(_ other: OtherMember) { self = Self.of(other.driver.value) }

  private static func of(_ driver: DriverName?) -> Stance {
    guard let driver else { return .aside }
    if RuleSet.vfioDrivers.contains(driver) { return .serves }
    return driver == "pci-stub" || driver == "pcieport" ? .aside : .keeps
  }

  /// Those of many functions: neighbours mostly have one driver, and a name is looked up where another one begins.
  static func all(of functions: [Function]) -> [Stance] {
    var stances: [Stance] = []
    stances.reserveCapacity(functions.count)
    var last: (driver: Known<DriverName>, stance: Stance) = (.absent, .aside)
    for function in functions {
      if function.driver != last.driver { last = (function.driver, of(function.driver.value)) }
      stances.append(function.hasVFIODevice ? .serves : last.stance)
    }
    return stances
  }

  /// Whether the overrides of a group's members decide between `blocked` and `host-owned`: somebody keeps the group,
  /// and nobody in it serves.
  static func needOverrides(_ members: [Stance], _ others: [OtherMember]) -> Bool {
    guard members.count + others.count > 1 else { return false }
    let all = others.isEmpty ? members : members + others.map { Stance($0) }
    return all.contains(.keeps) && !all.contains(.serves)
  }
}
