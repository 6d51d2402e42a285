public import Ownership

/// Whatever answers the calls of a uAPI: a kernel, or something that stands for one.
public protocol Answering {
  /// Makes one call. A real kernel leaves ledger and consequences empty and gives no reason.
  mutating func ask(_ call: Call, as user: User) -> Answer
}
