import Assignment
import Ownership
import Topology

extension DemoDrawing {
  /// The calls of every model that has a column, the newest at the bottom, and whether its DMA goes anywhere.
  mutating func drawColumns() {
    for (model, rect) in layout.columns where rect.rows.count >= 3 {
      let side = scene.comparison.sides[model]
      drawBox(rect, of: side)
      let (body, verdict) = (body(of: rect, model), verdict(of: model, rect))
      guard !body.rows.isEmpty else { continue }
      let lines = columnLines(of: model, width: body.columns.count)
      let first = max(0, lines.count - body.rows.count - scene.scroll)
      for (row, line) in zip(body.rows, lines.dropFirst(first)) { frame.draw(line, row: row, columns: body.columns) }
      for (row, line) in zip(body.rows.upperBound..<rect.rows.upperBound - 1, verdict) {
        frame.draw(line, row: row, columns: body.columns)
      }
    }
  }

  /// The verdict on DMA; a box with few lines has one of them for it.
  private func verdict(of model: Int, _ rect: Rect) -> [StyledLine] {
    let dma = scene.dma(under: model)
    let (text, role) = ("DMA possible: " + dma.words, dma.isPossible ? Role.stateOpen : .stateQuiet)
    let lines = Paragraph.wrap(text, to: rect.columns.count - 4, indent: 2)
    guard lines.count > 1, rect.rows.count >= 6 else { return [StyledLine(text, role)] }
    return [StyledLine(lines[0], role), StyledLine(lines.dropFirst().joined(separator: " "), role)]
  }

  /// Where the lines of a column go: the last ones inside its box are the verdict on DMA.
  private func body(of rect: Rect, _ model: Int) -> Rect {
    rect.inset(top: 1, left: 2, bottom: 1 + verdict(of: model, rect).count, right: 2)
  }

  private mutating func drawBox(_ rect: Rect, of side: Comparison.Side) {
    let title = StyledLine(side.rules.set.title, .borderFocused)
    frame.drawBox(rect, scene.glyphs, role: .border, title: title)
  }

  /// What can be scrolled to: the longest column decides.
  var mostScroll: Int {
    layout.columns.map { model, rect in
      let body = body(of: rect, model)
      return max(0, columnLines(of: model, width: body.columns.count).count - body.rows.count)
    }.max() ?? 0
  }

  /// Every call so far with what came of it; the reasons of older ones are dimmed.
  func columnLines(of model: Int, width: Int) -> [StyledLine] {
    let side = scene.comparison.sides[model]
    let acts = scene.comparison.story.acts
    let users = Set(
      side.calls.compactMap { made -> User? in
        if case .call(_, let user)? = made?.event { user } else { nil }
      })
    var lines: [StyledLine] = []
    let newest = side.calls.lastIndex { $0 != nil }
    var act: Int?
    for (step, line) in scene.comparison.lines(of: side).enumerated() {
      if let serving = scene.act(at: step), serving != act, acts.indices.contains(serving) {
        act = serving
        lines += heading(acts[serving].title, width: width)
      }
      guard let line else {
        if step == side.calls.count - 1 { lines.append(StyledLine("  nothing to do", .dim)) }
        continue
      }
      lines.append(callLine(line, namesUser: users.count > 1, width: width))
      lines += remarks(line, isNewest: step == newest, width: width)
    }
    return lines
  }

  private func heading(_ title: String, width: Int) -> [StyledLine] {
    let parts = Paragraph.wrap(Clean.visible(title), to: max(8, width - 2))
    return parts.enumerated().map { StyledLine(($0.offset == 0 ? "▶ " : "  ") + $0.element, .dim) }
  }

  /// A call at the left and its result at the right; an ioctl by its whole name where there is room for it.
  private func callLine(_ line: Comparison.Line, namesUser: Bool, width: Int) -> StyledLine {
    let (result, role) = outcome(of: line)
    let room = max(1, width - Width.of(result) - 1)
    let user = namesUser ? (line.user.map { Clean.visible($0.name) + ": " } ?? "") : ""
    let arguments = line.call.firstIndex(of: "(").map { line.call[$0...] } ?? ""
    let names = [line.name.map { user + $0 + arguments }, user + line.call].compactMap(\.self).map(Clean.visible)
    let name = names.first { Width.of($0) <= room } ?? names.last ?? ""
    var drawn = StyledLine(Width.fit(Paragraph.cutMiddle(name, to: room), to: room))
    drawn.add(" " + result, role)
    return drawn
  }

  /// `= 3`, `= -1 EPERM`; what an interface tells beside it stands below.
  private func outcome(of line: Comparison.Line) -> (text: String, role: Role) {
    let plain = line.result.split(separator: " {", maxSplits: 1).first.map(String.init) ?? line.result
    switch line.outcome {
    case .success: return ("= " + plain, .stateGood)
    case .refused: return ("= " + plain, .logError)
    case .blocks: return ("blocks", .changed)
    case .panic: return ("PANIC", .danger)
    }
  }

  /// Why it did not succeed, and what else happened.
  private func remarks(_ line: Comparison.Line, isNewest: Bool, width: Int) -> [StyledLine] {
    var texts: [(String, Role)] = []
    if let why = line.why {
      let errno = line.errno.map { $0.name + ": " } ?? ""
      texts.append((errno + why.sentence, .text))
      if isNewest {
        texts += why.culprits.map { ("✘ " + $0, .stateWarning) }
        if let note = why.note { texts.append((note, .dim)) }
        if let source = why.source { texts.append(("(\(source))", .dim)) }
      }
    }
    texts += line.news.map { ($0, .changed) }
    return texts.flatMap { text, role in
      Paragraph.wrap(Clean.visible(text), to: max(8, width - 2)).map {
        StyledLine("  " + $0, isNewest ? role : .dim)
      }
    }
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

  /// Who now reaches what nobody named, and where the story deviates from what it says.
  mutating func drawAlarms() {
    let lines = scene.warningLines
    let last = layout.alarms.count - 1
    for (place, row) in layout.alarms.enumerated() where lines.indices.contains(place) {
      for column in everyColumn { frame.put(" ", row: row, column: column, style: Style(.danger)) }
      // What has no row of its own ends in a mark.
      let line = place == last ? lines[place...].joined(separator: " ") : lines[place]
      frame.draw(StyledLine(" " + line, .danger), row: row, columns: everyColumn)
    }
  }
}

extension DemoScene {
  /// The warnings in lines of the screen.
  var warningLines: [String] {
    warnings.flatMap { Paragraph.wrap(Clean.visible($0), to: max(8, size.columns - 2), indent: 2) }
  }
}
