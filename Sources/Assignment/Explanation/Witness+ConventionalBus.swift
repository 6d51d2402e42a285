import Topology

/// Conventional PCI: one requester ID for all that is below a bridge.
extension Witness {
  func conventionalBus(_ reason: TieReason) -> Why {
    let bridge = reason.at
    let below = bound(reason)
    let kind = portNoun(bridge) ?? "PCI bridge"
    let top = topmost(bridge)
    let isNested = top != bridge
    let requester = requesterID(of: top)
    let who =
      below.count == 1
      ? "\(name(below[0])) and the bridge above it are one group" : "\(list(below)) are one group"
    let apart = below.count == 1 ? "it from the bridge\(isNested ? "s" : "")" : "them apart"
    let carried =
      isNested
      ? "below the \(portNoun(top) ?? "bridge") \(top.short): all traffic below \(top.short) carries that bridge's"
      : "\(bridge.short) is a \(kind): all traffic below it carries the bridge's"
    var why = Why(
      reason,
      "\(who) because \(isNested ? "\(bridge.short) is a \(kind) " : "")\(carried) requester ID \(requester), "
        + "so the IOMMU cannot tell \(apart).")
    why.evidence = (isNested ? [bridge, top] : [bridge]).flatMap(takingOver)
    why.splits = [
      "Another slot does: move a card to one that is not below \(top.short).",
      "So does a native PCI Express card in place of a conventional one.",
    ]
    why.keeps = [
      "No ACS setting changes it, nor does pcie_acs_override: conventional PCI has no ACS, the bus itself is shared."
    ]
    if isNested {
      why.keeps.append("Another slot below \(top.short) does not: requests from there carry the same requester ID.")
    }
    let bus = ties.isolation.bus(below: bridge).map { " on bus " + Hex.text($0, atLeast: 2) } ?? ""
    why.risk = "Every device\(bus) can reach the others directly, and DMA that one is allowed is allowed to all."
    return why
  }

  /// What proves that a bridge makes requests from below its own.
  private func takingOver(_ bridge: Address) -> [String] {
    var lines: [String] = []
    let type = facts(bridge)?.type
    if type == .conventional {
      lines = ["\(bridge.short): no PCI Express among its capabilities"]
    } else if let type {
      let meaning = "port type \(type.number), \(portNoun(bridge) ?? "PCI bridge")"
      lines = [register(.expressFlags, of: bridge, meaning) ?? "\(bridge.short) is of \(meaning)"]
    }
    if let bus = register(.secondaryBus, of: bridge, "the bus that begins below it") { lines.append(bus) }
    if facts(bridge)?.usesSecondaryBus == true {
      lines.append("\(bridge.short): \(facts(bridge)?.aliasSource ?? "a kernel quirk") of drivers/pci/quirks.c")
    }
    return lines
  }

  /// The bridge that has the last word on the way up: the kernel's walk visits every bridge that takes requests over,
  /// and each of them replaces the requester ID (drivers/pci/search.c `pci_for_each_dma_alias`).
  func topmost(_ bridge: Address) -> Address {
    let top = ties.isolation.requester(of: bridge)
    return facts(top)?.leadsToABus == true ? top : bridge
  }

  /// The ID that the IOMMU sees: a PCIe-to-PCI bridge takes its secondary bus, device 0; a PCI bridge its own
  /// (drivers/pci/search.c `pci_for_each_dma_alias`).
  func requesterID(of bridge: Address) -> String {
    guard let facts = facts(bridge) else { return bridge.short }
    guard facts.type == .express(7) || facts.usesSecondaryBus else { return bridge.short }
    let bus = configs[bridge]?.busNumbers.value?.secondary ?? ties.isolation.bus(below: bridge)
    guard let bus else { return bridge.short }
    return Address(domain: bridge.domain, bus: bus, device: 0, function: 0).short
  }
}

extension PortType {
  /// Bits 7:4 of the PCI Express flags; `-` where there are none.
  var number: String { if case .express(let number) = self { String(number) } else { "-" } }
}
