/// An IOMMU group: the smallest set of devices that the IOMMU can tell from all others.
public struct Group: Hashable, Sendable {
  /// Its number, until the kernel reuses it.
  public var id: GroupID
  /// PCI members, by address.
  public var members: [Address]
  /// Members that are no PCI functions, by device name; none is known while the group's own directory was not read.
  public var others: [OtherMember]
  /// Whether the group's own directory was read. A listing leaves it where host drivers keep the group anyway; a
  /// closer look reads it always.
  public var isListed = true
  /// Firmware's reserved regions. A `direct` one keeps the group from ever being owned (KERNEL:
  /// drivers/iommu/iommu.c `__iommu_device_set_domain`, `require_direct`).
  public var reserved: Known<[ReservedRegion]>
  /// Who holds it open through VFIO; unknown without root.
  public var holders: Known<[Holder]>
  /// What a closer look reads.
  public var details: GroupDetails?

  /// A group and its members; the rest is not read yet.
  public init(
    id: GroupID, members: [Address], others: [OtherMember] = [],
    reserved: Known<[ReservedRegion]> = .unknown(.notRead), holders: Known<[Holder]> = .absent,
    details: GroupDetails? = nil
  ) {
    self.id = id
    self.members = members
    self.others = others
    self.reserved = reserved
    self.holders = holders
    self.details = details
  }
}

/// A member of a group that is no PCI function: a platform, AMBA, fsl-mc or CDX device.
public struct OtherMember: Hashable, Sendable {
  /// Device name, as the link in `devices/` spells it.
  public var name: String
  /// Its driver.
  public var driver: Known<DriverName>
  /// Both.
  public init(name: String, driver: Known<DriverName>) {
    self.name = name
    self.driver = driver
  }
}

/// One line of `reserved_regions` (drivers/iommu/iommu.c `iommu_group_show_resv_regions`).
public struct ReservedRegion: Hashable, Sendable {
  /// The four words the kernel prints.
  public enum Kind: String, Hashable, Sendable {
    case direct
    case directRelaxable = "direct-relaxable"
    case reserved
    case msi
  }
  /// First byte.
  public var first: UInt64
  /// Last byte, inclusive.
  public var last: UInt64
  /// What it is for.
  public var kind: Kind
  /// All three.
  public init(first: UInt64, last: UInt64, kind: Kind) {
    self.first = first
    self.last = last
    self.kind = kind
  }
}

/// What is read of a group only for `show`, `--full` and the rows on screen.
public struct GroupDetails: Hashable, Sendable {
  /// `type`: the default domain, `DMA-FQ`, `DMA`, `identity`, …
  public var type: Known<String> = .unknown(.notRead)
  /// `/dev/vfio/N`; absent while no member is bound to a vfio driver.
  public var node: Known<Node> = .unknown(.notRead)
  /// Nothing read yet.
  public init() {}
}
