import Ownership
import Topology

/// Nodes and descriptors.
extension Words {
  var nodes: Said? {
    switch reason.rule {
    case .noNode: noNode
    case .nodePermission:
      Said(
        reason.culprits.isEmpty
          ? "The node belongs to another user." : "The node for \(who()) belongs to another user.",
        "Give the node to this user: \(rules.joinsDevices ? "each device has its own" : "one covers the whole group").")
    case .notPrivileged:
      Said(
        "Without an IOMMU nothing confines a device, so \(group) takes root (CAP_SYS_RAWIO).",
        "Switch the IOMMU on, in firmware and on the kernel command line.")
    case .badDescriptor: Said("The process has no such descriptor open.")
    case .wrongDescriptor:
      Said("The descriptor is open, but it is not \(aContext).", "Pass a descriptor of the right node.")
    case .unknownCall: Said("This descriptor does not know the call under this interface.")
    case .malformedArgument: Said("The argument is too small, points nowhere, or has a flag that is not known.")
    case .deviceLeaving:
      Said(
        "\(who()) is being taken away: the driver waits only for descriptors that are still open.",
        "Wait until it is gone, or bind it again.")
    default: nil
    }
  }

  private var noNode: Said {
    guard let culprit = first, let address = culprit.member else {
      return Said(
        "There is no such node: a group's appears with its first device on a vfio driver, and this interface has "
          + (rules.joinsDevices ? "/dev/ioasid or /dev/iommu." : "no other than /dev/vfio."))
    }
    guard let device = world[address] else { return Said("\(names[address]) is not there, so it has no node.") }
    guard device.isVFIO || device.isVDPA else {
      let driver = culprit.driver.map { "is bound to \(Clean.visible($0))" } ?? "has no driver"
      return Said(
        "\(names[address]) \(driver), and only a vfio driver makes a node.", "Bind \(names[address]) to vfio-pci.")
    }
    guard rules.joinsDevices else {
      return Said("Under this interface \(names[address]) is reached through its group, not by a node of its own.")
    }
    return Said(
      "\(names[address]) shares its group, and at first only devices alone in theirs get a node.",
      "Use the group's node.")
  }
}
