import Ownership
import Topology

/// Makes the lines of the device list out of the tree, the folds, the filter and the sort.
struct RowBuilder {
  let scene: Scene
  let inventory: Inventory
  let trunk: Trunk
  /// A function that stays in sight although the filter would hide it: nothing but a key moves a selection.
  let pinned: Address?
  /// What the filter leaves; nil without one.
  let passing: Passing?

  /// Above so many groups, host-owned and exempt singletons fold into one line a bridge: a server has hundreds
  /// of them, a desktop so few that folding hides more than it helps.
  static let foldingThreshold = 64

  init?(_ scene: Scene, pinned: Address?) {
    guard let inventory = scene.inventory else { return nil }
    self.scene = scene
    self.inventory = inventory
    trunk = scene.trunk
    self.pinned = pinned
    passing = scene.filter.isActive ? Passing(scene, inventory, pinned: pinned) : nil
  }

  /// The rows, margins drawn.
  func rows() -> [Row] {
    var rows: [Row]
    switch (scene.listing, scene.sort) {
    case (.groups, _): rows = groupRows()
    case (.tree, .topology): rows = treeRows()
    case (.tree, _): rows = flatRows()
    }
    if let passing, passing.hidden > 0 {
      rows.append(Row(content: .hidden(passing.hidden)))
    }
    Lanes.draw(&rows, count: scene.layout.tier.lanes)
    return rows
  }

  /// The lines of one entry: what left its slot first, then what is there.
  func append(_ place: Int, to rows: inout [Row], isFlat: Bool = false, depth: Int = 0) {
    let entry = trunk.entries[place]
    var row = Row(
      content: .function(entry.line.address), depth: isFlat ? depth : entry.line.depth,
      isLast: isFlat || entry.line.isLast, passes: isFlat ? 0 : entry.line.passes, group: entry.group)
    row.isContext = passing.map { !$0.direct[place] } ?? false
    if let left = trunk.gone.isEmpty ? nil : trunk.gone[entry.line.address] {
      var ghost = row
      ghost.content = .gone(left)
      ghost.group = left.group.value
      rows.append(ghost)
    }
    if entry.index >= 0 { rows.append(row) }
  }

  private func treeRows() -> [Row] {
    let singles = passing == nil ? Singles(scene, trunk) : Singles()
    var rows: [Row] = []
    rows.reserveCapacity(trunk.entries.count)
    var place = 0
    while place < trunk.entries.count {
      let entry = trunk.entries[place]
      if let passing, !passing.shows(place) {
        place += 1
        continue
      }
      if singles.folds(place) {
        if let row = singles.row(at: place, trunk) { rows.append(row) }
        place += 1
        continue
      }
      append(place, to: &rows)
      place += 1
      if passing == nil, entry.end > place, scene.folds.contains(entry.line.address) {
        rows[rows.count - 1].isFolded = true
        let folded = trunk.entries[place..<entry.end]
        rows[rows.count - 1].foldedCount = folded.count
        rows[rows.count - 1].hidesBlocker = folded.contains { scene.states[$0.line.address] == .blocks }
        place = entry.end
      }
    }
    return rows
  }

  private func flatRows() -> [Row] {
    var places = trunk.entries.indices.filter { passing?.shows($0) ?? true }
    sort(&places, by: scene.sort)
    var rows: [Row] = []
    rows.reserveCapacity(places.count)
    for place in places { append(place, to: &rows, isFlat: true) }
    return rows
  }
}

extension Row {
  /// A line of its own, outside the tree.
  init(content: Content, group: GroupID? = nil) {
    self.init(content: content, depth: 0, isLast: true, passes: 0, group: group)
  }

  /// A line without a margin yet.
  init(content: Content, depth: Int, isLast: Bool, passes: UInt64, group: GroupID?) {
    self.init(
      content: content, depth: depth, isLast: isLast, passes: passes, group: group, lanes: [], isFolded: false,
      isContext: false)
  }
}

extension Tier {
  /// How many bracket lanes there is room for.
  var lanes: Int {
    switch self {
    case .tooSmall, .compact: 1
    case .standard: 2
    case .wide: 3
    }
  }
}

/// What the filter leaves, entry by entry. A group passes when one of its members does, and then whole.
struct Passing {
  /// Entries that match by themselves.
  var direct: [Bool] = []
  private var groups: Set<GroupID> = []
  private var shown: [Bool] = []
  /// How many functions are hidden.
  private(set) var hidden = 0

  init(_ scene: Scene, _ inventory: Inventory, pinned: Address?) {
    var sight = Sight(inventory: inventory, verdicts: scene.verdicts, states: scene.states)
    let entries = scene.trunk.entries
    direct.reserveCapacity(entries.count)
    for entry in entries {
      let matches =
        if entry.index >= 0 {
          sight.matches(scene.filter, inventory.functions[entry.index])
        } else {
          scene.trunk.gone[entry.line.address].map { sight.matches(scene.filter, $0, isGone: true) } ?? false
        }
      direct.append(matches)
      if matches || entry.line.address == pinned, let group = entry.group { groups.insert(group) }
    }
    shown = entries.indices.map { place in
      if direct[place] || entries[place].line.address == pinned { return true }
      return entries[place].group.map { groups.contains($0) } ?? false
    }
    hidden = shown.count { !$0 }
  }

  /// Whether the entry is in sight, by itself or for its group's sake.
  func shows(_ place: Int) -> Bool { shown[place] }
}

/// Which singletons fold into one line of their bridge.
struct Singles {
  private var folded: [Bool] = []
  /// The last folded entry below each bridge (-1: the root buses), where the line stands: it then has the corner
  /// and rules of that entry, and no other line has to change.
  private var last: [Int: Int] = [:]
  private var below: [Int: [Address]] = [:]

  init() {}

  init(_ scene: Scene, _ trunk: Trunk) {
    guard (scene.inventory?.groups.count ?? 0) > RowBuilder.foldingThreshold else { return }
    folded = Array(repeating: false, count: trunk.entries.count)
    var places: [Int: [Int]] = [:]
    for (place, entry) in trunk.entries.enumerated()
    where entry.isAlone && !entry.line.hasChildren && entry.index >= 0 && trunk.gone[entry.line.address] == nil {
      guard scene.states[entry.line.address]?.isQuiet ?? false else { continue }
      let above = entry.parent < 0 ? nil : trunk.entries[entry.parent].line.address
      guard !scene.unfolded.contains(above) else { continue }
      places[entry.parent, default: []].append(place)
    }
    for (parent, found) in places where found.count > 1 {
      for place in found { folded[place] = true }
      last[parent] = found[found.count - 1]
      below[parent] = found.map { trunk.entries[$0].line.address }
    }
  }

  func folds(_ place: Int) -> Bool { !folded.isEmpty && folded[place] }

  /// The line that stands for all of them, at the last one's place only.
  func row(at place: Int, _ trunk: Trunk) -> Row? {
    let entry = trunk.entries[place]
    guard last[entry.parent] == place, let devices = below[entry.parent] else { return nil }
    let above = entry.parent < 0 ? nil : trunk.entries[entry.parent].line.address
    var row = Row(
      content: .folded(below: above, devices: devices, groups: devices.count), depth: entry.line.depth,
      isLast: entry.line.isLast, passes: entry.line.passes, group: nil)
    row.isFolded = true
    row.foldedCount = devices.count
    return row
  }
}

extension DeviceState {
  /// Whether a device is what a healthy host is full of: owned by it, or a port that blocks nobody.
  var isQuiet: Bool {
    switch self {
    case .host, .exempt: true
    case .free, .blocks, .vfio, .open, .gone, .unknown: false
    }
  }
}
