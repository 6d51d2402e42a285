/// Something of the host's that stands on a function, and would go with its driver.
public struct Carried: Hashable, Sendable {
  /// What it is.
  public enum What: Hashable, Sendable {
    /// A mounted file system: its source, mount point and type, uncleaned.
    case mount(source: String, at: String, type: String)
    /// Swap space in use.
    case swap(String)
    /// A whole disk with nothing known to be on it in use.
    case disk(String)
    /// A disk or volume that others are built on: `md0`, `dm-3`, a pool's name, and by what.
    case member(of: String, kind: String)
    /// A network interface: whether it is up, its addresses, and whether routes lead through it.
    case interface(String, isUp: Bool, addresses: [String], routes: Int)
    /// The interface through which this login comes, and from where.
    case login(interface: String, from: String)
    /// The display that the machine's console is on.
    case display(String)
    /// A keyboard, and whether no other one stays than those that leave with it.
    case keyboard(String, isOnly: Bool)
    /// A process with the function's VFIO node or descriptor open.
    case holder(Holder)
    /// Virtual functions of this physical one.
    case virtualFunctions([Address])
    /// The function is runtime-suspended: touching it wakes it.
    case suspended
  }
  /// Which function.
  public var address: Address
  /// What.
  public var what: What
  /// How it stands on the function, from the bottom up: `sda`, `sda2`, `dm-0`.
  public var via: [String]

  /// All three.
  public init(_ address: Address, _ what: What, via: [String] = []) {
    self.address = address
    self.what = what
    self.via = via
  }
}

/// What functions carry, as far as it could be told.
public struct Burden: Hashable, Sendable {
  /// What was found, by function.
  public var carried: [Carried]
  /// What could not be told, of which function: the source that could not be read, and why.
  public var unknown: [Gap]

  /// A question that could not be answered.
  public struct Gap: Hashable, Sendable {
    /// What nobody knows of a function.
    public enum What: Hashable, Sendable, CaseIterable {
      /// Whether this login comes through it.
      case login
      /// Its interfaces, by name.
      case interfaces
      /// It should have an interface and shows none: whether one of it is in use elsewhere.
      case elsewhere
      /// The addresses of its interfaces.
      case addresses
      /// The routes through them.
      case routes
      /// What a virtual switch sends through it.
      case openVSwitch
      /// Its disks, by name.
      case disks
      /// What is mounted from them.
      case mounts
      /// Whether overlays or files mounted as disks lie on them.
      case layers
      /// Swap on them.
      case swap
      /// Members of ZFS pools on them.
      case pools
      /// What a driver that was never seen at work brings.
      case disksAndInterfaces
      /// Keyboards that hang on it.
      case keyboards
      /// Processes with its node open.
      case holders
    }
    /// The function concerned.
    public var address: Address
    /// Of what nobody knows.
    public var what: What
    /// Why.
    public var why: Ignorance
    /// All three.
    public init(_ address: Address, _ what: What, _ why: Ignorance) {
      self.address = address
      self.what = what
      self.why = why
    }
  }

  /// Nothing, until something is found.
  public init(carried: [Carried] = [], unknown: [Gap] = []) {
    self.carried = carried
    self.unknown = unknown
  }

  /// What is known of one function.
  public func of(_ address: Address) -> [Carried] { carried.filter { $0.address == address } }
}
