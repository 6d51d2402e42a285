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
    case .tooManyDescriptors:
      Said(
        "No descriptor is left to \(processes(or: "the process")): the limit is reached (RLIMIT_NOFILE).",
        "Raise the limit.")
    default: opening
    }
  }

  private var opening: Said? {
    switch reason.rule {
    case .deviceLocked:
      Said(
        "Somebody holds the lock of \(who()), and whoever opens it first has to reset it: the kernel does not wait.",
        "Try again when the write to its files in /sys, or its reset, is over.")
    case .tokenMissing:
      Said(
        "\(who()) shares a physical function with another user, and no token says that the two know each other.",
        "Open it with vf_token=UUID, the one that the user of the physical function set.")
    case .tokenWrong:
      Said("The token is not the one by which users of \(who()) and of its siblings know each other.")
    case .tokenSenseless:
      Said("\(who()) takes no token: it shares no physical function with another user.", "Leave vf_token out.")
    default: nil
    }
  }

  private var noNode: Said {
    if let group = reason.group { return noGroupNode(group) }
    guard let culprit = first, let address = culprit.member else {
      let owner = Trace(rules).path(of: rules.joinsDevices ? .context : .container, in: world)
      return Said("There is no such node under this interface: what owns devices is opened as \(owner).")
    }
    guard let device = world[address] else { return Said("\(names[address]) is not there, so it has no node.") }
    guard device.isVFIO || device.isVDPA else {
      guard device.header == .normal else {
        return Said(
          "\(names[address]) is a bridge: no vfio driver binds to it, so that nobody is handed one.",
          "Ask for what is below it.")
      }
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

  private func noGroupNode(_ group: GroupID) -> Said {
    switch rules {
    case .implicitApril, .implicitRFC1, .implicitRFC2, .autoUnbind:
      Said("Groups have no nodes under this interface.", "Open the devices' own nodes.")
    case .explicitLinux, .explicit2021, .iommufd:
      Said(
        "/dev/vfio/\(group) is not there: a group's node appears with its first member on a vfio driver.",
        world.members(of: group).isEmpty ? "" : "Bind a member of group \(group) to vfio-pci.")
    }
  }
}
