import Topology

extension Scene {
  /// The pane that Tab goes to: the next one that the layout can show.
  func pane(after pane: Pane, by step: Int) -> Pane {
    let panes = layout.tier == .compact || zoomed ? Pane.allCases : Pane.allCases.filter { layout[$0] != nil }
    guard let place = panes.firstIndex(of: pane) else { return panes.first ?? .devices }
    return panes[(place + step + panes.count) % panes.count]
  }

  /// Gives a pane the keys. In the compact layout it becomes the tab below the tree; a pane that the layout has
  /// no room for gets the whole screen.
  mutating func go(to pane: Pane) {
    let isAgain = focus == pane && pane != .devices && layout.tier == .compact && !zoomed
    let pane = isAgain ? self.pane(after: pane == .device ? .devices : pane, by: 1) : pane
    if isZoomedForRoom { zoomed = false }
    focus = pane
    if pane != .devices { tab = pane }
    if layout[pane] == nil, layout.tier != .tooSmall { zoomed = true }
    tidyScroll()
  }

  /// Whether the pane has the whole screen only because it has no place on it.
  private var isZoomedForRoom: Bool {
    guard zoomed else { return false }
    var plain = self
    plain.zoomed = false
    return plain.layout[focus] == nil
  }

  /// Enter on a row: what is folded opens, a group shows its verdict, a function every fact of it.
  mutating func open() {
    switch selectedRow?.content {
    case .folded: unfold()
    case .group: go(to: .group)
    case .function, .gone: if focus == .device { zoomed = true } else { go(to: .device) }
    case .ungrouped, .hidden, nil: break
    }
  }

  /// Zoom, sideways scrolling and dividers.
  mutating func arrange(_ id: Action.ID) {
    switch id {
    case .zoom:
      zoomed.toggle()
      if !zoomed, layout[focus] == nil { focus = .devices }
    case .sidewaysLeft: sideways[focus] = max(0, (sideways[focus] ?? 0) - halfWidth)
    case .sidewaysRight: sideways[focus] = min(Self.widest, (sideways[focus] ?? 0) + halfWidth)
    case .splitLeft: drag(.columns, by: -1)
    case .splitRight: drag(.columns, by: 1)
    case .splitUp: drag(.rows, by: -1)
    case .splitDown: drag(.rows, by: 1)
    default: break
    }
    tidyScroll()
  }

  private var halfWidth: Int { max(1, (layout[focus]?.columns.count ?? size.columns) / 2) }
  /// No line is wider than this.
  private static let widest = 1000

  /// Moves a divider, as far as the screen goes: the layout sees to it that every pane keeps its least size.
  mutating func drag(_ divider: Layout.Divider, by step: Int) {
    switch divider {
    case .columns: splits.deviceColumns = min(max(-size.columns, splits.deviceColumns + step), size.columns)
    case .rows: splits.deviceRows = min(max(-size.rows, splits.deviceRows + step), size.rows)
    }
    tidyScroll()
  }

  /// The keys that move by lines, in whatever has the keys.
  mutating func scroll(_ id: Action.ID) -> [Request] {
    if overlay == .whatIf {
      steerSupposition(id)
      return []
    }
    if overlay != nil { return scrollOverlay(by: step(id, page: max(1, size.rows - 6))) }
    let page = max(1, focus == .devices ? layout.deviceRows : (layout[focus]?.rows.count ?? 3) - 2)
    let step = step(id, page: page)
    switch focus {
    case .devices: moveCursor(by: step)
    case .actions: menuSelected = min(max(0, menuSelected + step), max(0, menu().count - 1))
    case .log: log.move(by: step)
    case .group, .device, .explain: scrollPane(focus, by: step, height: page)
    }
    return []
  }

  /// Lines; "first" and "last" are further than anything is long, yet far from overflow.
  private func step(_ id: Action.ID, page: Int) -> Int {
    switch id {
    case .down: 1
    case .up: -1
    case .pageDown: page
    case .pageUp: -page
    case .halfDown: max(1, page / 2)
    case .halfUp: -max(1, page / 2)
    case .first: -1 << 32
    case .last: 1 << 32
    default: 0
    }
  }

  /// Scrolls a pane of text; its last page stays full.
  mutating func scrollPane(_ pane: Pane, by step: Int, height: Int) {
    let most = max(0, paneLines(pane).count - height)
    scroll[pane] = min(max(0, (scroll[pane] ?? 0) + step), most)
  }

  private mutating func scrollOverlay(by step: Int) -> [Request] {
    switch overlay {
    case .help(let scroll, let search):
      let extent = helpExtent
      let most = max(0, extent.lines - extent.visible)
      overlay = .help(scroll: min(max(0, scroll + step), most), search: search)
    case .menu(let selected):
      overlay = .menu(selected: min(max(0, selected + step), max(0, menu().count - 1)))
    case .themes(let selected, let before):
      return preview(theme: selected + step, before: before)
    case .plan: scrollPlan(by: step)
    case .export: scrollExport(by: step)
    case .plainText, .whatIf, nil: break
    }
    return []
  }

  private mutating func preview(theme wanted: Int, before: String) -> [Request] {
    guard !themes.isEmpty else { return [] }
    let next = min(max(0, wanted), themes.count - 1)
    overlay = .themes(selected: next, before: before)
    guard themes[next].name != themeName else { return [] }
    themeName = themes[next].name
    return [.theme(themeName)]
  }

  /// A click on a line of an overlay selects it, a second one chooses it.
  mutating func click(item: Int, isDouble: Bool, at now: Moment) -> [Request] {
    var requests: [Request] = []
    switch overlay {
    case .menu: overlay = .menu(selected: item)
    case .themes(_, let before): requests = preview(theme: item, before: before)
    case .whatIf: tryChange(item)
    case .help, .plainText, .plan, .export, nil: return []
    }
    return isDouble ? requests + choose(at: now) : requests
  }

  /// Enter in an overlay.
  mutating func choose(at now: Moment) -> [Request] {
    if overlay == .whatIf {
      takeChange()
      return []
    }
    let chosen = overlay
    overlay = nil
    if case .menu(let selected) = chosen { return runMenuItem(selected, at: now) }
    if case .themes = chosen { message = Note(.done, "theme \(Clean.visible(themeName))") }
    return []
  }
}
