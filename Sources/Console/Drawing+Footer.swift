import Topology

extension Drawing {
  /// The newest event, where panes have no borders: a line that divides and tells.
  mutating func drawNote() {
    guard let row = layout.note else { return }
    for column in 0..<layout.size.columns { frame.put("─", row: row, column: column, style: Style(.border)) }
    guard let entry = scene.log.telling else { return }
    var line = noteHead(entry)
    line.add((noteParts(entry).first ?? "") + " ", Self.role(of: entry.note))
    frame.draw(line, row: row, column: 2, limit: layout.size.columns - 1)
  }

  private func noteHead(_ entry: LogBook.Entry) -> StyledLine {
    StyledLine(" \(entry.at.shortClock) #\(entry.number) ", .dim)
  }

  /// What fits beside the newest event's number, and the rest: as long as it is news, that has the message line.
  private func noteParts(_ entry: LogBook.Entry) -> [String] {
    let text = Clean.visible(entry.note.text)
    let parts = Paragraph.wrap(text, to: layout.size.columns - 4 - noteHead(entry).width)
    guard parts.count > 1, scene.message == entry.note else { return [text] }
    return [parts[0], parts.dropFirst().joined(separator: " ")]
  }

  private static func role(of note: Note) -> Role { [.error, .refused].contains(note.kind) ? .logError : .text }

  /// What is being typed, the newest word, or the selection in full.
  mutating func drawMessage() {
    let columns = 1..<layout.size.columns - 1
    if let prompt = scene.prompt {
      drawPrompt(prompt, row: layout.message, columns: columns)
      return
    }
    // A dialog lies over the newest event.
    let newest = layout.note == nil || scene.overlay != nil ? nil : scene.log.telling
    if let message = scene.message {
      let rest = message == newest?.note ? newest.map(noteParts)?.dropFirst().first : Clean.visible(message.text)
      if let rest {
        frame.draw(StyledLine(rest, Self.role(of: message)), row: layout.message, columns: columns)
        return
      }
    }
    frame.draw(selection, row: layout.message, columns: columns)
  }

  /// The full text of the selection, most telling first: what columns cut is here.
  private var selection: StyledLine {
    guard let function = subject, let inventory = scene.inventory else {
      return StyledLine(subjectGroup.map { "group \($0)" } ?? "", .text)
    }
    var line: StyledLine
    if layout.hasBorders {
      line = StyledLine("\(function.address)  \(DeviceText.noun(of: function)): ")
      line.add(DeviceText.fullName(of: function, names: inventory.names))
    } else {
      line = StyledLine("\(function.address.short) \(DeviceText.name(of: function, names: inventory.names))")
    }
    if let identity = function.identity.value { line.add(" [\(identity.ids)]") }
    let gap = layout.hasBorders ? "   " : "  "
    switch function.group {
    case .value(let group):
      let count = inventory[group].map { $0.members.count + $0.others.count } ?? 1
      line.add(gap + "group \(group)" + (count > 1 ? " (\(count) members)" : ""))
    case .absent: line.add(gap + "no group")
    case .unknown(let why): line.add(gap + "group unknown (\(Sentences.reason(why)))")
    }
    switch function.driver {
    case .value(let driver): line.add(gap + "driver " + Clean.visible(driver))
    case .absent: line.add(gap + "no driver")
    case .unknown(let why): line.add(gap + "driver unknown (\(Sentences.reason(why)))")
    }
    if let override = function.driverOverride.value { line.add(gap + "override " + Clean.visible(override)) }
    if let node = function.details?.numaNode.value { line.add(gap + "NUMA \(node)") }
    return line
  }

  /// A field with a label, the terminal's cursor in it, and at the right what came of it.
  private mutating func drawPrompt(_ prompt: Prompt, row: Int, columns: Range<Int>) {
    let label = prompt.kind == .find ? "find: " : "filter: "
    let outcome = StyledLine(outcome(of: prompt), prompt.complaint == nil ? .dim : .logError)
    let start = frame.put(label, row: row, column: columns.lowerBound, style: Style(.hintKey))
    let space = columns.upperBound - start - 1
    // A long text is shown around the cursor, and what came of it gives way first.
    let text = Clean.visible(prompt.text)
    let wanted = min(Width.of(text) + 1, space - Self.leastOutcome)
    let room = outcome.width == 0 ? space : max(min(24, space), wanted, space - outcome.width - 2)
    let position = Width.of(Clean.visible(prompt.text.prefix(prompt.cursor)))
    let hidden = max(0, position - room + 1)
    let field = StyledLine(text, prompt.complaint == nil ? .text : .logError)
    frame.draw(field, row: row, columns: start..<start + room, skipping: hidden)
    if hidden > 0 { frame.put("…", row: row, column: start, style: Style(.dim), limit: start + room) }
    frame.cursor = Point(row: row, column: min(start + position - hidden, columns.upperBound - 1))
    frame.showsCursor = true
    let right = max(start + room + 1, columns.upperBound - outcome.width)
    frame.draw(outcome, row: row, columns: right..<max(right, columns.upperBound))
  }

  /// So much of a complaint is seen, however long the text.
  private static let leastOutcome = 18

  private func outcome(of prompt: Prompt) -> String {
    if let complaint = prompt.complaint { return Clean.visible(complaint) }
    guard prompt.kind == .filter, let inventory = scene.inventory else { return "" }
    let shown = scene.rows.filter { if case .function = $0.content { true } else { false } }
    let groups = Set(shown.compactMap(\.group)).count
    return "\(shown.count)/\(inventory.functions.count) dev \(groups)/\(inventory.groups.count) grp"
  }

  /// Keys and their short names, most important first, as many as fit.
  mutating func drawHints() {
    for hint in hints() {
      let style = Style(hint.isDim ? .dim : .hintKey)
      let end = frame.put(hint.key, row: layout.hint, column: hint.columns.lowerBound, style: style)
      frame.put(hint.text, row: layout.hint, column: end, style: Style(hint.isDim ? .dim : .hintText))
    }
    if let last = hints().last?.columns.upperBound, hints().count < scene.hints.count, last < layout.size.columns {
      frame.put("…", row: layout.hint, column: last, style: Style(.dim))
    }
  }

  struct Hint {
    var action: Action
    var key: String
    var text: String
    var columns: Range<Int>
    var isDim: Bool
  }

  /// What stands where in the hint bar. The last one leaves room for `…`.
  func hints() -> [Hint] {
    var placed: [Hint] = []
    var column = 1
    let actions = scene.hints
    for (number, action) in actions.enumerated() {
      let key = keyText(of: action)
      let text = (layout.hasBorders || Width.of(key) > 1 ? " " : "") + action.short
      let width = Width.of(key) + Width.of(text)
      let room = layout.size.columns - (number == actions.count - 1 ? 0 : 2)
      guard column + width <= room else { break }
      placed.append(
        Hint(
          action: action, key: key, text: text, columns: column..<column + width,
          isDim: action.unavailable(in: scene) != nil))
      column += width + (layout.hasBorders ? 2 : 1)
    }
    return placed
  }

  /// One key, or with room the F-key too: `F1 ?`.
  private func keyText(of action: Action) -> String {
    let names = action.keys.map(\.name)
    guard layout.hasBorders, let plain = names.first, let other = names.dropFirst().first(where: { $0.first == "F" })
    else { return names.first ?? "" }
    return other + " " + plain
  }
}

extension Scene {
  /// Where each key of the hint bar stands, for the mouse.
  var hintTargets: [(columns: Range<Int>, action: Action.ID)] {
    Drawing(self).hints().map { ($0.columns, $0.action.id) }
  }
}
