import Topology

/// Functions of one card that nothing keeps apart.
extension Witness {
  func multifunction(_ reason: TieReason) -> Why {
    let members = reason.binds
    let areRootPorts = members.allSatisfy { facts($0)?.type == .express(4) }
    let arePorts = areRootPorts || members.allSatisfy { facts($0)?.type == .express(6) }
    let isOnRootBus = inventory[reason.at]?.parent.function == nil
    let thing =
      areRootPorts
      ? "root ports of one device"
      : arePorts ? "downstream ports of one device" : isOnRootBus ? "functions of one chip" : "functions of one card"
    let slot = Selector.Slot(domain: reason.at.domain, bus: reason.at.bus, device: reason.at.device).short
    var why = Why(
      reason,
      "\(list(members)) are \(thing) (\(slot)) that does not promise to keep them apart: what one of them sends may reach "
        + "another inside it, past the IOMMU." + company(members))
    why.evidence = evidence(ofCard: reason)
    if arePorts {
      why.splits = [
        "Slots of other \(areRootPorts ? "root" : "downstream") ports do: those of another device number."
      ]
    } else if !isOnRootBus {
      why.splits = ["A card with one function does, or one with ACS."]
    }
    // They are behind the same ports as the card: one that lets traffic through keeps them in.
    if !arePorts, !isOnRootBus, above(reason.at).allSatisfy({ ties.isolation.isIsolated($0) }) {
      why.splits.append("Virtual functions, where the card has them, are groups of their own.")
    }
    let isOnly = why.splits.isEmpty
    why.splits.append(
      "\(isOnly ? "A" : "So would a") kernel that knows this device to isolate (drivers/pci/quirks.c)"
        + "\(isOnly ? " would" : ""), if its maker promises that.")
    why.keeps = pretences(members)
    if !arePorts {
      why.keeps.append(
        isOnRootBus
          ? "Nothing can be moved: they are one piece of silicon."
          : "Another slot does not: the functions move together.")
    }
    why.risk = Self.peers
    return why
  }

  /// What stands below ports among them.
  private func company(_ members: [Address]) -> String {
    let ports = members.filter { facts($0)?.leadsToABus == true }
    if ports.isEmpty { return "" }
    return ports.count == members.count
      ? " Everything below them comes with them."
      : " Everything below \(names.list(ports.map(\.short))) comes with them."
  }

  private func evidence(ofCard reason: TieReason) -> [String] {
    let header = register(.headerType, of: reason.at, "bit 7, several functions")
    let others = reason.binds.flatMap { address in
      facts(address)?.leak == .conventional ? conventional(address) : acsEvidence(address)
    }
    return [header].compactMap(\.self) + others
  }

  private func conventional(_ address: Address) -> [String] {
    ["\(address.short): no PCI Express among its capabilities, and so no ACS"]
  }
}

extension Selector.Slot {
  /// `00:1f`, with the domain where it is not 0.
  var short: String { domain == 0 ? String(description.dropFirst(5)) : description }
}
