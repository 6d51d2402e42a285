import Ownership
import Topology

/// The order of calls.
extension Words {
  var order: Said? {
    switch reason.rule {
    case .containerSetAlready: Said("\(group.capitalizedFirst) is in a container already.")
    case .noContainer:
      Said("\(group.capitalizedFirst) is in no container yet.", "VFIO_GROUP_SET_CONTAINER comes first.")
    case .emptyContainer: Said("The container has no group yet.", "VFIO_GROUP_SET_CONTAINER comes first.")
    case .noAddressSpace: Said("The container has no address space yet.", "VFIO_SET_IOMMU comes first.")
    case .addressSpaceSetAlready: Said("The container has its address space already.")
    case .unsupportedType: Said("This container takes no backend of that type.", "Ask with VFIO_CHECK_EXTENSION.")
    case .devicesStillOpen:
      Said("\(who()) \(isMany ? "are" : "is") still open, so \(group) stays in its container.", "Close them first.")
    case .notJoined:
      Said("Until it joined \(aContext), \(who()) takes no other call.", "\(joining) comes first.")
    case .joinedAlready: Said("\(who()) joined already.")
    case .cookieTaken: Said("The cookie already stands for \(who()) in this \(context).", "Choose another cookie.")
    case .attachedAlready: Said("\(who()) is attached already.", "Detach it first.")
    case .stillAttached: Said("\(who()) is still attached.", "Detach it first.")
    case .notAttached: Said("The device is not attached to anything.")
    case .noDeviceAttached:
      Said(
        "An IOASID takes no command before a device is attached to it: only then its IOMMU is known.",
        "\(attaching) comes first.")
    case .fileAddedAlready: Said("KVM knows that descriptor already.")
    case .fileNotAdded: Said("KVM was not told of that descriptor.")
    default: nil
    }
  }
}
