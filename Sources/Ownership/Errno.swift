/// An error number of Linux on the generic ABI. Unknown numbers keep their number.
public struct Errno: RawRepresentable, Hashable, Sendable {
  /// The number, positive.
  public let rawValue: Int32
  /// Any number.
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// The numbers that the uAPIs in question answer (KERNEL: include/uapi/asm-generic/errno*.h).
  static let names: [Int32: String] = [
    1: "EPERM", 2: "ENOENT", 4: "EINTR", 5: "EIO", 6: "ENXIO", 7: "E2BIG", 9: "EBADF", 11: "EAGAIN", 12: "ENOMEM",
    13: "EACCES", 14: "EFAULT", 16: "EBUSY", 17: "EEXIST", 19: "ENODEV", 20: "ENOTDIR", 21: "EISDIR", 22: "EINVAL",
    23: "ENFILE", 24: "EMFILE", 25: "ENOTTY", 27: "EFBIG", 28: "ENOSPC", 30: "EROFS", 32: "EPIPE", 34: "ERANGE",
    35: "EDEADLK", 36: "ENAMETOOLONG", 38: "ENOSYS", 40: "ELOOP", 61: "ENODATA", 74: "EBADMSG", 75: "EOVERFLOW",
    77: "EBADFD",
    90: "EMSGSIZE", 95: "EOPNOTSUPP", 97: "EAFNOSUPPORT", 98: "EADDRINUSE", 105: "ENOBUFS", 110: "ETIMEDOUT",
  ]
}

extension Errno {
  /// `EBUSY`, or `errno 4711`.
  public var name: String { Self.names[rawValue] ?? "errno \(rawValue)" }

  /// What the numbers that a person meets most say in words.
  private static let words: [Int32: String] = [
    1: "not permitted", 2: "no such file or directory", 5: "input/output error", 12: "out of memory",
    13: "permission denied",
    16: "busy", 17: "exists already", 19: "no such device", 20: "not a directory", 21: "is a directory",
    23: "the system has too many open files", 24: "too many open files", 28: "no space left", 30: "read-only",
    40: "too many links", 74: "damaged",
  ]

  /// `permission denied (EACCES)`; without words for it, name and number.
  public var explained: String {
    guard let words = Self.words[rawValue], let name = Self.names[rawValue] else { return description }
    return "\(words) (\(name))"
  }
}

extension Errno: CustomStringConvertible {
  /// `EBUSY (16)`, or `errno 4711`.
  public var description: String {
    Self.names[rawValue].map { "\($0) (\(rawValue))" } ?? "errno \(rawValue)"
  }
}
