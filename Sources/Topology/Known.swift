/// A fact about a machine that may be there, be absent, or be out of our reach.
///
/// "Not there" and "could not be read" never look alike: the second carries its reason up to the screen.
public enum Known<Value> {
  case value(Value)
  /// The machine says that there is none, for instance no `driver` link.
  case absent
  case unknown(Ignorance)
}

extension Known: Equatable where Value: Equatable {}
extension Known: Hashable where Value: Hashable {}
extension Known: Sendable where Value: Sendable {}

extension Known {
  /// The value, or nil when it is absent or unknown.
  public var value: Value? {
    if case .value(let value) = self { value } else { nil }
  }

  /// Why the fact is not known, or nil when it is known or known to be absent.
  public var ignorance: Ignorance? {
    if case .unknown(let why) = self { why } else { nil }
  }

  /// The same fact seen through `transform`; absence and ignorance stay what they are.
  public func map<Other>(_ transform: (Value) -> Other) -> Known<Other> {
    switch self {
    case .value(let value): .value(transform(value))
    case .absent: .absent
    case .unknown(let why): .unknown(why)
    }
  }
}

/// Why a fact is not known.
public enum Ignorance: Hashable, Sendable {
  /// Nobody asked yet: listing reads only what it shows.
  case notRead
  /// The kernel shows it to root alone, for instance config space beyond byte 64.
  case needsRoot
  /// The read waited on the device's lock and was abandoned (KERNEL: attributes that take `device_lock`).
  case deviceBusy
  /// The image does not carry the file.
  case notRecorded
  /// The device is suspended, and reading would wake it.
  case suspended
  /// The kernel refused: the errno, by number.
  case refused(errno: Int32)
  /// The file is there but does not say what its format promises; what it does say, shortened.
  case malformed(String)
}

extension Ignorance: CustomStringConvertible {
  /// A short reason, as it stands in parentheses after "unknown".
  public var description: String {
    switch self {
    case .notRead: "not read"
    case .needsRoot: "needs root"
    case .deviceBusy: "device busy"
    case .notRecorded: "not in this image"
    case .suspended: "device is suspended"
    case .refused(let errno): Self.words[errno] ?? "errno \(errno)"
    case .malformed(let text): text.isEmpty ? "empty" : "unreadable: \(text)"
    }
  }
}

extension Ignorance {
  /// What the refusals that a reader meets say in words (include/uapi/asm-generic/errno-base.h).
  private static let words: [Int32: String] = [
    1: "not permitted", 5: "input/output error", 12: "out of memory", 13: "permission denied",
    23: "the system has too many open files", 24: "too many open files",
  ]
}
