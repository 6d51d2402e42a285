public import Assignment
public import HostAccess
public import Ownership
public import Topology

/// What somebody wants a plan for.
public enum Aim: Hashable, Sendable {
  case act(Intent)
  /// To take back the newest act that is in force, which the journal knows.
  case undo
  /// To take groups through the interface that works here, or through this one.
  case attach([GroupID], by: RuleSet?)
  /// To give back what of them is attached here.
  case detach([GroupID])
}

/// How groups are taken through an interface's own calls, or given back.
public enum AttachNews: Hashable, Sendable {
  /// A call was answered.
  case called(Comparison.Line)
  /// What the opened devices say of themselves, a line each.
  case told([String])
  /// Something to know beside the calls.
  case noted(String)
  /// What the machine looks like after it.
  case saw(Difference)
  /// They are held from here on.
  case attached([GroupID], RuleSet)
  /// A call was refused, and everything is closed again; why, in sentences.
  case refused(String)
  /// They are given back; what is not as it was, or nothing.
  case detached([GroupID], String)
  /// No call was made.
  case notBegun(String)
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
