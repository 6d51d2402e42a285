import HostAccess
import Topology

/// Going forward: look, do, look again, write down.
extension Transaction {
  mutating func begin(_ step: Int) -> Wish {
    guard step < entry.records.count else { return close(from: 0) }
    let effect = entry.records[step].effect
    guard let subject = effect.subject else { return wish(.performing(step), .perform(effect)) }
    return wish(.looking(step), .look(subject))
  }

  mutating func looked(at step: Int, _ found: Reading?) -> Wish {
    if let trouble = strangeness(of: found, at: step) { return fail(step, trouble) }
    let effect = entry.records[step].effect
    guard let found, effect.holds(in: found) == true else { return wish(.performing(step), .perform(effect)) }
    // What held only since the act began, the act brought about: a module that takes a device as it is loaded.
    let before = entry.records[step].before
    return save(step, as: before.map { effect.holds(in: $0) == true } ?? true ? .skipped : .done)
  }

  mutating func performed(_ step: Int) -> Wish {
    // Of a module nothing can be read that would say more than its program's end did.
    guard let subject = entry.records[step].effect.subject else { return save(step, as: .done) }
    return wish(.verifying(step), .look(subject))
  }

  mutating func verified(_ step: Int, _ found: Reading?) -> Wish {
    guard let found, strangeness(of: found, at: step) == nil else {
      return fail(step, strangeness(of: found, at: step) ?? .gone)
    }
    let effect = entry.records[step].effect
    if case .probe(_, nil) = effect {
      learn(step, found)
    } else if effect.holds(in: found) != true {
      return fail(step, .noEffect(found: found))
    }
    return save(step, as: .done)
  }

  /// A function or a node that is gone, another card than the one that the act is about, or a file or node that is
  /// neither as it was nor as the act makes it: somebody else changed it, and it is his.
  func strangeness(of found: Reading?, at step: Int) -> Trouble? {
    guard let found else { return .gone }
    let record = entry.records[step]
    guard let before = record.before, !record.effect.explains(found, after: before) else { return nil }
    return .otherDevice(found: found)
  }

  /// What a probe without expectation bound is known only afterwards, and with it what takes it back.
  mutating func learn(_ step: Int, _ found: Reading) {
    guard case .probe(let address, nil) = entry.records[step].effect, entry.records[step].inverse.isEmpty,
      let driver = found.binding?.driver.value
    else { return }
    entry.records[step].inverse = [.unbind(address, from: driver)]
  }

  private mutating func save(_ step: Int, as outcome: Record.State) -> Wish {
    entry.records[step].state = outcome
    return wish(.saving(step), .save(entry))
  }

  mutating func fail(_ step: Int, _ trouble: Trouble) -> Wish {
    failure = Failure(step: step, trouble: trouble)
    entry.records[step].state = .failed
    return survey(step)
  }

  // MARK: the end

  /// What brings the journal up to date: its own entry before those that it settles, so that whoever is interrupted
  /// between finds the older truth.
  private var lastWishes: [Wish] {
    if !left.isEmpty { return [.save(entry)] }
    let isOver = failure != nil || !keepsEntry || !entry.isOpen
    var wishes: [Wish] = isOver && !entry.records.isEmpty ? [.forget(entry.number)] : []
    if failure == nil { wishes += settling.map { $0.isOpen ? .save($0) : .forget($0.number) } }
    return wishes
  }

  mutating func close(from place: Int) -> Wish {
    let wishes = lastWishes
    return place < wishes.count ? wish(.closing(place), wishes[place]) : end(outcome)
  }

  private var outcome: Outcome {
    guard let failure else { return .done }
    return left.isEmpty
      ? .takenBack(step: failure.step, failure.trouble)
      : .stuck(step: failure.step, failure.trouble, left: left.sorted())
  }
}
