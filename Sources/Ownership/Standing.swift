public import Topology

/// How one member's driver stands to a would-be owner of its group.
public enum Standing: Hashable, Sendable {
  /// No driver at all.
  case free
  /// A driver that leaves DMA to whoever owns the group: `pcieport`, `pci-stub`; before 5.19 any driver of a bridge.
  case exempt(DriverName)
  /// A vfio driver.
  case vfio(DriverName)
  /// A host driver: while it is bound, nobody may own the group.
  case host(DriverName)
  /// The driver could not be read.
  case unknown(Ignorance)
}

extension RuleSet {
  /// The VFIO drivers of Linux (drivers/vfio of 6.12, and `xe_vfio_pci`, which is newer), by the names that the `driver` link shows.
  public static let vfioDrivers: Set<DriverName> = [
    "vfio-pci", "mlx5_vfio_pci", "hisi_acc_vfio_pci", "nvgrace_gpu_vfio_pci", "pds_vfio_pci", "qat_vfio_pci",
    "virtio_vfio_pci", "xe_vfio_pci", "vfio-platform", "vfio-amba", "vfio-fsl-mc", "vfio-cdx",
  ]

  /// Drivers that set `driver_managed_dma` and are no vfio drivers (drivers/pci/pci-stub.c, drivers/pci/pcie/portdrv.c).
  static let managedByOwner: Set<DriverName> = ["pci-stub", "pcieport"]

  /// How `function` stands. An unknown driver name counts as vfio when the device has a `vfio-dev` directory,
  /// and as a host driver otherwise: what is not known to be harmless blocks.
  public func standing(of function: Function) -> Standing {
    switch function.driver {
    case .absent: return .free
    case .unknown(let why): return .unknown(why)
    case .value(let driver):
      let isVFIO = Self.vfioDrivers.contains(driver) || function.hasVFIODevice
      if isVFIO { return .vfio(driver) }
      return leavesDMA(driver, isBridge: function.leadsToABus) ? .exempt(driver) : .host(driver)
    }
  }

  /// The driver that gives a VDPA device its node: a consumer of `/dev/ioasid` beside VFIO (Gunthorpe 21 April).
  public static let vdpaDriver: DriverName = "vhost_vdpa"
  /// Stands where a driver is bound whose name could not be read.
  static let unreadableDriver: DriverName = "unreadable"

  /// Whether a driver that is no vfio driver leaves DMA to the group's owner. The proposals of 2021 keep the test of
  /// their day ("the same viability test VFIO is doing now", Gunthorpe 22 April).
  private func leavesDMA(_ driver: DriverName, isBridge: Bool) -> Bool {
    switch self {
    case .explicitLinux, .iommufd: Self.managedByOwner.contains(driver)
    case .explicit2021: driver == "pci-stub" || isBridge
    case .implicitApril, .implicitRFC1, .implicitRFC2, .autoUnbind:
      driver == "pci-stub" || isBridge || driver == Self.vdpaDriver
    }
  }

  /// Whether a device's driver does DMA for the host, and so keeps users out.
  func isHostDriven(_ device: Device) -> Bool {
    guard let driver = device.driver, !device.isVFIO else { return false }
    return !leavesDMA(driver, isBridge: device.header != .normal)
  }

  /// Whether there is `/dev/vfio/vfio`, and `/dev/vfio/N` while a member is bound for users.
  public var hasGroupNodes: Bool { [.explicitLinux, .explicit2021, .iommufd].contains(self) }
  /// Whether there is `/dev/ioasid` or `/dev/iommu`, and a node for every device bound for users.
  public var hasContexts: Bool { ![.explicitLinux, .explicit2021].contains(self) }

  /// What a misshapen argument is answered with, before anything else is looked at; nil when it passes.
  func errno(of shape: ArgumentShape, in ioctl: Ioctl, onContext: Bool) -> Errno? {
    let isChecked = self == .iommufd && onContext && !ioctl.isContainers
    return switch shape {
    case .proper: nil
    case .badPointer: .efault
    case .tooSmall: .einval
    // What only tells has flags to fill in, and does not look at them.
    case .unknownFlag where ioctl.onlyTells: nil
    // VFIO knows its flags and ignores what follows; iommufd checks both (drivers/iommu/iommufd/main.c).
    case .unknownFlag: isChecked ? .eopnotsupp : .einval
    case .laterTail: isChecked ? .e2big : nil
    }
  }

  /// How a device of a world stands.
  public func standing(of device: Device) -> Standing {
    guard let driver = device.driver else { return .free }
    if device.isVFIO { return .vfio(driver) }
    return isHostDriven(device) ? .host(driver) : .exempt(driver)
  }

  /// How a member that is no PCI function stands.
  public func standing(of other: OtherMember) -> Standing {
    switch other.driver {
    case .absent: .free
    case .unknown(let why): .unknown(why)
    case .value(let driver): Self.vfioDrivers.contains(driver) ? .vfio(driver) : .host(driver)
    }
  }
}

extension RuleSet {
  /// The regions of a group that keep every owner out: those that firmware insists on (`direct`).
  ///
  /// The IOMMU core asks since 6.6 (drivers/iommu/iommu.c `require_direct`), Intel's driver did so long before, when the
  /// owner attached (drivers/iommu/intel/iommu.c `device_rmrr_is_relaxable`, before 5.3 `device_is_rmrr_locked`). Then it
  /// let USB controllers and displays go whose regions were still printed as `direct`.
  public func directRegions(of group: Group, _ members: [Function]) -> [ReservedRegion] {
    let direct = (group.reserved.value ?? []).filter { $0.kind == .direct }
    guard self == .explicit2021, !direct.isEmpty else { return direct }
    let areAllowed = members.allSatisfy { member in
      guard let code = member.identity.value?.classCode else { return false }
      return code.base == 0x03 || code.baseAndSub == 0x0c03
    }
    return areAllowed && !members.isEmpty ? [] : direct
  }
}

extension Ioctl {
  /// A container's call, which an iommufd in its place takes with VFIO's manners.
  fileprivate var isContainers: Bool {
    switch self {
    case .getAPIVersion, .checkExtension, .setIOMMU, .getIOMMUInfo, .mapDMA, .unmapDMA: true
    default: false
    }
  }

  /// A call whose flags are an answer.
  fileprivate var onlyTells: Bool {
    switch self {
    case .groupGetStatus, .getInfo, .getIOMMUInfo: true
    default: false
    }
  }
}
