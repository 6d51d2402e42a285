import Topology

/// Requester IDs that the platform's tables share out.
extension Witness {
  func platformAlias(_ reason: TieReason, _ group: TiedGroup) -> Why {
    let iommu = if case .platform(let name)? = group.cause { Clean.visible(name) } else { "the IOMMU" }
    var why = Why(
      reason,
      "\(list(reason.binds)) are one group although their registers would keep them apart; they are on one bus of a "
        + "machine with AMD's IOMMU, whose firmware table (IVRS) can give functions of a bus the same requester ID.")
    why.evidence = [
      "/sys/class/iommu has \(iommu)",
      "the kernel put whole derived groups of bus "
        + Hex.text(reason.at.bus, atLeast: 2) + " together",
    ]
    why.splits = ["A firmware update might.", "Another slot does, when it is on another bus."]
    why.keeps = ["No ACS setting changes it."]
    why.risk = "DMA that one of them is allowed is allowed to all."
    return why
  }
}
