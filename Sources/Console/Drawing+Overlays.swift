import Topology

extension Drawing {
  /// What lies over the panes.
  mutating func drawOverlay() {
    switch scene.overlay {
    case nil, .plainText: break
    case .help(let scroll, let search): drawHelp(scroll: scroll, search: search)
    case .themes(let selected, _): drawThemes(selected: selected)
    case .menu(let selected): drawMenu(selected: selected)
    case .plan: drawPlan()
    case .export: drawExport()
    case .whatIf: drawSupposition()
    }
  }

  /// An emptied and framed box; its inside, one blank from the border.
  @discardableResult
  mutating func drawDialog(_ rect: Rect, title: String, right: String, bottom: String) -> Rect {
    frame.clear(rows: rect.rows, columns: rect.columns)
    drawBox(
      rect, role: .borderFocused, title: StyledLine(title, .borderFocused), right: StyledLine(right, .border),
      bottom: StyledLine(bottom, .border))
    return rect.inset(top: 1, left: 2, bottom: 1, right: 2)
  }

  /// In the middle between title and message line, as large as wished where that fits.
  func dialog(_ size: Size) -> Rect {
    let (width, height) = (min(size.columns, layout.size.columns - 4), min(size.rows, layout.size.rows - 3))
    let left = (layout.size.columns - width) / 2
    let top = 1 + (layout.size.rows - 3 - height) / 2
    return Rect(rows: top..<top + height, columns: left..<left + width)
  }

  private mutating func drawMenu(selected: Int) {
    let lines = menuLines(width: menuWidth)
    let target = subject.map { ": \($0.address.short) \(DeviceText.noun(of: $0))" } ?? ""
    let list = list(of: lines.count, selected: selected, size: menuSize(lines))
    drawDialog(list.rect, title: "Actions" + target, right: "", bottom: "Enter do it   Esc close")
    for (row, line) in zip(list.body.rows, lines.dropFirst(list.first)) {
      frame.draw(line, row: row, columns: list.body.columns)
    }
    laySelection(list.body, row: selected - list.first)
    let items = scene.menu()
    guard scene.message == nil, items.indices.contains(selected), let reason = items[selected].reason,
      lines[selected].width > list.body.columns.count
    else { return }
    // A reason that its line has no room for is told below.
    frame.clear(rows: layout.message..<layout.message + 1, columns: 0..<layout.size.columns)
    frame.draw(
      StyledLine("✘ " + Clean.visible(reason)), row: layout.message, columns: 1..<layout.size.columns - 1)
  }

  /// What the widest dialog leaves to a line.
  private var menuWidth: Int { layout.size.columns - 8 }

  private func menuSize(_ lines: [StyledLine]) -> Size {
    Size(rows: lines.count + 2, columns: max(44, (lines.map(\.width).max() ?? 0) + 4))
  }

  /// Where the items of a list in a dialog stand, and which is the first of them; `below` rows belong to others.
  func list(of count: Int, selected: Int, size: Size, above: Int = 0, below: Int = 0) -> (
    rect: Rect, body: Rect, first: Int
  ) {
    let rect = dialog(size)
    let body = rect.inset(top: 1 + above, left: 2, bottom: 1 + below, right: 2)
    let first = max(0, min(selected - body.rows.count + 1, count - body.rows.count))
    return (rect, body, first)
  }

  /// The item of the open menu or theme list at a cell.
  func overlayItem(at point: Point) -> Int? {
    guard layout.tier != .tooSmall else { return nil }
    let found: (rect: Rect, body: Rect, first: Int)
    let count: Int
    switch scene.overlay {
    case .menu(let selected):
      let lines = menuLines(width: menuWidth)
      (found, count) = (list(of: lines.count, selected: selected, size: menuSize(lines)), lines.count)
    case .themes(let selected, _): (found, count) = (themeList(selected: selected), scene.themes.count)
    case .whatIf: return supposedOffer(at: point)
    case nil, .help, .plainText, .plan, .export: return nil
    }
    let item = found.first + point.row - found.body.rows.lowerBound
    return found.body.contains(point) && item < count ? item : nil
  }

  /// The row that stands out in a dialog, with the terminal's cursor on it.
  mutating func laySelection(_ body: Rect, row: Int) {
    guard body.rows.indices.contains(body.rows.lowerBound + row) else { return }
    let line = body.rows.lowerBound + row
    frame.lay(.cursor, row: line, columns: body.columns.lowerBound - 1..<body.columns.upperBound + 1)
    frame.cursor = Point(row: line, column: body.columns.lowerBound)
  }

  /// A pane as plain text without borders, for the terminal's own selection.
  mutating func drawPlainText(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (row, line) in zip(0..<max(0, layout.size.rows - 1), lines) {
      frame.draw(StyledLine(scene.glyphs.drawable(Clean.visible(line))), row: row, columns: 0..<layout.size.columns)
    }
    let more = lines.count - layout.size.rows + 1
    let hint = "Select with the mouse; any key goes back." + (more > 0 ? " \(more) more lines are in the copy." : "")
    frame.draw(StyledLine(hint, .dim), row: layout.size.rows - 1, columns: 0..<layout.size.columns)
  }

  /// What there is, what is needed, and the ways on. Any size, 1x1 included.
  mutating func drawTooSmall() {
    let (size, least) = (layout.size, Layout.least)
    let lines = [
      "Terminal too small", "  have  \(size.columns) x \(size.rows)", "  need  \(least.columns) x \(least.rows)", "",
      "q quit    l line mode",
    ]
    let top = max(0, (size.rows - lines.count) / 2)
    let left = max(0, min(4, (size.columns - 21) / 2))
    for (row, line) in zip(top..<max(top, size.rows), lines) {
      frame.draw(
        StyledLine(line, row == top ? .stateWarning : .text), row: row, columns: left..<max(left, size.columns))
    }
  }
}

extension Scene {
  /// The item of the open menu or theme list below a cell, for the mouse.
  func overlayItem(at point: Point) -> Int? { Drawing(self).overlayItem(at: point) }
}
