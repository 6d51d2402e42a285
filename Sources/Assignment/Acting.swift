public import HostAccess
import Ownership
import Topology

/// Runs a transaction to its end on a performer, step by step, for whoever may wait.
public enum Acting {
  /// What is told of an act while it runs.
  public enum News: Hashable, Sendable {
    /// This is wished for next.
    case wishes(Transaction.Wish)
    /// A child is at it, and may take as long as somebody holds the device.
    case waits(Effect, Work)
  }

  /// Runs it. `wait` is called while a child is at an effect, and returns when there may be news of it: true to go on
  /// waiting, false to leave the child to itself, which ends the act where it is, with everything in the journal that
  /// takes it back. `mayGoOn` is asked before each effect; once it is false, what was done is taken back. `tell` hears
  /// of everything. Nil where a child was left.
  public static func run(
    _ transaction: inout Transaction, on performer: inout some Performer, journal: inout some JournalStore,
    wait: (Work) -> Bool = { _ in true }, mayGoOn: () -> Bool = { true }, tell: (News) -> Void = { _ in }
  ) -> Transaction.Outcome? {
    var told: Transaction.Told?
    while true {
      let wish = transaction.next(told)
      tell(.wishes(wish))
      // Asked on the way back as well: whoever answers counts on being asked before every effect.
      if case .perform = wish, !mayGoOn(), transaction.mayBeCalledOff {
        told = .calledOff
        continue
      }
      switch serve(wish, on: &performer, journal: &journal) {
      case .told(let answer): told = answer
      case .waits(let effect, let work):
        var progress = Progress.waiting(work)
        while case .waiting(let work) = progress {
          tell(.waits(effect, work))
          guard wait(work) else { return nil }
          progress = performer.progress(of: work)
        }
        told = Transaction.Told(progress)
      case .over(let outcome): return outcome
      }
    }
  }

  /// What becomes of a wish at once.
  public enum Served: Hashable, Sendable {
    case told(Transaction.Told)
    /// A child is at it.
    case waits(Effect, Work)
    case over(Transaction.Outcome)
  }

  /// Does what a transaction wishes for, without waiting for a child: for whoever has more to do than to act.
  public static func serve(
    _ wish: Transaction.Wish, on performer: inout some Performer, journal: inout some JournalStore
  ) -> Served {
    switch wish {
    case .save(let entry): return .told(write { () throws(HostError) in try journal.save(entry) })
    case .forget(let number): return .told(write { () throws(HostError) in try journal.remove(number) })
    case .look(let subject): return .told(look(at: subject, on: &performer))
    case .perform(let effect):
      let progress = performer.begin(effect)
      if case .waiting(let work) = progress { return .waits(effect, work) }
      return .told(Transaction.Told(progress))
    case .finished(let outcome): return .over(outcome)
    }
  }

  private static func write(_ body: () throws(HostError) -> Void) -> Transaction.Told {
    do throws(HostError) {
      try body()
      return .saved
    } catch {
      return .notSaved(error)
    }
  }

  /// Reads something again for a transaction: what is gone is no error.
  public static func look(at subject: Subject, on performer: inout some Performer) -> Transaction.Told {
    do throws(HostError) {
      return .saw(try performer.reading(of: subject))
    } catch {
      return error.errno == .enodev || error.errno == .enoent ? .saw(nil) : .failed(error)
    }
  }
}

extension Transaction.Told {
  /// What an effect came to; one that is under way counts as done, and is for whoever waits to ask again.
  public init(_ progress: Progress) {
    if case .failed(let error) = progress { self = .failed(error) } else { self = .performed }
  }
}
