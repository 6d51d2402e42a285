import HostAccess
import Ownership
import Topology

extension Scene {
  /// How long after a key press rows do not move, in milliseconds.
  static let quietAfterKey: UInt64 = 150
  /// How long a change waits at most.
  static let longestWait: UInt64 = 1_000

  /// Takes news in now, or keeps them until nobody is in the middle of a key press.
  mutating func hear(_ difference: Difference, sources: Set<HostEvent.Source>, at now: Moment) {
    guard let inventory, !difference.isEmpty else { return }
    // What we asked for ourselves moves nothing and is no news.
    if waiting.allSatisfy({ !$0.difference.concerns(difference) }), difference.isCloserLook(at: inventory) {
      take(difference, at: now)
      return
    }
    let news = Waiting(difference: difference, sources: sources, at: now)
    if isPaused {
      waiting.append(news)
      return
    }
    let isPressing = now.milliseconds < lastKey + Self.quietAfterKey
    let mustQueue = !waiting.isEmpty || (isPressing && moves(difference, inventory))
    if !mustQueue {
      take(difference, at: now)
      return
    }
    waiting.append(news)
    if warns(inventory) { release(at: now) }
  }

  /// When the changes that wait are due; nil while nothing waits or everything is held.
  var waitingIsDue: UInt64? {
    guard !isPaused, let first = waiting.first else { return nil }
    return min(lastKey + Self.quietAfterKey, first.at.milliseconds + Self.longestWait)
  }

  /// Takes in what waits, in the order in which it came.
  mutating func release(at now: Moment) {
    let due = waiting
    waiting = []
    for news in due { take(news.difference, at: now) }
  }

  /// Whether what waits would turn a group NOT VIABLE: warnings are not held back.
  private func warns(_ inventory: Inventory) -> Bool {
    var trial = inventory
    var groups: Set<GroupID> = []
    for news in waiting {
      trial.apply(news.difference)
      groups.formUnion(news.difference.groups.map(\.id))
      groups.formUnion(news.difference.functions.compactMap(\.group.value))
    }
    let judge = judge
    return groups.contains { id in
      guard let group = trial[id], verdicts[id]?.state != .blocked else { return false }
      return judge.verdict(on: group, in: trial).state == .blocked
    }
  }
}

extension Difference {
  /// Whether both speak of the same function or group.
  fileprivate func concerns(_ other: Difference) -> Bool {
    let mine = Set(functions.map(\.address)).union(goneFunctions)
    let groups = Set(groups.map(\.id)).union(goneGroups)
    return other.functions.contains { mine.contains($0.address) } || other.groups.contains { groups.contains($0.id) }
  }

  /// Whether it only adds what was never read, and says nothing that contradicts what is known.
  fileprivate func isCloserLook(at inventory: Inventory) -> Bool {
    guard goneFunctions.isEmpty, goneGroups.isEmpty, host == nil, disagreements == nil else { return false }
    let areCloser = functions.allSatisfy { function in
      guard var before = inventory[function.address], before.details == nil else { return false }
      before.details = function.details
      if before.driverOverride.ignorance == .notRead { before.driverOverride = function.driverOverride }
      return before == function
    }
    return areCloser
      && groups.allSatisfy { group in
        guard var before = inventory[group.id] else { return false }
        if before.details == nil { before.details = group.details }
        if before.reserved.ignorance == .notRead { before.reserved = group.reserved }
        return before == group
      }
  }
}
