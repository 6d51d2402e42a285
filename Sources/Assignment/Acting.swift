public import HostAccess
import Ownership
public import Topology

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
  /// takes it back. `tell` hears of everything. Nil where a child was left.
  public static func run(
    _ transaction: inout Transaction, on performer: inout some Performer, journal: inout some JournalStore,
    wait: (Work) -> Bool = { _ in true }, tell: (News) -> Void = { _ in }
  ) -> Transaction.Outcome? {
    var told: Transaction.Told?
    while true {
      let wish = transaction.next(told)
      tell(.wishes(wish))
      switch wish {
      case .save(let entry): told = write { () throws(HostError) in try journal.save(entry) }
      case .forget(let number): told = write { () throws(HostError) in try journal.remove(number) }
      case .look(let address): told = look(at: address, on: &performer)
      case .perform(let effect):
        var progress = performer.begin(effect)
        while case .waiting(let work) = progress {
          tell(.waits(effect, work))
          guard wait(work) else { return nil }
          progress = performer.progress(of: work)
        }
        if case .failed(let error) = progress { told = .failed(error) } else { told = .performed }
      case .finished(let outcome): return outcome
      }
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

  /// Reads a function again for a transaction: one that is gone is no error.
  public static func look(at address: Address, on performer: inout some Performer) -> Transaction.Told {
    do throws(HostError) {
      return .saw(try performer.binding(of: address))
    } catch {
      return error.errno == .enodev || error.errno == .enoent ? .saw(nil) : .failed(error)
    }
  }
}
