import Ownership
import Topology

/// Who owns a group.
extension Words {
  var owners: Said? {
    switch reason.rule {
    case .hostDriver: hostDriver
    case .otherOwner:
      Said(
        "\(group.capitalizedFirst) already has an owner, \(processes(or: "another \(context)"))"
          + (first?.member == nil ? "" : ", through \(who())")
          + ": a group has one owner, since its members are not isolated from each other.",
        "Use the same \(context) for every device of \(group), or wait until its owner closes it.")
    case .groupOpenedAlready:
      Said(
        "\(group.capitalizedFirst) is open already, by \(processes()): its node opens once.",
        "Open it once and get every device from that descriptor.")
    case .memberOpenedByNode:
      Said(
        "\(who()) of \(group) is bound to an iommufd through its own node, by \(processes()): the group's node and "
          + "its devices' nodes exclude each other.",
        "Use one of the two ways for all of \(group).")
    case .groupOpenedForNode:
      Said(
        "/dev/vfio/\(reason.group?.description ?? "N") is open, by \(processes()): the group's node and its devices' "
          + "nodes exclude each other.",
        "Close the group's node first.")
    case .deviceOpenedElsewhere:
      Said("\(who()) is open elsewhere already, by \(processes()).", "Close it there first.")
    case .domainBusy:
      Said("The DMA of \(group) goes through a domain of somebody else's already, for instance a PASID's.")
    case .noGroup:
      Said(
        "\(who()) is in no IOMMU group\(reason.group.map { " any more (it was group \($0))" } ?? ""): nothing confines "
          + "its DMA.",
        "Switch the IOMMU on.")
    case .mixesNoIOMMU:
      Said(
        "\(group.capitalizedFirst) and what is in the container differ: with an IOMMU and without one do not mix.",
        "Use a container of its own.")
    default: nil
    }
  }

  private var hostDriver: Said {
    let drivers = reason.culprits.compactMap(\.driver).map(Clean.visible)
    let verb = reason.culprits.count > 1 ? "have host drivers" : "has a host driver"
    let lost = reason.culprits.compactMap { $0.member.flatMap { world[$0] } }.flatMap(\.carries).map(Clean.visible)
    let price = lost.isEmpty ? "" : " That costs the host \(names.list(lost))."
    let free = "Take \(names.list(drivers)) off \(who(or: "it")), or bind vfio-pci or pci-stub instead.\(price)"
    return Said("\(group.capitalizedFirst) is not viable: \(driven) \(verb).", free)
  }
}

extension String {
  /// With a capital first letter, for the start of a sentence.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
