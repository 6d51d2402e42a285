public import Ownership
public import Topology

/// One function of a simulated machine, as whoever builds the machine describes it.
public struct Part: Hashable, Sendable {
  /// Where it hangs, and what the kernel looks at when it groups it.
  public var port: PortFacts
  /// Its ids and class.
  public var identity: Identity
  /// The driver that is bound at the start; nil is driverless.
  public var driver: DriverName?
  /// Host drivers that match it, in the order in which they are tried.
  public var hostDrivers: [DriverName]
  /// Whole disks above it while a host driver is bound.
  public var disks: [String]
  /// Network interfaces above it while a host driver is bound.
  public var interfaces: [String]
  /// Owner's uid of its own node.
  public var nodeOwner: UInt32
  /// Whether the platform keeps its interrupts apart.
  public var interruptsAreIsolated: Bool
  /// Whether its DMA is coherent with the caches.
  public var isCoherent: Bool
  /// Whether firmware demands a fixed mapping for it.
  public var hasDirectRegion: Bool
  /// The group that it is put into whatever the partition says, as kernels with the ACS override patch do.
  public var statedGroup: GroupID?
  /// The physical function that it is a virtual function of.
  public var physicalFunction: Address?
  /// Whether somebody holds its lock.
  public var isLocked = false

  /// A part; the rest is what most functions are.
  public init(
    _ port: PortFacts, _ identity: Identity, driver: DriverName? = nil, hostDrivers: [DriverName] = [],
    disks: [String] = [], interfaces: [String] = [], nodeOwner: UInt32 = 0, interruptsAreIsolated: Bool = true,
    isCoherent: Bool = true, hasDirectRegion: Bool = false, statedGroup: GroupID? = nil
  ) {
    self.port = port
    self.identity = identity
    self.driver = driver
    self.hostDrivers = hostDrivers
    self.disks = disks
    self.interfaces = interfaces
    self.nodeOwner = nodeOwner
    self.interruptsAreIsolated = interruptsAreIsolated
    self.isCoherent = isCoherent
    self.hasDirectRegion = hasDirectRegion
    self.statedGroup = statedGroup
  }

  var address: Address { port.address }

  /// The part as the rules see it, in a group and with a requester that somebody worked out.
  func device(in group: GroupID?, requester: Address) -> Device {
    Device(
      address: address, group: group, requester: requester, header: port.leadsToABus ? .bridge : .normal,
      driver: driver, hostDrivers: hostDrivers, nodeOwner: nodeOwner, interruptsAreIsolated: interruptsAreIsolated,
      isCoherent: isCoherent, hasDirectRegion: hasDirectRegion, carries: disks + interfaces,
      bridge: port.parent.function, physicalFunction: physicalFunction, isLocked: isLocked)
  }
}

/// A simulated machine before anything happens: what it is made of, and what people call its ids.
public struct Machine: Hashable, Sendable {
  /// What it is called.
  public var name: String
  /// What is plugged in.
  public var parts: [Part]
  /// Numbers and facts of groups; a group is known by one of its members.
  public var groups: [GroupNote]
  /// Names of ids.
  public var names: Names
  /// `uname -r` of the simulated kernel.
  public var kernelRelease: String
  /// Uids that may open the nodes that contexts come from, beside root; nil is everyone.
  public var contextUsers: Set<UInt32>?

  /// A machine.
  public init(
    name: String, parts: [Part], groups: [GroupNote] = [], names: Names = Names(),
    kernelRelease: String = "6.12.0", contextUsers: Set<UInt32>? = nil
  ) {
    self.name = name
    self.parts = parts
    self.groups = groups
    self.names = names
    self.kernelRelease = kernelRelease
    self.contextUsers = contextUsers
  }

  /// What is said of a derived group.
  public struct GroupNote: Hashable, Sendable {
    /// The number that it has.
    public var id: GroupID
    /// One of its members.
    public var member: Address
    /// Owner's uid of `/dev/vfio/N`.
    public var nodeOwner: UInt32
    /// Firmware's reserved regions.
    public var reserved: [ReservedRegion]

    /// A group with the regions of every x86 machine.
    public init(
      id: GroupID, member: Address, nodeOwner: UInt32 = 0,
      reserved: [ReservedRegion] = [GroupFacts.interruptWindow]
    ) {
      self.id = id
      self.member = member
      self.nodeOwner = nodeOwner
      self.reserved = reserved
    }
  }
}
