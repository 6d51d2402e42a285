import Ownership
public import Topology

/// Which host drivers of a simulated kernel match which functions, in the order in which they are tried.
public struct DriverTable: Hashable, Sendable {
  private var byIDs: [UInt32: [DriverName]]

  /// The table that every simulated kernel has.
  public init() { byIDs = [:] }

  /// The same, with what a machine shows: whoever has the ids of a driven function is matched by its driver too.
  public init(observing inventory: Inventory) {
    byIDs = [:]
    for function in inventory.functions {
      guard let identity = function.identity.value, let driver = function.driver.value,
        driver != "pci-stub", !RuleSet.vfioDrivers.contains(driver), !function.hasVFIODevice
      else { continue }
      let key = Names.key(vendor: identity.vendor, device: identity.device)
      if byIDs[key]?.contains(driver) != true { byIDs[key, default: []].append(driver) }
    }
  }

  /// The drivers that match an identity. Bridges on PCI Express are `pcieport`'s, conventional ones nobody's
  /// (drivers/pci/pcie/portdrv.c `pcie_portdrv_probe`).
  public func drivers(for identity: Identity, type: PortType? = nil) -> [DriverName] {
    let key = Names.key(vendor: identity.vendor, device: identity.device)
    if let seen = byIDs[key] { return seen }
    if identity.classCode.leadsToABus {
      switch type {
      case .express(4), .express(5), .express(6), .express(10): return ["pcieport"]
      default: return []
      }
    }
    return (Self.ids[key] ?? Self.classes[identity.classCode.baseAndSub]).map { [$0] } ?? []
  }

  /// Cards of the scenarios and of QEMU, by vendor and device.
  private static let ids: [UInt32: DriverName] = [
    0x8086_100e: "e1000", 0x8086_100f: "e1000", 0x8086_10d3: "e1000e", 0x8086_105e: "e1000e", 0x8086_10c9: "igb",
    0x8086_1572: "i40e", 0x8086_1521: "igb", 0x1000_0012: "sym53c8xx", 0x1000_0097: "mpt3sas", 0x10ec_8139: "8139too",
    0x10ec_8168: "r8169", 0x15b3_1017: "mlx5_core", 0x1af4_1000: "virtio-pci", 0x1af4_1041: "virtio-pci",
    0x1af4_1042: "virtio-pci", 0x10de_2204: "nouveau",
  ]

  /// Classes whose functions one driver takes, whoever made them.
  private static let classes: [UInt16: DriverName] = [
    0x0106: "ahci", 0x0108: "nvme", 0x0403: "snd_hda_intel", 0x0c03: "xhci_hcd",
  ]
}
