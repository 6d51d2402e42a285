import HostAccess
import Topology

/// Taking back: the last step first, each inverse looked at, done, looked at again.
extension Transaction {
  mutating func survey(_ last: Int) -> Wish {
    var step = last
    while step >= 0 {
      let record = entry.records[step]
      if let subject = record.effect.subject, record.isOpen {
        if !left.contains(subject) { return wish(.surveying(step), .look(subject)) }
        entry.records[step].state = .stuck
      }
      step -= 1
    }
    return close(from: 0)
  }

  mutating func surveyed(_ step: Int, _ found: Reading?) -> Wish {
    // On a function that is gone, on another card in its place, in a file that somebody else wrote since: nothing of
    // the act is in force.
    guard let found, strangeness(of: found, at: step) == nil else { return takenBack(step) }
    learn(step, found)
    return revert(step, from: Self.start(of: entry.records[step].inverse, in: found), found)
  }

  /// What comes before the last change of a driver only prepares it: where that holds, none of it is needed.
  private static func start(of inverse: [Effect], in found: Reading) -> Int {
    let change = inverse.lastIndex { effect in
      switch effect {
      case .unbind, .probe, .setVirtualFunctions: true
      case .setOverride, .loadModule, .writeFile, .setOwner: false
      }
    }
    guard let change, inverse[change].holds(in: found) == true else { return 0 }
    return change + 1
  }

  private mutating func revert(_ step: Int, from place: Int, _ found: Reading) -> Wish {
    let inverse = entry.records[step].inverse
    var place = place
    while place < inverse.count, inverse[place].holds(in: found) == true { place += 1 }
    guard place < inverse.count else { return takenBack(step) }
    return wish(.reverting(step, place), .perform(inverse[place]))
  }

  mutating func confirm(_ step: Int, _ place: Int) -> Wish {
    guard let subject = entry.records[step].effect.subject else { return takenBack(step) }
    return wish(.confirming(step, place), .look(subject))
  }

  mutating func confirmed(_ step: Int, _ place: Int, _ found: Reading?) -> Wish {
    guard let found, strangeness(of: found, at: step) == nil else { return takenBack(step) }
    let effect = entry.records[step].inverse[place]
    if case .probe(_, nil) = effect { return revert(step, from: place + 1, found) }
    guard effect.holds(in: found) == true else { return stick(step, place, .noEffect(found: found)) }
    return revert(step, from: place + 1, found)
  }

  private mutating func takenBack(_ step: Int) -> Wish {
    entry.records[step].state = .takenBack
    return wish(.noting(step), .save(entry))
  }

  mutating func stick(_ step: Int, _ place: Int, _ trouble: Trouble) -> Wish {
    let record = entry.records[step]
    obstacles.append(
      Obstacle(effect: place < record.inverse.count ? record.inverse[place] : record.effect, trouble: trouble))
    entry.records[step].state = .stuck
    if let subject = record.effect.subject { left.insert(subject) }
    return wish(.noting(step), .save(entry))
  }

  /// The machine comes before the journal: what cannot be written down on the way back is told in the end, unless the
  /// same entry, which is the first to be closed, could be written later.
  mutating func note(_ told: Told?, closing place: Int = 0) {
    if case .notSaved(let error) = told {
      leftover = error
    } else if place == 0 {
      leftover = nil
    }
  }
}
