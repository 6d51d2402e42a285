public import HostAccess
import Topology

/// An act under way, as a value: it says what it wants done next and is told what became of it. Nothing here touches
/// a machine or waits; the loop or the command that drives it does.
///
/// Each step is looked at before and after it; one whose goal holds already is skipped. A failed step takes back what
/// was done, in reverse.
public struct Transaction: Hashable, Sendable {
  /// What it wants next.
  public enum Wish: Hashable, Sendable {
    /// Write this down so that it outlasts a crash.
    case save(Entry)
    /// Forget the entry with this number: nothing of it is in force any more.
    case forget(Int)
    /// Read this again: a function, a file or a node.
    case look(Subject)
    /// Do this.
    case perform(Effect)
    /// It is over.
    case finished(Outcome)
  }
  /// What became of a wish.
  public enum Told: Hashable, Sendable {
    /// It is written down, or forgotten.
    case saved
    /// It could not be written down, or forgotten.
    case notSaved(HostError)
    /// It as it is; nil where a function or a node is gone.
    case saw(Reading?)
    case performed
    case failed(HostError)
    /// It was not begun: somebody wants the act ended.
    case calledOff
  }
  /// How it ended.
  public enum Outcome: Hashable, Sendable {
    case done
    /// A step failed, and everything before it was taken back.
    case takenBack(step: Int, Trouble)
    /// A step failed, and what was done could not all be taken back: these are left as they are.
    case stuck(step: Int, Trouble, left: [Subject])
    /// Nothing was begun: the journal could not be written.
    case notBegun(HostError)
  }
  /// What went wrong with a step.
  public enum Trouble: Hashable, Sendable {
    case refused(HostError)
    /// The write was taken, and the machine does not show what it was for.
    case noEffect(found: Reading)
    /// The function or the node vanished.
    case gone
    /// It is another device now, or somebody else wrote the file or gave the node away.
    case otherDevice(found: Reading)
    /// The journal could not be written on the way.
    case journal(HostError)
    /// It was not begun, for somebody wanted the act ended.
    case calledOff
  }

  /// The journal's view of it: which steps are done, failed, taken back.
  public internal(set) var entry: Entry
  /// What went wrong while it was taken back, in order: function, effect, trouble.
  public internal(set) var obstacles: [Obstacle] = []
  /// The journal could not be brought up to date after the machine was: an entry stays that says too much.
  public internal(set) var leftover: HostError?

  /// Something that could not be taken back.
  public struct Obstacle: Hashable, Sendable {
    /// What was tried.
    public var effect: Effect
    /// What came of it.
    public var trouble: Trouble
  }

  /// Where it stands, and what is waited for.
  enum State: Hashable, Sendable {
    case idle
    /// The entry is to be on disk before anything else.
    case opening
    /// Going forward: a step is looked at, done, looked at again, written down.
    case looking(Int)
    case performing(Int)
    case verifying(Int)
    case saving(Int)
    /// Taking back record `Int`: looked at, then effect after effect of its inverse.
    case surveying(Int)
    case reverting(Int, Int)
    case confirming(Int, Int)
    case noting(Int)
    /// Bringing the journal up to date: at which of the wishes that takes.
    case closing(Int)
    case over(Outcome)
  }
  var state: State = .idle
  /// Entries whose acts this one takes back: they are brought up to date when it is done.
  let settling: [Entry]
  /// Whether its own entry is kept when it is done.
  let keepsEntry: Bool
  /// What could not be taken back: it is left alone.
  var left: Set<Subject> = []
  /// The step that failed; nil while all is well.
  var failure: Failure?

  struct Failure: Hashable, Sendable {
    var step: Int
    var trouble: Trouble
  }

  /// An act that is about to begin. One that restores keeps no entry when it is done, and settles those that it
  /// restores from: they are handed in as they shall be afterwards.
  public init(_ entry: Entry, keepsEntry: Bool = true, settling: [Entry] = []) {
    self.entry = entry
    self.keepsEntry = keepsEntry
    self.settling = settling
  }

  /// The step that it is at, and whether it is taking it back; nil before the first one and when all are over.
  public var current: (step: Int, isTakenBack: Bool)? {
    switch state {
    case .idle, .opening, .closing, .over: nil
    case .looking(let step), .performing(let step), .verifying(let step), .saving(let step): (step, false)
    case .surveying(let step), .reverting(let step, _), .confirming(let step, _), .noting(let step): (step, true)
    }
  }

  /// Whether the next step is about to be done, and nothing is lost where it is not.
  var mayBeCalledOff: Bool { if case .performing = state { true } else { false } }

  /// Takes in what became of the last wish, which is nothing for the first one, and says what is wanted next. Asked
  /// again after the end it answers the same.
  public mutating func next(_ told: Told? = nil) -> Wish {
    switch (state, told) {
    case (.over(let outcome), _): return .finished(outcome)
    case (.idle, _):
      return entry.records.isEmpty ? close(from: 0) : wish(.opening, .save(entry))
    case (.opening, .notSaved(let error)): return end(.notBegun(error))
    case (.opening, _): return begin(0)
    case (.looking(let step), .saw(let found)): return looked(at: step, found)
    case (.performing(let step), .performed): return performed(step)
    case (.verifying(let step), .saw(let found)): return verified(step, found)
    case (.looking(let step), .failed(let error)), (.performing(let step), .failed(let error)),
      (.verifying(let step), .failed(let error)):
      return fail(step, .refused(error))
    case (.performing(let step), .calledOff): return fail(step, .calledOff)
    case (.saving(let step), .notSaved(let error)): return fail(step, .journal(error))
    case (.saving(let step), _): return begin(step + 1)
    case (.surveying(let step), .saw(let found)): return surveyed(step, found)
    case (.surveying(let step), .failed(let error)): return stick(step, 0, .refused(error))
    case (.reverting(let step, let place), .performed): return confirm(step, place)
    case (.confirming(let step, let place), .saw(let found)): return confirmed(step, place, found)
    case (.reverting(let step, let place), .failed(let error)), (.confirming(let step, let place), .failed(let error)):
      return stick(step, place, .refused(error))
    case (.noting(let step), let told):
      note(told)
      return survey(step - 1)
    case (.closing(let place), let told):
      note(told, closing: place)
      return close(from: place + 1)
    case (.looking, _), (.performing, _), (.verifying, _), (.surveying, _), (.reverting, _), (.confirming, _):
      preconditionFailure("told something that was not wished for")
    }
  }

  mutating func wish(_ state: State, _ wish: Wish) -> Wish {
    self.state = state
    return wish
  }

  mutating func end(_ outcome: Outcome) -> Wish { wish(.over(outcome), .finished(outcome)) }
}
