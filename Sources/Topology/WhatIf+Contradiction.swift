extension WhatIf.Change {
  /// Whether both cannot be: a device in two places, ACS of a port on and off, two numbers of virtual functions.
  public func contradicts(_ other: WhatIf.Change) -> Bool {
    switch (self, other) {
    case (.acs(let port, let isOn), .acs(let its, let isToo)): return port == its && isOn != isToo
    case (.virtualFunctions(let physical, let count), .virtualFunctions(let its, let more)):
      return physical == its && count != more
    default:
      guard let place, let its = other.place else { return false }
      return place.slot == its.slot && place.goal != its.goal
    }
  }

  /// Where a device ends up.
  private enum Goal: Hashable {
    case below(Address)
    case apart
    case gone
  }

  /// All functions of a device go together.
  private var place: (slot: UInt64, goal: Goal)? {
    switch self {
    case .move(let device, let port): (device.packed >> 3, .below(port))
    case .moveApart(let device): (device.packed >> 3, .apart)
    case .remove(let device): (device.packed >> 3, .gone)
    case .acs, .virtualFunctions, .withoutOverride: nil
    }
  }

  /// Changes without those that a later one takes back; what is gone stays gone.
  public static func standing(_ changes: [WhatIf.Change]) -> [WhatIf.Change] {
    changes.indices.filter { place in
      if case .remove = changes[place] { return true }
      return !changes[(place + 1)...].contains { later in
        if case .remove = later { return false }
        return later == changes[place] || later.contradicts(changes[place])
      }
    }.map { changes[$0] }
  }
}
