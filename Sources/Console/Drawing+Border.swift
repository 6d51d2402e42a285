import Ownership
import Topology

extension Drawing {
  /// A box with a title, something at the right of its upper side, and something in its lower side.
  mutating func drawBox(_ rect: Rect, role: Role, title: StyledLine, right: StyledLine, bottom: StyledLine) {
    frame.drawBox(rect, scene.glyphs, role: role, title: title, right: right, bottom: bottom)
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
    case .explain: return "Explain"
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
    case .explain: return StyledLine(subjectGroup == nil ? "" : "why one group", .border)
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
    line.add(" ", .border)
    let state = caption(of: .group)
    var both = state
    if both.width > 0 { both.add(" ── ", .border) }
    both.add(position, .border)
    for right in [both, state] where right.width > 0 && right.width + line.width + 4 < layout.size.columns {
      frame.drawCaption(right, row: row, column: layout.size.columns - right.width - 3, limit: layout.size.columns - 1)
      break
    }
    frame.draw(line, row: row, column: 1, limit: layout.size.columns - 1)
  }

  /// The tabs of the compact layout: where they stand, counted from column 1, and what they say.
  private var tabs: [(pane: Pane, title: String, columns: Range<Int>)] {
    var column = 1
    return [Pane.group, .actions, .log, .device, .explain].map { pane in
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
