import Ownership
import Topology

/// The group as a whole.
extension Words {
  var groups: Said? {
    let verb = isMany ? "are" : "is"
    return switch reason.rule {
    case .membersNotJoined:
      Said(
        "\(who()) \(verb) in \(group) too and did not join: attaching one device moves all of them.",
        "Join \(who()) to the same descriptor, which takes a vfio driver and permission; or join with "
          + "IOASID_IMPLICIT_GROUP and leave \(isMany ? "them" : "it") unused.")
    case .membersNotAttached:
      Said(
        "\(who()) of \(group) \(verb) not attached to this IOASID yet: until the group is whole it takes no command.",
        "Bind and attach \(who()) too.")
    case .siblingElsewhere:
      Said(
        "\(who()) of \(group) \(isMany ? "use" : "uses") another \(space): a group has one at a time.",
        "Attach to the same \(space).")
    case .sharedRequester:
      Said(
        "\(who()) and this device look alike to the IOMMU (one requester id), so they cannot have a space each.",
        "Attach to the same \(space).")
    case .onlySingletons:
      Said(
        "\(group.capitalizedFirst) has more than one member, and at first only devices alone in theirs may join.",
        "Use the group's node.")
    default: nil
    }
  }
}
