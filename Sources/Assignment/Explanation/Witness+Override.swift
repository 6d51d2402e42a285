import Topology

/// Groups that a command line made finer than the hardware.
extension Witness {
  func override(_ reason: TieReason, _ group: TiedGroup) -> Why {
    let option = if case .override(let option)? = group.cause { Clean.visible(option) } else { "pcie_acs_override" }
    let hidden = Set(reason.ties.flatMap { [$0.member, $0.to] }).subtracting(group.members).sorted()
    let with = hidden.isEmpty ? "others" : list(hidden)
    var why = Why(
      reason,
      "The isolation of \(list(group.members)) is asserted, not provided by the hardware: \(option) is on the kernel's "
        + "command line. Without that option \(group.members.count == 1 ? "it" : "they") would be one group with \(with)."
    )
    let ties = unique(reason.ties.map { "\(Why.edge($0.kind)) at \($0.at.short)" })
    why.evidence = ["the kernel's command line has \(option)"] + ties.map { "hardware: \($0)" }
    why.splits = ["Hardware that isolates: a slot below a port with ACS, a card whose functions have it."]
    why.keeps = ["The override itself: it changes what the kernel believes, and nothing in the hardware."]
    why.risk =
      "Whoever is given a device of this group may reach the others' memory, and through it the host: the IOMMU does not "
      + "see that traffic."
    return why
  }

  func unique(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }
}
