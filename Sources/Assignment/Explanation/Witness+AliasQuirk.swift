import Topology

/// A function that uses another one's requester ID.
extension Witness {
  func aliasQuirk(_ reason: TieReason) -> Why {
    let user = reason.at
    let others = bound(reason)
    var why = Why(
      reason,
      "\(name(user)) is known to do DMA under requester IDs that are not its own"
        + (others.isEmpty
          ? "." : ", and so is one group with \(list(others)): the IOMMU cannot tell whose a request is."))
    let facts = facts(user)
    let aliases = (facts?.aliases ?? []).sorted().map { devfn in
      Address(domain: user.domain, bus: user.bus, device: devfn >> 3, function: devfn & 7).short
    }
    let shown = aliases.count > 4 ? "\(aliases[0]) and \(aliases.count - 1) more" : names.list(aliases)
    let ids = inventory[user]?.identity.value.map { " [\($0.ids)]" } ?? ""
    why.evidence = [
      "\(user.short)\(ids) uses \(shown) (drivers/pci/quirks.c \(facts?.aliasSource ?? "DMA alias quirk"))"
    ]
    why.splits = ["Another card does: the fault is in this one."]
    why.keeps = [
      "No ACS setting changes it, nor does pcie_acs_override: the requester ID is what is wrong."
    ]
    let strangers = others.filter { $0.packed >> 3 != user.packed >> 3 }
    if !strangers.isEmpty { why.splits.append("So does another slot for \(list(strangers)).") }
    if strangers.count < others.count {
      why.keeps.append(
        "Another slot does not keep functions of one card apart: they move together.")
    }
    why.risk = "DMA that one of them is allowed is allowed to all."
    return why
  }
}
