/// How much room there is.
enum Tier: Hashable, Sendable {
  case tooSmall, compact, standard, wide
}

/// Where everything stands, from nothing but the terminal's size and how it is being looked at.
struct Layout: Hashable, Sendable {
  /// A line that can be dragged.
  enum Divider: Hashable, Sendable { case columns, rows }

  /// The terminal's size.
  let size: Size
  /// How much room there is.
  let tier: Tier
  /// The row that names the newest event; only where panes have no borders.
  private(set) var note: Int?
  private var rects: [Pane: Rect] = [:]

  /// The least that anything but the too-small screen needs.
  static let least = Size(rows: 16, columns: 60)

  /// Pure arithmetic; every size is allowed.
  init(size: Size, state: LayoutState) {
    self.size = size
    tier = Self.tier(of: size)
    switch tier {
    case .tooSmall: break
    case .compact: placeCompact(state)
    case .standard: placeStandard(state)
    case .wide: placeWide(state)
    }
  }

  private static func tier(of size: Size) -> Tier {
    if size.rows < least.rows || size.columns < least.columns { return .tooSmall }
    if size.rows < 30 || size.columns < 100 { return .compact }
    return size.rows >= 45 && size.columns >= 160 ? .wide : .standard
  }

  /// Where a pane stands; nil while it is hidden.
  subscript(pane: Pane) -> Rect? { rects[pane] }

  /// The panes on screen, in the order of their numbers.
  var panes: [Pane] { Pane.allCases.filter { rects[$0] != nil } }

  /// Place, counts and liveness.
  var title: Int { 0 }
  /// The selection in full, news, or what is being typed.
  var message: Int { size.rows - 2 }
  /// Keys.
  var hint: Int { size.rows - 1 }
  /// Whether panes have borders, or a line above them.
  var hasBorders: Bool { tier == .standard || tier == .wide }

  /// Where a pane's own lines go: without borders, headers and the scroll bar.
  func body(of pane: Pane) -> Rect? {
    guard let rect = rects[pane] else { return nil }
    guard hasBorders else {
      return pane == .devices
        ? rect.inset(top: 1, right: 1) : rect.inset(top: 1, left: 1, right: 1)
    }
    return pane == .devices
      ? rect.inset(top: 2, left: 2, bottom: 1, right: 1) : rect.inset(top: 1, left: 2, bottom: 1, right: 2)
  }

  /// How many rows of the device list are on screen.
  var deviceRows: Int { body(of: .devices)?.rows.count ?? 0 }

  /// The screen row of the first of them.
  var firstDeviceRow: Int { body(of: .devices)?.rows.lowerBound ?? 0 }

  /// The pane below a cell.
  func pane(at point: Point) -> Pane? {
    rects.first { $0.value.contains(point) }?.key
  }

  /// The divider below a cell.
  func divider(at point: Point) -> Divider? {
    guard let devices = rects[.devices], rects.count > 1 else { return nil }
    guard hasBorders else { return point.row == devices.rows.upperBound ? .rows : nil }
    if let log = rects[.log], point.row == log.rows.lowerBound || point.row == log.rows.lowerBound - 1 { return .rows }
    let isBeside = devices.rows.contains(point.row)
    let isOnBorder = (devices.columns.upperBound - 1...devices.columns.upperBound).contains(point.column)
    return isBeside && isOnBorder ? .columns : nil
  }
}

/// What a layout depends on beside the size.
struct LayoutState: Hashable, Sendable {
  /// The pane that keys go to.
  var focus = Pane.devices
  /// The pane that shares its place with others.
  var tab = Pane.group
  /// Whether the focused pane has the whole screen.
  var zoomed = false
  /// How far dividers were moved.
  var splits = Splits()
}

extension Layout {
  /// The tree above, one of the other panes below, no borders: lines are dear.
  private mutating func placeCompact(_ state: LayoutState) {
    let hasNote = size.rows >= 20
    if hasNote { note = size.rows - 3 }
    let middle = Rect(rows: 1..<(size.rows - (hasNote ? 3 : 2)), columns: 0..<size.columns)
    if state.zoomed {
      rects[state.focus] = middle
      return
    }
    let list = Self.clamp(middle.rows.count * 3 / 5 + state.splits.deviceRows, 4, middle.rows.count - 4)
    rects[.devices] = middle.inset(bottom: middle.rows.count - list)
    rects[state.lower] = middle.inset(top: list)
  }

  /// The tree left; the group or device, and actions, right; the log below.
  private mutating func placeStandard(_ state: LayoutState) {
    guard let (left, right) = placeOuter(state, share: (5, 8)) else { return }
    rects[.devices] = left
    let actions = right.rows.count * 3 / 8
    rects[state.upper] = right.inset(bottom: actions)
    rects[.actions] = right.inset(top: right.rows.count - actions)
  }

  /// As standard, with the group and its explanation side by side; the device shares the explanation's place.
  private mutating func placeWide(_ state: LayoutState) {
    guard let (left, right) = placeOuter(state, share: (21, 40)) else { return }
    rects[.devices] = left
    let actions = right.rows.count * 2 / 5
    let half = (right.columns.count + 1) / 2
    let upper = right.inset(bottom: actions)
    rects[.group] = upper.inset(right: right.columns.count - half)
    rects[state.beside] = upper.inset(left: half)
    rects[.actions] = right.inset(top: right.rows.count - actions)
  }

  /// The log below and a divider between left and right; nil when one pane has it all.
  private mutating func placeOuter(_ state: LayoutState, share: (Int, Int)) -> (left: Rect, right: Rect)? {
    let middle = Rect(rows: 1..<(size.rows - 2), columns: 0..<size.columns)
    if state.zoomed {
      rects[state.focus] = middle
      return nil
    }
    let log = middle.rows.count * 3 / 10
    let upperRows = Self.clamp(middle.rows.count - log + state.splits.deviceRows, 14, middle.rows.count - 4)
    let upper = middle.inset(bottom: middle.rows.count - upperRows)
    rects[.log] = middle.inset(top: upperRows)
    let width = Self.clamp(size.columns * share.0 / share.1 + state.splits.deviceColumns, 50, size.columns - 36)
    return (upper.inset(right: size.columns - width), upper.inset(left: width))
  }

  private static func clamp(_ value: Int, _ least: Int, _ most: Int) -> Int { max(least, min(most, value)) }
}

extension LayoutState {
  /// What stands below the tree in the compact layout.
  var lower: Pane {
    if focus != .devices { return focus }
    return tab == .devices ? .group : tab
  }

  /// Group, device and explanation share a place in the standard layout.
  var upper: Pane {
    if focus == .group || focus == .device || focus == .explain { return focus }
    return tab == .device || tab == .explain ? tab : .group
  }

  /// Device and explanation share a place in the wide layout.
  var beside: Pane {
    if focus == .device || focus == .explain { return focus }
    return tab == .device ? .device : .explain
  }
}

extension Scene {
  /// Where everything stands now.
  var layout: Layout {
    Layout(size: size, state: LayoutState(focus: focus, tab: tab, zoomed: zoomed, splits: splits))
  }
}
