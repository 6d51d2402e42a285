public import Assignment
public import HostAccess
public import Topology

/// What somebody wants a plan for.
public enum Aim: Hashable, Sendable {
  case act(Intent)
  /// To take back the newest act that is in force, which the journal knows.
  case undo
}

/// How an act goes that was agreed to.
public enum ActNews: Hashable, Sendable {
  /// It stands so: which steps are done, and which one is next.
  case stands(Transaction)
  /// A child is at an effect, for as long as somebody holds the device.
  case waits(Effect, Work)
  /// What the machine looks like after it.
  case saw(Difference)
  /// It ended so.
  case over(Transaction, Transaction.Outcome)
  /// It was not begun, and nothing was changed: somebody else acts, or the machine is another one now.
  case notBegun(String)
}
