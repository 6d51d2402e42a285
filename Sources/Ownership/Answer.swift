/// What a rule set answers to an event: the result, why, and what became of the world.
public struct Answer: Hashable, Sendable {
  /// The result.
  public var outcome: Outcome
  /// Why it was refused, blocks or stopped the machine; nil where there is nothing to explain.
  public var reason: Reason?
  /// Who has opened, joined and attached what afterwards. Empty where a real kernel answered.
  public var ledger: Ledger
  /// What else happened, in order. A refused call has none.
  public var consequences: [Consequence]

  /// All of it.
  public init(outcome: Outcome, reason: Reason? = nil, ledger: Ledger = Ledger(), consequences: [Consequence] = []) {
    self.outcome = outcome
    self.reason = reason
    self.ledger = ledger
    self.consequences = consequences
  }

  /// The value, where the call succeeded.
  public var value: Value? {
    if case .success(let value) = outcome { value } else { nil }
  }

  /// The error number, where it was refused.
  public var errno: Errno? {
    if case .refused(let errno) = outcome { errno } else { nil }
  }
}

/// How an event ends.
public enum Outcome: Hashable, Sendable {
  case success(Value)
  case refused(Errno)
  /// The call does not return until somebody lets go of a device.
  case blocks
  /// The kernel stopped the machine rather than lose isolation.
  case panic
}

/// What a successful call returns.
public enum Value: Hashable, Sendable {
  case nothing
  case descriptor(Descriptor)
  /// An object of a context: an IOASID, an IOAS.
  case object(Int)
  /// `out_devid` of a bind.
  case deviceID(Int)
  /// `pt_id` after an attach: the page table that the device ended up with.
  case table(Int)
  case status(GroupStatus)
  case number(Int)
  /// Bytes that were unmapped.
  case unmapped(UInt64)
  /// Where a mapping was placed.
  case iova(UInt64)
}
