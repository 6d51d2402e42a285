import Topology

/// A domain below an Intel VMD.
extension Witness {
  func vmd(_ reason: TieReason) -> Why {
    let controller = reason.at
    let others = bound(reason)
    var why = Why(
      reason,
      "\(subject(others)) below the Intel VMD controller \(controller.short), which does the DMA of its whole domain under "
        + "its own requester ID: the IOMMU sees one device.")
    let domain = others.first.map { Hex.text($0.domain, atLeast: 4) }
    let ids = inventory[controller]?.identity.value.map { " [\($0.ids)]" } ?? ""
    why.evidence = [
      "PCI domain \(domain ?? "?") hangs below \(controller.short)\(ids) (arch/x86/pci/common.c pci_real_dma_dev)"
    ]
    why.splits = ["Switch VMD off in the firmware: its devices then stand in domain 0, each with an ID of its own."]
    why.keeps = ["No ACS setting changes it, nor does another slot below the VMD."]
    why.risk = "DMA that one of them is allowed is allowed to all: a disk below the VMD cannot be given away alone."
    return why
  }
}
