import Ownership
import Topology

/// Drivers and slots.
extension Words {
  var drivers: Said? {
    let driver = first?.driver.map(Clean.visible) ?? "the driver"
    return switch reason.rule {
    case .noDevice: Said("\(who()) is not there.")
    case .deviceThere: Said("\(who()) is there already.")
    case .driverBoundAlready:
      Said("\(who()) has a driver already\(first?.driver == nil ? "" : ", \(driver)").", "Unbind it first.")
    case .noDriverBound: Said("\(who()) has no driver to take away.")
    case .driverDoesNotMatch:
      Said(
        first?.driver == nil ? "That driver does not drive \(who())." : "The driver \(driver) does not drive \(who()).")
    case .bridgeHasNoUser:
      Said(
        "\(who()) is a bridge, which vfio-pci does not take; no group needs it to.",
        "Leave \(who()) alone: without a driver, or with pcieport, it blocks nothing.")
    case .groupOwned:
      Said(
        "\(group.capitalizedFirst) is owned by \(processes(or: "a user")), so no host driver may drive a member of it.",
        "Wait until \(processes(or: "the user")) closes it.")
    case .inUse:
      Said(
        "\(who()) is in use by \(processes(or: "a process")): the caller waits, and the process is asked to let go.",
        "Have \(processes(or: "the process")) close \(who(or: "it")).")
    case .isolationLost:
      Said(
        "\(first?.driver == nil ? "A host driver" : "The host driver \(driver)") bound \(who(or: "a member")) while a user owned \(group): isolation was lost, and "
          + "the kernel stopped itself.",
        "Let no driver probe members of an owned group: an override keeps them away.")
    case .notResettable:
      Said("\(who()) has no bus or slot that could be reset: it sits on a root bus, or is a virtual function.")
    case .resetNotDriven:
      Said(
        "The reset would hit \(driven) too, and every function on the bus must be bound to a vfio driver.",
        "Bind \(who()) to vfio-pci.")
    case .resetNotOwned:
      Said(
        "The reset would hit \(who()) too, and nothing proves that \(isMany ? "they are" : "it is") yours.",
        rules == .iommufd ? "Bind \(who()) to the same iommufd." : "Show the descriptor of every group on the bus.")
    case .resetWithoutProof:
      Said("Groups are shown one by one, as many as the bus has, and none through a device's own node.")
    case .machineStopped: Said("The machine has stopped: no call returns any more.")
    default: nil
    }
  }
}
