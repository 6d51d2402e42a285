public import Topology

extension SimulatedHost {
  /// Takes over the configuration space of the machine that is rehearsed. What was read decides from here on which
  /// groups newcomers join, but where the kernel was told to pretend (pcie_acs_override) or the bytes leave a gap.
  public mutating func carry(_ configs: [Address: Known<ConfigSpace>]) {
    self.configs = configs
    if let line = inventory.host.commandLine.value, KernelCommandLine(line).acsOverride != nil { return }
    for port in PortFacts.read(inventory, configs) where port.gaps.isEmpty { ports[port.address] = port }
  }

  /// What the registers of a physical function say of its virtual ones, where they were read and say where those are.
  func virtualFunctions(of physical: Address) -> SRIOV? {
    guard let found = configs[physical]?.value?.sriov.value, found.offset > 0 else { return nil }
    return found
  }
}
