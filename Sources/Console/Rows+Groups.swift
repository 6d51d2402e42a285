import Ownership
import Topology

extension RowBuilder {
  /// The group list: a head for each group and its members below, what needs attention first.
  func groupRows() -> [Row] {
    var members = [[Int]](repeating: [], count: inventory.groups.count)
    var rest: [Int] = []
    let ids = inventory.groups.map(\.id)
    for place in trunk.entries.indices where passing?.shows(place) ?? true {
      if let group = trunk.entries[place].group, let index = Self.place(of: group, in: ids) {
        members[index].append(place)
      } else {
        rest.append(place)
      }
    }
    var rows: [Row] = []
    rows.reserveCapacity(trunk.entries.count + ids.count)
    // Members that are no PCI functions have no row; their group still has a head.
    for index in order(of: ids) where passing == nil || !members[index].isEmpty {
      var head = Row(content: .group(ids[index]), group: ids[index])
      head.isFolded = passing == nil && scene.isFolded(ids[index])
      head.foldedCount = head.isFolded ? members[index].count : 0
      rows.append(head)
      if !head.isFolded { appendMembers(members[index], to: &rows) }
    }
    if !rest.isEmpty {
      rows.append(Row(content: .ungrouped))
      appendMembers(rest, to: &rows)
    }
    return rows
  }

  private static func place(of group: GroupID, in ids: [GroupID]) -> Int? {
    var (low, high) = (0, ids.count)
    while low < high {
      let middle = (low + high) / 2
      if ids[middle] < group { low = middle + 1 } else { high = middle }
    }
    return low < ids.count && ids[low] == group ? low : nil
  }

  private func appendMembers(_ places: [Int], to rows: inout [Row]) {
    let start = rows.count
    let entries = trunk.entries
    let places =
      places.count < 2 ? places : places.sorted { entries[$0].line.address < entries[$1].line.address }
    for place in places { append(place, to: &rows, isFlat: true, depth: 1) }
    for index in rows.indices[start...].dropLast() { rows[index].isLast = false }
  }

  /// The groups in the order of the list, as indices; those that are alike by number.
  private func order(of ids: [GroupID]) -> [Int] {
    let keyed = inventory.groups.indices.map { index -> Keyed in
      let group = inventory.groups[index]
      var key = Keyed(rank: 0, name: "", last: UInt64(group.id.number), place: index)
      switch scene.sort {
      case .topology: key.rank = UInt64(scene.verdicts[group.id]?.attention ?? 0)
      case .group: break
      case .address: key.rank = group.members.first?.packed ?? .max
      case .driver: key.name = group.members.lazy.compactMap { inventory[$0]?.driver.value }.first ?? "~"
      case .state: key.rank = UInt64(scene.verdicts[group.id]?.state.order ?? 0)
      }
      return key
    }
    return keyed.sorted().map(\.place)
  }

  /// Puts entries in order, those that are alike by address.
  func sort(_ places: inout [Int], by sort: Sort) {
    let keyed = places.map { place -> Keyed in
      let entry = trunk.entries[place]
      var key = Keyed(rank: 0, name: "", last: entry.line.address.packed, place: place)
      switch sort {
      case .topology, .address: break
      case .group: key.rank = entry.group.map { UInt64($0.number) } ?? .max
      case .driver:
        let function = entry.index >= 0 ? inventory.functions[entry.index] : trunk.gone[entry.line.address]
        key.name = function?.driver.value ?? ""
        key.rank = key.name.isEmpty ? 1 : 0
      case .state: key.rank = UInt64((scene.states[entry.line.address] ?? .gone).order)
      }
      return key
    }
    places = keyed.sorted().map(\.place)
  }

  /// What is compared of a line, in that order.
  private struct Keyed: Comparable {
    var rank: UInt64
    var name: String
    var last: UInt64
    var place: Int

    static func < (left: Keyed, right: Keyed) -> Bool {
      if left.rank != right.rank { return left.rank < right.rank }
      if left.name != right.name { return left.name < right.name }
      return left.last < right.last
    }
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
