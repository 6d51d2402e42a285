public import Topology

extension Sentences {
  /// A machine without IOMMU groups: what that means, and what to switch on. The first line says it all.
  public static func noGroups(_ host: HostFacts) -> [String] {
    let reason =
      switch host.iommu {
      case .off: "IOMMU is off"
      case .unknown: "whether there is an IOMMU is not known"
      case .on: "an IOMMU is on, but it has put no device into a group"
      }
    var lines = [
      "No IOMMU groups: \(reason).",
      "An IOMMU keeps a device away from memory that is not its own. Without one, no device can safely be handed "
        + "to a process.",
    ]
    if host.iommu == .on {
      return lines + ["The kernel log may say why: dmesg | grep -i -e DMAR -e AMD-Vi -e SMMU"]
    }
    lines += [
      "What to switch on:",
      "1. In the firmware setup: the IOMMU. On x86 it is called Intel VT-d or AMD-Vi, on Arm SMMU.",
      "2. On the kernel command line, for Intel alone: intel_iommu=on.",
      "3. Restart. /sys/kernel/iommu_groups then holds a directory for each group.",
    ]
    if let line = host.commandLine.value { lines.append("The command line now: \(Clean.visible(line))") }
    return lines
  }

  /// A machine without PCI devices. The first line says it all.
  public static func noDevices(_ host: HostFacts) -> [String] {
    guard host.hasPCI else {
      return [
        "No PCI devices: /sys/bus/pci is not there.",
        "This kernel has no PCI, as on many small boards and in some virtual machines, or sysfs is not mounted "
          + "where it was looked for.",
        "Nothing can be handed out here. Another machine's image can be looked at: viable --root DIR",
      ]
    }
    return [
      "No PCI devices: /sys/bus/pci/devices is empty.",
      "This kernel has PCI, but no device is on it, as in some virtual machines and containers.",
      "A device that appears will be shown at once.",
    ]
  }
}
