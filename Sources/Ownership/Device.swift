public import Topology

/// A device as the rules see it: what decides an answer, and nothing else.
public struct Device: Hashable, Sendable {
  /// The header type, bits 6:0 of config byte 0x0e.
  public enum Header: Hashable, Sendable {
    case normal
    case bridge
    case cardBus
  }
  /// Where it sits.
  public var address: Address
  /// Its IOMMU group; nil without one.
  public var group: GroupID?
  /// Whose requester id its DMA carries: its own address, or that of the bridge that takes the requests over.
  /// Devices of one requester are one to the IOMMU.
  public var requester: Address
  /// Bridges have no vfio driver, and were exempt from viability in 2021.
  public var header: Header
  /// The bound driver; nil is driverless.
  public var driver: DriverName?
  /// N of its own node `/dev/vfio/devices/vfioN`, while a vfio driver is bound.
  public var nodeNumber: Int?
  /// Host drivers that match it, in the order in which they are tried. `pcieport` is one for a port.
  public var hostDrivers: [DriverName]
  /// Owner's uid of its own node.
  public var nodeOwner: UInt32
  /// Whether the platform keeps its interrupts apart (interrupt remapping; `iommu_group_has_isolated_msi`).
  public var interruptsAreIsolated: Bool
  /// Whether its DMA is coherent with the caches; iommufd takes nothing else.
  public var isCoherent: Bool
  /// Whether firmware demands a fixed mapping for it (RMRR; `direct` in `reserved_regions`).
  public var hasDirectRegion: Bool
  /// The bound driver's name says nothing, but there is a vfio device: it is one of VFIO's all the same.
  public var isVariant: Bool
  /// The bridge whose bus it is on; nil on a root bus, whose reset nobody can ask for.
  public var bridge: Address?
  /// The physical function that it is a virtual function of.
  public var physicalFunction: Address?
  /// The secret that a user of this physical function shares with users of its virtual functions; nil is one that the
  /// kernel drew by lot, so that nobody knows it.
  public var token: String?
  /// Somebody holds its lock, for a write to one of its files for instance: a reset on opening would have to wait.
  public var isLocked: Bool
  /// What stands on top of it while a host driver is bound, and goes with the driver: `sda`, `eth0`.
  public var carries: [String]

  /// A device; the rest is what most devices are.
  public init(
    address: Address, group: GroupID?, requester: Address? = nil, header: Header = .normal, driver: DriverName? = nil,
    hostDrivers: [DriverName] = [], nodeOwner: UInt32 = 0, interruptsAreIsolated: Bool = true,
    isCoherent: Bool = true, hasDirectRegion: Bool = false, carries: [String] = [], bridge: Address? = nil,
    physicalFunction: Address? = nil, isLocked: Bool = false
  ) {
    self.address = address
    self.group = group
    self.requester = requester ?? address
    self.header = header
    self.driver = driver
    nodeNumber = nil
    self.hostDrivers = hostDrivers
    self.nodeOwner = nodeOwner
    self.interruptsAreIsolated = interruptsAreIsolated
    self.isCoherent = isCoherent
    self.hasDirectRegion = hasDirectRegion
    isVariant = false
    self.carries = carries
    self.bridge = bridge
    self.physicalFunction = physicalFunction
    token = nil
    self.isLocked = isLocked
  }
}

extension Device {
  /// Whether a driver of VFIO's is bound: only then is there a vfio device.
  public var isVFIO: Bool { driver.map { isVariant || RuleSet.vfioDrivers.contains($0) } ?? false }
  /// Whether it is a VDPA device behind `vhost_vdpa`, which has a node of its own kind.
  public var isVDPA: Bool { driver == RuleSet.vdpaDriver }
}

/// What the rules know of a group beside its members.
public struct GroupFacts: Hashable, Sendable {
  /// Its number.
  public var id: GroupID
  /// Owner's uid of `/dev/vfio/N`.
  public var nodeOwner: UInt32
  /// Firmware's reserved regions; an IOVA in one of them cannot be mapped while the group is attached.
  public var reserved: [ReservedRegion]
  /// A PASID of a member is attached: the group cannot be claimed.
  public var hasPASID: Bool
  /// Host drivers of members that are no PCI functions.
  public var otherHosts: [DriverName]
  /// A group that VFIO made up for a device without an IOMMU (`/dev/vfio/noiommu-N`).
  public var isNoIOMMU: Bool

  /// The window for interrupts that every x86 group reserves.
  public static let interruptWindow = ReservedRegion(first: 0xfee0_0000, last: 0xfeef_ffff, kind: .msi)

  /// A group like most.
  public init(
    id: GroupID, nodeOwner: UInt32 = 0, reserved: [ReservedRegion] = [interruptWindow], hasPASID: Bool = false,
    otherHosts: [DriverName] = [], isNoIOMMU: Bool = false
  ) {
    self.id = id
    self.nodeOwner = nodeOwner
    self.reserved = reserved
    self.hasPASID = hasPASID
    self.otherHosts = otherHosts
    self.isNoIOMMU = isNoIOMMU
  }
}
