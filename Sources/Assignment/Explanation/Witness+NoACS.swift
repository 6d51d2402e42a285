import Topology

/// A port on the way up that has no ACS.
extension Witness {
  func noACS(_ reason: TieReason) -> Why {
    let port = reason.at
    let kind = portNoun(port) ?? "port"
    var why: Why
    if facts(port)?.quirk == false, facts(port)?.quirkSource != nil {
      why = Why(
        reason,
        "\(below(reason, kind)) because the kernel knows of \(port.short) that it does not keep traffic apart, whatever "
          + "its registers say: it may turn a device's traffic back towards another one, past the IOMMU.")
    } else {
      why = Why(
        reason,
        "\(below(reason, kind)) because \(port.short) has no ACS: it may turn a device's traffic back towards another "
          + "one, past the IOMMU.")
    }
    if let type = facts(port)?.type {
      let flags = register(.expressFlags, of: port, "port type \(type.number), \(kind)")
      why.evidence = [flags].compactMap(\.self) + why.evidence + acsEvidence(port)
    }
    why.splits = [
      "A slot below a port with ACS does: often one that is wired directly to the processor.",
      "So would a kernel that knows this port to isolate (drivers/pci/quirks.c), if its maker promises that.",
    ]
    why.keeps = pretences([port])
    why.risk = Self.peers + hole(port)
    return why
  }

  /// Who is tied to a port, and how.
  func below(_ reason: TieReason, _ kind: String) -> String {
    let others = bound(reason)
    if others.isEmpty { return "\(name(reason.at)) is by itself" }
    let isPort = reason.binds.contains(reason.at)
    return "\(list(others)) \(others.count == 1 ? "shares" : "share") one group"
      + (isPort ? " with the \(kind) \(reason.at.short)" : "")
  }

  /// What the kernel's rule leaves out: downstream ports are taken for isolated from their siblings.
  private func hole(_ port: Address) -> String {
    guard facts(port)?.type == .express(6), let parent = inventory[port]?.parent.function else { return "" }
    let own = inventory.group(of: port)?.id
    let siblings = ties.isolation.functions.filter {
      $0.parent.function == parent && $0.type == .express(6) && inventory.group(of: $0.address)?.id != own
    }
    guard let sibling = siblings.first else { return "" }
    return " The switch can also route to what is below \(sibling.address.short), although that is another group: this "
      + "kernel takes its downstream ports for isolated from each other."
  }
}
