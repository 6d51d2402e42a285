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
  /// The VFIO drivers of Linux 6.12 (drivers/vfio), by the names that the `driver` link shows.
  public static let vfioDrivers: Set<DriverName> = [
    "vfio-pci", "mlx5_vfio_pci", "hisi_acc_vfio_pci", "nvgrace_gpu_vfio_pci", "pds_vfio_pci", "qat_vfio_pci",
    "virtio_vfio_pci", "vfio-platform", "vfio-amba", "vfio-fsl-mc", "vfio-cdx",
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
      let isVFIO = Self.vfioDrivers.contains(driver) || function.vfioDevice != nil
      if isVFIO { return .vfio(driver) }
      switch self {
      case .explicitLinux: return Self.managedByOwner.contains(driver) ? .exempt(driver) : .host(driver)
      case .explicit2021:
        return driver == "pci-stub" || function.leadsToABus ? .exempt(driver) : .host(driver)
      }
    }
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
