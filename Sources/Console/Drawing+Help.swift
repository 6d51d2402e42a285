import Topology

extension Drawing {
  /// The keys, from the list of actions itself.
  mutating func drawHelp(scroll: Int, search: String) {
    let rect = dialog(Size(rows: layout.size.rows - 3, columns: min(110, layout.size.columns - 4)))
    let inner = rect.inset(top: 1, left: 2, bottom: 1, right: 2)
    let lines = helpLines(width: inner.columns.count, search: search)
    let first = max(0, min(scroll, lines.count - inner.rows.count))
    let last = min(lines.count, first + inner.rows.count)
    let more = last < lines.count ? "  PgDn more" : ""
    let position = lines.count > inner.rows.count ? "\(first + 1)-\(last) of \(lines.count)\(more)" : ""
    let bottom = search.isEmpty ? "/ search   Esc close" : "search: \(Clean.visible(search))   Esc close"
    drawDialog(rect, title: "Help", right: position, bottom: bottom)
    for (row, line) in zip(inner.rows, lines[first..<last]) { frame.draw(line, row: row, columns: inner.columns) }
  }

  /// Two columns of keys, then what signs and words mean.
  func helpLines(width: Int, search: String) -> [StyledLine] {
    let isWide = width >= 64
    let column = isWide ? (width - 2) / 2 : width
    let left = section(.move, column, search)
    let right = section(.act, column, search) + section(.find, column, search) + section(.other, column, search)
    var lines: [StyledLine]
    if isWide {
      lines = (0..<max(left.count, right.count)).map { row in
        var line = row < left.count ? left[row] : StyledLine()
        guard row < right.count else { return line }
        line.pad(to: column + 2)
        for span in right[row].spans { line.add(span.text, span.role) }
        return line
      }
    } else {
      lines = left + right
    }
    lines += typing(column, search)
    if search.isEmpty { lines += legend(width) }
    return lines.isEmpty ? [StyledLine("No key is about that.", .dim)] : lines
  }

  private func section(_ section: Action.Section, _ width: Int, _ search: String) -> [StyledLine] {
    entries(
      Action.all.filter { $0.section == section && !$0.contexts.isSubset(of: Self.elsewhere) }, section.rawValue, width,
      search)
  }

  /// Keys that have a help, or a part of it, of their own.
  private static let elsewhere: Set<Action.Context> = [
    .prompt, .plan, .consent, .export, .whatIf, .demo, .demoModels,
  ]

  private func typing(_ width: Int, _ search: String) -> [StyledLine] {
    let previewing: Set<Action.Context> = [.plan, .consent]
    return entries(Action.all.filter { $0.contexts.isSubset(of: previewing) }, "IN A PREVIEW", width, search)
      + entries(Action.all.filter { $0.contexts == [.export] }, "WHILE EXPORTING", width, search)
      + entries(Action.all.filter { $0.contexts == [.whatIf] }, "IN WHAT IF", width, search)
      + entries(
        Action.all.filter { $0.contexts.isSubset(of: [.prompt, .consent]) && $0.contexts.contains(.prompt) },
        "WHILE TYPING", width, search)
  }

  private func entries(_ actions: [Action], _ heading: String, _ width: Int, _ search: String) -> [StyledLine] {
    let wanted = search.lowercased()
    let keys = 16
    var lines: [StyledLine] = []
    for action in actions {
      let names = action.keys.map(\.name).joined(separator: " ")
      let long = action.long + Self.place(action.contexts)
      let text = names + " " + long
      guard wanted.isEmpty || text.lowercased().contains(wanted) else { continue }
      let isOff = action.unavailable(in: scene) != nil
      for (number, part) in Paragraph.wrap(long, to: max(8, width - keys)).enumerated() {
        var line = StyledLine(Width.fit(number == 0 ? names : "", to: keys - 1) + " ", isOff ? .dim : .hintKey)
        line.add(part, isOff ? .dim : .text)
        lines.append(line)
      }
    }
    return lines.isEmpty ? [] : [StyledLine(heading, .borderFocused)] + lines + [StyledLine()]
  }

  /// Where a key means this, when that is one place only.
  private static func place(_ contexts: Set<Action.Context>) -> String {
    switch contexts {
    case [.log]: " (in the log)"
    case [.actions]: " (in the actions)"
    case [.overlay]: " (in what lies on top)"
    case [.tooSmall]: " (when the terminal is too small)"
    default: ""
    }
  }

  private func legend(_ width: Int) -> [StyledLine] {
    let lanes = [Row.Lane.first, .member, .last].map(scene.glyphs.lane).joined()
    let marks = scene.glyphs.drawable("▶ cursor   * marked   + folded   ! changed by others in the last 10 s")
    let words: [(String, Role)] = [
      ("\(lanes) lines of one group   \(scene.glyphs.lane(.passing)) passes behind lines of others", .text),
      (marks, .text),
      (scene.glyphs.drawable("~ gone, kept 5 s   · shown because its group matches the filter"), .text),
      ("BLOCKS  a host driver keeps a group from whoever asked for it", .stateWarning),
      ("host    a host driver, and nobody asked for the group", .stateQuiet),
      ("exempt  a driver that does not block, such as pcieport", .stateQuiet),
      ("free    no driver", .stateGood),
      ("vfio    a vfio driver: ready for a process", .stateGood),
      ("open    a process holds it", .stateOpen),
      ("??      not known: the group pane says why", .changed),
      ("live-   one source of changes is missing", .text),
      ("poll 5s none is there: read again every 5 seconds", .text),
    ]
    return [StyledLine("SIGNS AND WORDS", .borderFocused)]
      + words.flatMap { Width.of($0.0) <= width ? [StyledLine($0.0, $0.1)] : prose($0.0, $0.1, width, indent: 8) }
      + [StyledLine(), StyledLine("Grey keys do nothing here; press one to read why.", .dim)]
  }

  /// How far the help can be scrolled, in lines.
  var helpExtent: (lines: Int, visible: Int) {
    guard layout.tier != .tooSmall else { return (0, 0) }
    let rect = dialog(Size(rows: layout.size.rows - 3, columns: min(110, layout.size.columns - 4)))
    guard case .help(_, let search)? = scene.overlay else { return (0, rect.rows.count - 2) }
    return (helpLines(width: rect.columns.count - 4, search: search).count, rect.rows.count - 2)
  }
}

extension Scene {
  /// How many lines the open help has and how many of them are visible, for scrolling.
  var helpExtent: (lines: Int, visible: Int) { Drawing(self).helpExtent }
}
