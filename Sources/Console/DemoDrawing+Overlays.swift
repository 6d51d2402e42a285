import Assignment
import Ownership
import Topology

extension DemoDrawing {
  /// What lies over the columns.
  mutating func drawOverlay() {
    switch scene.overlay {
    case nil: break
    case .help, .words: _ = drawTextOverlay()
    case .stories(let selected): drawStories(selected)
    case .models(let selected, let chosen): drawModels(selected, chosen)
    }
  }

  /// Help or the thread's words; returns how long the text is, and how much of it is visible.
  @discardableResult
  mutating func drawTextOverlay() -> (lines: Int, rows: Int) {
    let rect = dialog(Size(rows: layout.size.rows - 3, columns: min(100, layout.size.columns - 4)))
    let body = rect.inset(top: 1, left: 2, bottom: 1, right: 2)
    let (title, lines, scroll): (String, [StyledLine], Int) =
      switch scene.overlay {
      case .help(let scroll): ("Help: side by side", helpLines(body.columns.count), scroll)
      case .words(let scroll): ("Words of the thread, 2021", wordLines(body.columns.count), scroll)
      case .stories, .models, nil: ("", [], 0)
      }
    let first = max(0, min(scroll, lines.count - body.rows.count))
    let last = min(lines.count, first + body.rows.count)
    let more = last < lines.count ? "  PgDn more" : ""
    let position = lines.count > body.rows.count ? "\(first + 1)-\(last) of \(lines.count)\(more)" : ""
    draw(dialog: rect, title, right: position, bottom: "Esc close")
    for (row, line) in zip(body.rows, lines.dropFirst(first)) { frame.draw(line, row: row, columns: body.columns) }
    return (lines.count, body.rows.count)
  }

  private func helpLines(_ width: Int) -> [StyledLine] {
    let keys = 16
    var lines: [StyledLine] = []
    for action in Action.all where action.contexts == [.demo] {
      let names = action.keys.map(\.name).joined(separator: " ")
      let why = scene.unavailable(action.id)
      let text = action.long + (why.map { " (now: \($0))" } ?? "")
      for (number, part) in Paragraph.wrap(text, to: max(8, width - keys)).enumerated() {
        var line = StyledLine(Width.fit(number == 0 ? names : "", to: keys - 1) + " ", why == nil ? .hintKey : .dim)
        line.add(part, why == nil ? .text : .dim)
        lines.append(line)
      }
    }
    lines.append(StyledLine())
    let words = [
      "Every key press makes one call on each side, by the same user program. A side with nothing left to do in an"
        + " act waits for the others.",
      "The table is what is true, whatever was said on the way: the driver; whether a device was joined and attached"
        + " by name; which domain its DMA goes through and whose that is; which members of its group it reaches"
        + " peer to peer.",
      "ALARM: a group is attached and has members that nobody named.",
    ]
    return lines + words.flatMap { Paragraph.wrap($0, to: width).map { StyledLine($0, .dim) } }
  }

  private func wordLines(_ width: Int) -> [StyledLine] {
    var lines: [StyledLine] = []
    var heading: String?
    for (act, saying) in scene.words {
      if act != heading {
        if heading != nil { lines.append(StyledLine()) }
        heading = act
        lines += Paragraph.wrap(Clean.visible(act), to: width).map { StyledLine($0, .borderFocused) }
      }
      lines.append(StyledLine("\(saying.message.author), \(saying.message.date) 2021", .hintKey))
      lines += Paragraph.wrap(Clean.visible(saying.words), to: max(8, width - 2)).map { StyledLine("  " + $0) }
    }
    return lines.isEmpty ? [StyledLine("Nothing was said of this on the list.", .dim)] : lines
  }

  private mutating func drawStories(_ selected: Int) {
    let names = scene.stories.map(\.name).map(Width.of).max() ?? 0
    let lines = scene.stories.map { entry -> StyledLine in
      var line = StyledLine(Width.fit(Clean.visible(entry.name), to: names) + "  ", .hintKey)
      line.add(Clean.visible(entry.title))
      return line
    }
    drawList(lines, selected, title: "Scenarios", bottom: "Enter open   Esc close")
  }

  private mutating func drawModels(_ selected: Int, _ chosen: Set<RuleSet>) {
    let lines = RuleSet.allCases.map { set -> StyledLine in
      let isChosen = chosen.contains(set)
      var line = StyledLine(isChosen ? "[x] " : "[ ] ", isChosen ? .marked : .dim)
      line.add(Width.fit(set.rawValue, to: 15), .hintKey)
      line.add(set.words)
      return line
    }
    drawList(lines, selected, title: "Two to four models", bottom: "Space tick   Enter compare   Esc close")
  }

  private mutating func drawList(_ lines: [StyledLine], _ selected: Int, title: String, bottom: String) {
    let width = max(44, (lines.map(\.width).max() ?? 0) + 4)
    let rect = dialog(Size(rows: lines.count + 2, columns: width))
    let body = rect.inset(top: 1, left: 2, bottom: 1, right: 2)
    let first = max(0, min(selected - body.rows.count + 1, lines.count - body.rows.count))
    draw(dialog: rect, title, right: lines.isEmpty ? "" : "\(selected + 1)/\(lines.count)", bottom: bottom)
    for (row, line) in zip(body.rows, lines.dropFirst(first)) { frame.draw(line, row: row, columns: body.columns) }
    let row = body.rows.lowerBound + selected - first
    guard body.rows.contains(row) else { return }
    frame.lay(.cursor, row: row, columns: body.columns.lowerBound - 1..<body.columns.upperBound + 1)
    frame.cursor = Point(row: row, column: body.columns.lowerBound)
  }

  private mutating func draw(dialog rect: Rect, _ title: String, right: String, bottom: String) {
    frame.clear(rows: rect.rows, columns: rect.columns)
    frame.drawBox(
      rect, scene.glyphs, role: .borderFocused, title: StyledLine(title, .borderFocused),
      right: StyledLine(right, .border), bottom: StyledLine(bottom, .border))
  }

  /// In the middle between title and message, as large as wished where that fits.
  private func dialog(_ size: Size) -> Rect {
    let width = max(0, min(size.columns, layout.size.columns - 4))
    let height = max(0, min(size.rows, layout.size.rows - 3))
    let (left, top) = ((layout.size.columns - width) / 2, 1 + (layout.size.rows - 3 - height) / 2)
    return Rect(rows: max(0, top)..<max(0, top) + height, columns: max(0, left)..<max(0, left) + width)
  }
}
