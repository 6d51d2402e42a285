public import Ownership

/// Something a host could not do at all: what was attempted, on what, and what the kernel said.
public struct HostError: Error, Hashable, Sendable {
  /// What was attempted: "open", "read", "bind the uevent socket".
  public var attempt: String
  /// On what: a path, mostly.
  public var object: String
  /// The kernel's answer; its number survives even when it has no name here.
  public var errno: Errno

  /// All three.
  public init(_ attempt: String, on object: String, _ errno: Errno) {
    self.attempt = attempt
    self.object = object
    self.errno = errno
  }
}

extension HostError: CustomStringConvertible {
  /// `cannot open /sys/bus/pci: no such file or directory (ENOENT)`.
  public var description: String { "cannot \(attempt) \(object): \(errno.explained)" }
}
