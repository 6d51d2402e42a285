/// How much memory a user's programs may lock (RLIMIT_MEMLOCK, the soft one), as configuration has it.
public struct LockLimit: Hashable, Sendable {
  /// In bytes; nil is no limit.
  public var bytes: UInt64?
  /// The file that says so.
  public var source: String
  /// Both.
  public init(bytes: UInt64?, source: String) {
    self.bytes = bytes
    self.source = source
  }
}
