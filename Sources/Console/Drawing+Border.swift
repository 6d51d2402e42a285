import Ownership
import Topology

extension Drawing {
  /// A box with a title, something at the right of its upper side, and something in its lower side.
  mutating func drawBox(_ rect: Rect, role: Role, title: StyledLine, right: StyledLine, bottom: StyledLine) {
    let (top, end) = (rect.rows.lowerBound, rect.rows.upperBound - 1)
    let (left, last) = (rect.columns.lowerBound, rect.columns.upperBound - 1)
    let corners = scene.glyphs.corners
    let style = Style(role)
    for column in rect.columns {
      frame.put("─", row: top, column: column, style: style)
      frame.put("─", row: end, column: column, style: style)
    }
    for row in rect.rows {
      frame.put("│", row: row, column: left, style: style)
      frame.put("│", row: row, column: last, style: style)
    }
    for (corner, place) in zip(corners, [(top, left), (top, last), (end, left), (end, last)]) {
      frame.put(corner, row: place.0, column: place.1, style: style)
    }
    drawCaption(title, row: top, column: left + 2, limit: last - 1)
    let start = last - 3 - right.width
    if right.width > 0, start > left + title.width + 4 {
      drawCaption(right, row: top, column: start, limit: last - 1)
    }
    drawCaption(bottom, row: end, column: left + 2, limit: last - 1)
  }

  /// Text in a line of a box, with a blank on both sides.
  private mutating func drawCaption(_ text: StyledLine, row: Int, column: Int, limit: Int) {
    guard text.width > 0, limit - column > 2 else { return }
    var caption = StyledLine(" ", .border)
    for span in text.spans { caption.add(span.text, span.role) }
    caption.add(" ", .border)
    frame.draw(caption, row: row, column: column, limit: limit)
  }

  mutating func drawBorder(of pane: Pane, _ rect: Rect) {
    let role = border(of: pane)
    drawBox(
      rect, role: role, title: StyledLine("\(pane.rawValue) \(title(of: pane))", role), right: caption(of: pane),
      bottom: pane == .devices ? listCaption() : StyledLine())
  }

  /// The name of a pane in its border or tab.
  func title(of pane: Pane) -> String {
    switch pane {
    case .devices: return "Devices"
    case .group: return subjectGroup.map { "Group \($0)" } ?? "Group"
    case .actions: return "Actions"
    case .log: return layout.hasBorders ? "Log" : "Log(\(scene.log.entries.count))"
    case .device: return layout.hasBorders ? subject.map { "Device \($0.address.short)" } ?? "Device" : "Device"
    }
  }

  /// What stands at the right of a pane's upper side.
  func caption(of pane: Pane) -> StyledLine {
    switch pane {
    case .devices: return StyledLine(position, .border)
    case .group:
      guard let group = subjectGroup, let verdict = scene.verdicts[group] else { return StyledLine() }
      return StyledLine(verdict.state.word, verdict.state.role)
    case .actions: return StyledLine(subjectGroup.map { "group \($0)" } ?? "", .border)
    case .log:
      let following = scene.log.isFollowing ? "follow ON" : "follow off"
      let (shown, all) = (scene.log.shown.count, scene.log.entries.count)
      let entries = all == 1 ? "1 entry" : "\(all) entries"
      return StyledLine(following + "  " + (shown == all ? entries : "\(shown) of \(entries)"), .border)
    case .device: return StyledLine()
    }
  }

  /// `5/14`: the cursor's row of all rows.
  private var position: String {
    scene.rows.isEmpty ? "" : "\(min(scene.cursor.row, scene.rows.count - 1) + 1)/\(scene.rows.count)"
  }

  private func listCaption() -> StyledLine {
    var parts = ["sort: \(scene.sort.rawValue)"]
    parts.append("filter: " + (scene.filter.text.isEmpty ? "none" : scene.filter.text))
    if !scene.marks.isEmpty { parts.append("marked: \(scene.marks.count)") }
    return StyledLine(parts.joined(separator: "   "), .border)
  }

  /// The line between tree and lower pane in the compact layout: all tabs, the verdict and the position.
  mutating func drawTabs(_ row: Int) {
    let role = border(of: layout.panes.last ?? .group)
    for column in 0..<layout.size.columns { frame.put("─", row: row, column: column, style: Style(role)) }
    var line = StyledLine(" ", .border)
    for tab in tabs {
      let isOpen = layout[tab.pane] != nil
      line.add(isOpen ? "[\(tab.title)]" : " \(tab.title) ", isOpen ? role : .border)
    }
    let state = caption(of: .group)
    var both = state
    if both.width > 0 { both.add(" ── ", .border) }
    both.add(position, .border)
    for right in [both, state] where right.width > 0 && right.width + line.width + 4 < layout.size.columns {
      drawCaption(right, row: row, column: layout.size.columns - right.width - 3, limit: layout.size.columns - 1)
      break
    }
    frame.draw(line, row: row, column: 1, limit: layout.size.columns - 1)
  }

  /// The tabs of the compact layout: where they stand, counted from column 1, and what they say.
  private var tabs: [(pane: Pane, title: String, columns: Range<Int>)] {
    var column = 1
    return [Pane.group, .actions, .log, .device].map { pane in
      let title = "\(pane.rawValue) \(title(of: pane))"
      let width = Width.of(title) + 2
      defer { column += width }
      return (pane, title, column..<column + width)
    }
  }

  /// The tab below a cell.
  func tab(at point: Point) -> Pane? {
    guard !layout.hasBorders, let lower = layout.panes.first(where: { $0 != .devices }),
      point.row == layout[lower]?.rows.lowerBound
    else { return nil }
    return tabs.first { $0.columns.contains(point.column - 1) }?.pane
  }
}

extension Scene {
  /// The tab of the compact layout below a cell, for the mouse.
  func tab(at point: Point) -> Pane? { Drawing(self).tab(at: point) }
}
