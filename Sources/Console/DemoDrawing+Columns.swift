import Assignment
import Ownership
import Topology

extension DemoDrawing {
  /// The calls of every model that has a column, the newest at the bottom, and whether its DMA goes anywhere.
  mutating func drawColumns() {
    for (model, rect) in layout.columns where rect.rows.count >= 3 {
      let side = scene.comparison.sides[model]
      drawBox(rect, of: side)
      let body = Self.body(of: rect)
      guard !body.rows.isEmpty else { continue }
      let lines = columnLines(of: model, width: body.columns.count)
      let first = max(0, lines.count - body.rows.count - scene.scroll)
      for (row, line) in zip(body.rows, lines.dropFirst(first)) { frame.draw(line, row: row, columns: body.columns) }
      let last = rect.rows.upperBound - 2
      let dma = scene.dma(of: side)
      frame.draw(
        StyledLine("DMA possible: " + dma.words, dma.isPossible ? .stateOpen : .stateQuiet), row: last,
        columns: body.columns)
    }
  }

  /// Where the lines of a column go: the last line inside its box is the verdict on DMA.
  private static func body(of rect: Rect) -> Rect { rect.inset(top: 1, left: 2, bottom: 2, right: 1) }

  private mutating func drawBox(_ rect: Rect, of side: Comparison.Side) {
    let title = StyledLine(side.rules.set.title, .borderFocused)
    frame.drawBox(rect, scene.glyphs, role: .border, title: title)
  }

  /// What can be scrolled to: the longest column decides.
  var mostScroll: Int {
    layout.columns.map { model, rect in
      let body = Self.body(of: rect)
      return max(0, columnLines(of: model, width: body.columns.count).count - body.rows.count)
    }.max() ?? 0
  }

  /// Every call so far with what came of it; the reasons of older ones are dimmed.
  func columnLines(of model: Int, width: Int) -> [StyledLine] {
    let side = scene.comparison.sides[model]
    var lines: [StyledLine] = []
    var act: Int?
    for (step, made) in side.calls.enumerated() {
      let serving = made?.act ?? scene.act(at: step)
      if serving != act, let serving, scene.comparison.story.acts.indices.contains(serving) {
        act = serving
        lines += heading(scene.comparison.story.acts[serving].title, width: width)
      }
      let isNewest = step == side.calls.count - 1
      guard let made else {
        lines.append(StyledLine("  nothing to do", .dim))
        continue
      }
      lines.append(callLine(made, side, width: width))
      for (text, role) in scene.remarks(on: made, side) {
        for part in Paragraph.wrap(Clean.visible(text), to: width, indent: 4) {
          lines.append(StyledLine("  " + part, isNewest ? role : .dim))
        }
      }
    }
    return lines
  }

  private func heading(_ title: String, width: Int) -> [StyledLine] {
    let parts = Paragraph.wrap(Clean.visible(title), to: max(8, width - 2))
    return parts.enumerated().map { StyledLine(($0.offset == 0 ? "▶ " : "  ") + $0.element, .dim) }
  }

  /// A call at the left and its result at the right; the call's full name where there is room for it.
  private func callLine(_ made: Comparison.Made, _ side: Comparison.Side, width: Int) -> StyledLine {
    let (result, role) = scene.result(of: made, side)
    let room = width - Width.of(result) - 1
    let names = scene.calls(made, side)
    let name = names.first { Width.of($0) <= room } ?? names.last ?? ""
    var line = StyledLine(Width.fit(Paragraph.cutMiddle(Clean.visible(name), to: max(1, room)), to: max(1, room)))
    line.add(" " + result, role)
    return line
  }

  /// Before the first call: what the story is about.
  mutating func drawLesson() {
    guard let rows = layout.columns.first?.rect.rows, rows.count >= 3 else { return }
    let rect = Rect(rows: rows, columns: everyColumn)
    let story = scene.comparison.story
    frame.drawBox(
      rect, scene.glyphs, role: .border, title: StyledLine(Clean.visible(story.title), .borderFocused),
      bottom: StyledLine("l makes the first call", .hintText))
    let body = rect.inset(top: 1, left: 2, bottom: 1, right: 2)
    let width = min(96, body.columns.count)
    var lines = story.lesson.flatMap { Paragraph.wrap(Clean.visible($0), to: width).map { StyledLine($0) } }
    lines.append(StyledLine())
    let names = scene.comparison.sides.map { $0.rules.set.rawValue + " (" + $0.rules.set.words + ")" }
    lines += Paragraph.wrap("Left to right: " + names.joined(separator: ", ") + ".", to: width).map {
      StyledLine($0, .dim)
    }
    for (row, line) in zip(body.rows, lines) { frame.draw(line, row: row, columns: body.columns) }
  }

  /// The alarms: who now reaches what nobody named.
  mutating func drawAlarms() {
    for (row, alarm) in zip(layout.alarms, scene.alarms) {
      for column in everyColumn { frame.put(" ", row: row, column: column, style: Style(.danger)) }
      frame.draw(StyledLine(" ALARM " + Clean.visible(alarm), .danger), row: row, columns: everyColumn)
    }
  }
}
