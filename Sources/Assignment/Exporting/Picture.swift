import Ownership
import Topology

/// Tree and groups as rows to draw: every function on one, runs of one group framed together.
struct Picture {
  /// One function.
  struct Row: Hashable {
    var address: Address
    var depth: Int
    var isLast: Bool
    var passes: UInt64
    var hasChildren: Bool
    /// The group that frames it; nil where it has none, or where it is only there as what leads to others.
    var group: GroupID?
    /// What it is: `Ethernet  82540EM Gigabit Ethernet Controller`.
    var name: String
    var ids: String
    var driver: String
    /// What it is to its group: `BLOCKS`.
    var state: String
  }

  /// Rows of one group that follow one another.
  struct Run: Hashable {
    var group: GroupID
    var rows: Range<Int>
    /// `group 5  NOT VIABLE`.
    var label: String
    /// What stands below that: why it is one group, or which part of it this is.
    var notes: [String]
    /// Which colour; nil for a group of one, which needs none.
    var colour: Int?
  }

  let title: String
  let subtitle: String
  let rows: [Row]
  let runs: [Run]
  let handover: Handover

  init(_ handover: Handover) {
    self.handover = handover
    let inventory = handover.inventory
    title = "PCI devices and their IOMMU groups" + (handover.isWhole ? "" : ": \(handover.title)")
    let host = inventory.host
    let kernel = host.kernelRelease.value.map { "Linux \(Clean.visible($0))" } ?? "kernel unknown"
    let count = "\(inventory.functions.count) functions in \(inventory.groups.count) groups"
    subtitle = "\(kernel), IOMMU \(host.iommu.rawValue), \(count), seen on \(handover.origin)"
    rows = Self.rows(handover)
    runs = Self.runs(rows, handover)
  }

  private static func rows(_ handover: Handover) -> [Row] {
    let inventory = handover.inventory
    let shown = shown(handover)
    let part =
      handover.isWhole
      ? inventory
      : Inventory(functions: inventory.functions.filter { shown.contains($0.address) }, groups: inventory.groups)
    let chosen = Set(handover.groups.map(\.id))
    var states: [Address: DeviceState] = [:]
    for verdict in handover.verdicts { for device in verdict.devices { states[device.address] = device.state } }
    return Tree(part).lines.compactMap { line in
      guard let function = inventory[line.address] else { return nil }
      let group = inventory.group(of: line.address).map(\.id).flatMap { chosen.contains($0) ? $0 : nil }
      return Row(
        address: line.address, depth: line.depth, isLast: line.isLast, passes: line.passes,
        hasChildren: line.hasChildren, group: group, name: handover.model(function),
        ids: function.identity.value?.ids ?? "unknown", driver: Handover.driver(function),
        state: states[line.address].map { $0 == .blocks ? "BLOCKS" : $0.rawValue } ?? "")
    }
  }

  /// The members, and what leads to them.
  private static func shown(_ handover: Handover) -> Set<Address> {
    var shown = Set(handover.groups.flatMap(\.members) + handover.ungrouped)
    var next = Array(shown)
    while let address = next.popLast() {
      if let above = handover.inventory[address]?.parent.function, shown.insert(above).inserted { next.append(above) }
    }
    return shown
  }

  private static func runs(_ rows: [Row], _ handover: Handover) -> [Run] {
    var runs: [Run] = []
    for (place, row) in rows.enumerated() {
      guard let group = row.group else { continue }
      if let last = runs.last, last.group == group, last.rows.upperBound == place {
        runs[runs.count - 1].rows = last.rows.lowerBound..<place + 1
      } else {
        runs.append(Run(group: group, rows: place..<place + 1, label: "", notes: [], colour: nil))
      }
    }
    let verdicts = Dictionary(handover.verdicts.map { ($0.group, $0.state) }) { first, _ in first }
    let parts = Dictionary(grouping: runs.indices) { runs[$0].group }
    let digits = runs.map { "\($0.group)".count }.max() ?? 1
    var colours: [GroupID: Int] = [:]
    for place in runs.indices {
      let group = runs[place].group
      let all = parts[group] ?? []
      if all.count > 1 || runs[place].rows.count > 1 {
        if colours[group] == nil { colours[group] = colours.count }
        runs[place].colour = colours[group]
      }
      let number = "\(group)" + String(repeating: " ", count: digits - "\(group)".count)
      runs[place].label = "group \(number)  \((verdicts[group] ?? .unknown).heading)"
      if all.count > 1, let number = all.firstIndex(of: place) {
        runs[place].notes = ["part \(number + 1) of \(all.count)"]
      }
      var told: Set<Tie.Kind> = [.alone]
      for kind in handover.explained[group]?.group.reasons.map(\.kind) ?? [] where told.insert(kind).inserted {
        runs[place].notes.append(kind == .unknown ? "reason unknown" : Why.edge(kind))
      }
    }
    return runs
  }
}
