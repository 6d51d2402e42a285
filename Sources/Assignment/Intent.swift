public import HostAccess
public import Topology

/// What somebody wants done to devices.
public struct Intent: Hashable, Sendable {
  /// The verbs; the raw values are the commands' names.
  public enum Verb: String, Hashable, Sendable, CaseIterable {
    /// Leave without a driver.
    case release
    /// Bind to vfio-pci, or to the variant driver that matches.
    case assign
    /// Give back to the driver that the journal recorded.
    case restore
    /// Create or remove virtual functions.
    case virtualFunctions = "vfs"
    /// Give the nodes to one user.
    case grant
    /// Take the nodes back from a user.
    case revoke
  }
  /// What to do.
  public var verb: Verb
  /// The functions that were named.
  public var named: [Address]
  /// Groups that were named as a whole.
  public var groups: [GroupID]
  /// Files and nodes that were named, for `restore`.
  public var also: [Subject]
  /// Whether it is to hold over a reboot: for `assign` and `restore`.
  public var persists: Bool
  /// Whether the act stays with what was named; else it concerns every member of its groups.
  public var onlyNamed: Bool
  /// How many, for `vfs`.
  public var count: Int?
  /// The entry of the journal whose act is to be taken back, for `restore`; nil is all that the journal knows.
  public var entry: Int?
  /// Whether it is all that the journal has on record, for `restore`: nobody named it, though it stands in `named` and
  /// `also`.
  public var isAll: Bool
  /// Whether a device that somebody holds open may be unbound, which waits until it is let go.
  public var mayWait: Bool
  /// Whom nodes are given to, or taken back from; those are named in `also`, with the rules that outlast a boot.
  public var grantee: Grantee?

  /// What to do to what.
  public init(
    _ verb: Verb, named: [Address] = [], groups: [GroupID] = [], also: [Subject] = [], onlyNamed: Bool = false,
    count: Int? = nil, entry: Int? = nil, isAll: Bool = false, mayWait: Bool = false, persists: Bool = false
  ) {
    self.verb = verb
    self.named = named
    self.groups = groups
    self.also = also
    self.onlyNamed = onlyNamed
    self.count = count
    self.entry = entry
    self.isAll = isAll
    self.mayWait = mayWait
    self.persists = persists
  }
}
