import Topology

/// The nodes through which a process drives a function by itself, under a driver that only lets it: DPDK and SPDK
/// without an IOMMU.
struct UserspaceIO {
  /// `/dev/uio0`, from the function's directory `uio` (drivers/uio/uio.c `__uio_register_device`).
  let nodes: Set<String>

  /// Those that make such nodes and nothing else: drivers/uio/uio_pci_generic.c, and DPDK's own.
  private static let drivers: Set<DriverName> = ["uio_pci_generic", "igb_uio"]

  /// Nil for a function with another driver.
  init?(of function: Function, _ root: Root) {
    guard let driver = function.driver.value, Self.drivers.contains(driver) else { return nil }
    let path = Look.devicesPath + "/" + function.address.description + "/uio"
    nodes = Set((root.list(path) ?? []).map { "/dev/" + $0.name }.filter { $0.hasPrefix("/dev/uio") })
  }

  /// Adds who of `holders` has it open.
  func tell(_ address: Address, _ holders: [Holder], into burden: inout Burden) {
    if nodes.isEmpty { burden.unknown.append(.init(address, .holders, .notRead)) }
    burden.carried += holders.filter { nodes.contains($0.node) }.map { Carried(address, .holder($0)) }
  }
}
