public import Topology

/// A hint that something happened on a machine. Events are hints; what is then read is the truth.
public struct HostEvent: Hashable, Sendable {
  /// Where it came from; the words of `watch --json`.
  public enum Source: String, Hashable, Sendable {
    case uevent
    case inotify
    case poll
  }
  /// What it says.
  public enum Subject: Hashable, Sendable {
    /// A function was added, removed, bound, unbound or changed.
    case function(Address)
    /// A group's directory changed (images only: the kernel says nothing of groups).
    case group(GroupID)
    /// A node below /dev/vfio, or /dev/iommu, appeared, vanished, was opened or closed.
    case nodes
    /// Network interfaces or disks above a function changed.
    case details(Address)
    /// Events were lost (ENOBUFS, IN_Q_OVERFLOW), or the directory watched was replaced: read everything.
    case lost
  }
  /// Where it came from.
  public var source: Source
  /// What it says.
  public var subject: Subject

  /// Both.
  public init(_ source: Source, _ subject: Subject) {
    self.source = source
    self.subject = subject
  }
}

/// Which sources keep a view true now. The status bar says so.
public struct Sources: Hashable, Sendable {
  /// The kernel's uevent socket.
  public var uevents: Liveness
  /// inotify.
  public var inotify: Liveness
  /// Seconds between slow reconciles; nil when there is none.
  public var reconcile: Int?

  /// How a source stands.
  public enum Liveness: Hashable, Sendable {
    case live
    /// Not needed for this kind of place.
    case notNeeded
    /// Missing, with the reason in words.
    case missing(String)
  }

  /// All three.
  public init(uevents: Liveness, inotify: Liveness, reconcile: Int?) {
    self.uevents = uevents
    self.inotify = inotify
    self.reconcile = reconcile
  }
}
