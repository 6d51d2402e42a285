import Ownership
public import Topology

extension Handover {
  /// What is written down, and what has to be known about it.
  public struct Document: Hashable, Sendable {
    /// The whole text, its last line ended.
    public var text: String
    /// What has to be done first, and what is good to know: comments of the text too, unless it is bare.
    public var caveats: [Caveat]
    /// The functions that are handed over in it, by address.
    public var endpoints: [Address]
  }

  /// The devices as `format`. `plan` is that of assigning them, for a script. Refused where nobody could use what
  /// would be written.
  public func document(_ format: ExportFormat, plan: Plan? = nil) throws(Refusal) -> Document {
    guard !format.isPicture, format != .script else { return written(format, plan) }
    try check(format)
    return withholding(for: format).written(format, plan)
  }

  private func written(_ format: ExportFormat, _ plan: Plan?) -> Document {
    let (lines, caveats): ([String], [Caveat]) =
      switch format {
      case .qemu: (qemu(), qemuCaveats)
      case .libvirt: (libvirt(), libvirtCaveats)
      case .dpdk: (dpdk(), dpdkCaveats)
      case .spdk: (spdk(), spdkCaveats)
      case .script: (plan?.reviewedScript ?? [], [])
      case .dot: (Picture(self).dot, [])
      case .svg: (Picture(self).svg, [])
      case .report: (report(), [])
      }
    return Document(text: lines.map { $0 + "\n" }.joined(), caveats: caveats, endpoints: endpoints)
  }

  private func check(_ format: ExportFormat) throws(Refusal) {
    let owned = endpoints.filter { inventory.group(of: $0) != nil }
    if owned.isEmpty {
      if let address = ungrouped.first { throw Refusal(.noGroup(address)) }
      if let bridge = groups.first?.members.first { throw Refusal(.bridge(bridge)) }
      throw Refusal(.nothingToHandOver(format.rawValue, []))
    }
    let isUseful: Bool
    switch format {
    case .dpdk: isUseful = endpoints.contains(where: Self.dpdkTakes(inventory))
    case .spdk: isUseful = endpoints.contains { isForSPDK($0) }
    default: isUseful = true
    }
    if !isUseful { throw Refusal(.nothingToHandOver(format.rawValue, endpoints)) }
    if let refusal = contradiction(for: format) { throw refusal }
    for address in owned {
      guard case .host = standing(of: address) else { continue }
      let refusal = Refusal.domain(madeBy: address, among: groups.flatMap(\.members), in: inventory)
      if let refusal { throw refusal }
    }
  }
}
