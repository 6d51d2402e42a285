import Ownership
import Topology

// What the drawing half provides. Plausible sizes, so that behaviour can be tested before both halves meet.

struct Rect: Hashable, Sendable {
  var rows: Range<Int>
  var columns: Range<Int>
  func contains(_ point: Point) -> Bool { rows.contains(point.row) && columns.contains(point.column) }
}

enum Tier: Hashable, Sendable {
  case tooSmall, compact, standard, wide
}

struct LayoutState: Hashable, Sendable {
  var focus: Pane
  var zoomed: Bool
  var tab: Pane
  var splits: Splits
}

struct Layout: Hashable, Sendable {
  let size: Size
  let tier: Tier
  private var panes: [Pane: Rect] = [:]

  init(size: Size, state: LayoutState) {
    self.size = size
    if size.rows < 16 || size.columns < 60 {
      tier = .tooSmall
    } else if size.rows < 30 || size.columns < 100 {
      tier = .compact
    } else {
      tier = size.rows >= 45 && size.columns >= 160 ? .wide : .standard
    }
    guard tier != .tooSmall else { return }
    let body = 1..<(size.rows - 2)
    if state.zoomed {
      panes[state.focus] = Rect(rows: body, columns: 0..<size.columns)
    } else if tier == .compact {
      let split = min(max(6, size.rows * 6 / 10 + state.splits.deviceRows), size.rows - 6)
      panes[.devices] = Rect(rows: 1..<split, columns: 0..<size.columns)
      panes[state.tab] = Rect(rows: split..<(size.rows - 2), columns: 0..<size.columns)
    } else {
      let split = min(max(40, size.columns * 6 / 10 + state.splits.deviceColumns), size.columns - 20)
      let low = min(max(10, size.rows * 6 / 10 + state.splits.deviceRows), size.rows - 8)
      panes[.devices] = Rect(rows: 1..<low, columns: 0..<split)
      panes[.group] = Rect(rows: 1..<(low / 2), columns: split..<size.columns)
      panes[.actions] = Rect(rows: (low / 2)..<low, columns: split..<size.columns)
      panes[.log] = Rect(rows: low..<(size.rows - 2), columns: 0..<size.columns)
    }
  }

  subscript(pane: Pane) -> Rect? { panes[pane] }
  var hint: Int { size.rows - 1 }
  var deviceRows: Int { panes[.devices].map { max(0, $0.rows.count - 2) } ?? 0 }
  var firstDeviceRow: Int { (panes[.devices]?.rows.lowerBound ?? 0) + 1 }
  enum Divider: Hashable, Sendable { case columns, rows }
  func divider(at point: Point) -> Divider? {
    guard let rect = panes[.devices], panes.count > 1 else { return nil }
    if tier != .compact, rect.rows.contains(point.row), point.column == rect.columns.upperBound - 1 { return .columns }
    return point.row == rect.rows.upperBound ? .rows : nil
  }
  func body(of pane: Pane) -> Rect? {
    panes[pane].map { Rect(rows: $0.rows.dropFirst().dropLast(), columns: $0.columns) }
  }
  func pane(at point: Point) -> Pane? { Pane.allCases.first { panes[$0]?.contains(point) ?? false } }
}

struct StyledLine: Hashable, Sendable {
  var text: String
}

extension Scene {
  var layout: Layout {
    Layout(size: size, state: LayoutState(focus: focus, zoomed: zoomed, tab: tab, splits: splits))
  }

  func paneLines(_ pane: Pane) -> [StyledLine] {
    switch pane {
    case .log: log.shown.map { StyledLine(text: $0.sentence) }
    default: [StyledLine(text: "pane \(pane.rawValue)")]
    }
  }

  /// The hint bar: eight columns an action here.
  var hintTargets: [(columns: Range<Int>, action: Action.ID)] {
    hints.prefix(size.columns / 8).enumerated().map { ($0.offset * 8..<$0.offset * 8 + 8, $0.element.id) }
  }
}

struct DeviceColumns {
  let mark: Int
  init(_ scene: Scene, _ layout: Layout, width: Int) { mark = layout.tier.lanes + 5 }
}

enum DeviceText {
  static func noun(of function: Function) -> String { function.identity.value?.classCode.noun ?? "device" }
}

extension DeviceState {
  var word: String { self == .blocks ? "BLOCKS" : self == .unknown ? "??" : rawValue }
}

extension GroupState {
  var word: String { self == .blocked ? "NOT VIABLE" : rawValue }
}

extension ReservedRegion {
  var range: String { "0x" + Hex.text(first, atLeast: 1) + "-0x" + Hex.text(last, atLeast: 1) }
}
