import Topology

/// The kernel's groups say otherwise than anything that was read.
extension Witness {
  func unexplained(_ reason: TieReason, _ group: TiedGroup) -> Why {
    let others = (group.predicted ?? []).filter { !group.members.contains($0) }
    let members = Set(group.members)
    let sentence: String
    if others.isEmpty {
      sentence =
        "Nothing that was read ties \(list(reason.binds)) to each other, yet the kernel has them in one group. "
        + "Unexplained: believe the kernel."
    } else if members.count == 1 {
      sentence =
        "\(name(group.members[0])) is alone in its group, yet by what was read it belongs together with \(list(others)). "
        + "Unexplained: do not rely on that isolation."
    } else {
      sentence =
        "The kernel has \(list(group.members)) in one group; by what was read \(list(others)) "
        + "\(others.count == 1 ? "belongs" : "belong") with them. Unexplained: do not rely on that isolation."
    }
    var why = Why(reason, sentence)
    why.evidence = unique(
      reason.ties.filter { $0.kind != .unexplained }.map { "\(Why.edge($0.kind)) at \($0.at.short)" })
    if let release = inventory.host.kernelRelease.value { why.evidence.append("kernel \(Clean.visible(release))") }
    why.splits = []
    why.keeps = []
    why.risk =
      "The kernel may be patched or newer than these rules, or registers may have changed since it made the groups. "
      + "Send in what 'viable snapshot' makes of this machine, and what 'dmesg | grep -i -e iommu -e acs' prints."
    return why
  }
}
