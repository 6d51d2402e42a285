import Ownership
import Topology

extension RowBuilder {
  /// The group list: a head for each group and its members below, what needs attention first.
  func groupRows() -> [Row] {
    var members: [GroupID: [Int]] = [:]
    var rest: [Int] = []
    members.reserveCapacity(inventory.groups.count)
    for place in trunk.entries.indices where passing?.shows(place) ?? true {
      let entry = trunk.entries[place]
      if let group = entry.group, inventory[group] != nil {
        members[group, default: []].append(place)
      } else {
        rest.append(place)
      }
    }
    // Members that are no PCI functions have no row; their group still has a head.
    let heads = inventory.groups.filter { members[$0.id] != nil || passing == nil }
    var rows: [Row] = []
    rows.reserveCapacity(trunk.entries.count + heads.count)
    for group in sorted(heads) {
      let places = (members[group.id] ?? []).sorted { address($0) < address($1) }
      var head = Row(content: .group(group.id), group: group.id)
      head.isFolded = passing == nil && scene.isFolded(group.id)
      head.foldedCount = head.isFolded ? places.count : 0
      rows.append(head)
      guard !head.isFolded else { continue }
      appendMembers(places, to: &rows)
    }
    if !rest.isEmpty {
      rows.append(Row(content: .ungrouped))
      appendMembers(rest.sorted { address($0) < address($1) }, to: &rows)
    }
    return rows
  }

  private func appendMembers(_ places: [Int], to rows: inout [Row]) {
    let start = rows.count
    for place in places { append(place, to: &rows, isFlat: true, depth: 1) }
    for index in rows.indices[start...].dropLast() { rows[index].isLast = false }
  }

  private func address(_ place: Int) -> UInt64 { trunk.entries[place].line.address.packed }

  private func sorted(_ groups: [Group]) -> [Group] {
    let verdicts = scene.verdicts
    func key(_ group: Group) -> (Int, String, UInt64, GroupID) {
      switch scene.sort {
      case .topology: (verdicts[group.id]?.attention ?? 0, "", 0, group.id)
      case .group: (0, "", 0, group.id)
      case .address: (0, "", group.members.first?.packed ?? .max, group.id)
      case .driver: (0, group.members.lazy.compactMap { inventory[$0]?.driver.value }.first ?? "~", 0, group.id)
      case .state: (verdicts[group.id]?.state.order ?? 0, "", 0, group.id)
      }
    }
    return groups.map { (key: key($0), group: $0) }.sorted { $0.key < $1.key }.map(\.group)
  }

  /// Puts entries in order, those that are alike by address.
  func sort(_ places: inout [Int], by sort: Sort) {
    struct Keyed {
      var rank: UInt64
      var name: String
      var address: UInt64
      var place: Int
    }
    let keyed = places.map { place in
      let entry = trunk.entries[place]
      let function = entry.index >= 0 ? inventory.functions[entry.index] : trunk.gone[entry.line.address]
      let (rank, name): (UInt64, String) =
        switch sort {
        case .topology, .address: (0, "")
        case .group: (entry.group.map { UInt64($0.number) } ?? .max, "")
        case .driver: (function?.driver.value == nil ? 1 : 0, function?.driver.value ?? "")
        case .state: (UInt64((scene.states[entry.line.address] ?? .gone).order), "")
        }
      return Keyed(rank: rank, name: name, address: entry.line.address.packed, place: place)
    }
    let ordered = keyed.sorted { ($0.rank, $0.name, $0.address) < ($1.rank, $1.name, $1.address) }
    places = ordered.map(\.place)
  }
}

extension Scene {
  /// Whether the group list folds a group. Among many groups only those that want attention stand open.
  func isFolded(_ group: GroupID) -> Bool {
    let isMany = (inventory?.groups.count ?? 0) > RowBuilder.foldingThreshold
    let folds = isMany && (verdicts[group]?.attention ?? 0) >= Verdict.quiet
    return folds != toggledGroups.contains(group)
  }
}

extension Verdict {
  /// From here on a group needs nobody's attention.
  static let quiet = 4

  /// Smaller needs attention sooner: blocked, unknown, owned, ready to be taken, host-owned, and last those in
  /// which nobody has an interest.
  var attention: Int {
    switch state {
    case .blocked: 0
    case .unknown: 1
    case .owned: 2
    case .viable: devices.contains { $0.state == .vfio } ? 3 : 5
    case .hostOwned: Self.quiet
    }
  }
}

extension GroupState {
  /// The order of `Sort.state`.
  var order: Int {
    switch self {
    case .blocked: 0
    case .owned: 1
    case .viable: 2
    case .hostOwned: 3
    case .unknown: 4
    }
  }
}

extension DeviceState {
  /// The order of `Sort.state`.
  var order: Int {
    switch self {
    case .blocks: 0
    case .open: 1
    case .vfio: 2
    case .free: 3
    case .host: 4
    case .exempt: 5
    case .unknown: 6
    case .gone: 7
    }
  }
}
