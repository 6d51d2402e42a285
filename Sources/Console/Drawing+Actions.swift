import Topology

extension Drawing {
  /// What can be done with the target, and what cannot with the reason.
  func actionLines(width: Int) -> [StyledLine] {
    let lines = menuLines(width: width)
    return lines.isEmpty ? [StyledLine("Nothing can be done here.", .dim)] : lines
  }

  /// The items of the menu: key, what it does, and why not or, where there is room, what to expect.
  func menuLines(width: Int = .max) -> [StyledLine] {
    let items = scene.menu().map { ($0, $0.action.flatMap(Action.of)?.keys.first?.name ?? "") }
    let keys = (items.map { Width.of($0.1) }.max() ?? 1) + 2
    let titles = items.map { Width.of($0.0.title) }.max() ?? 0
    let hasRoom = keys + titles + 14 <= width
    return items.map { item, key in
      var line = StyledLine(Width.fit(key, to: keys), item.reason == nil ? .hintKey : .dim)
      let title = Clean.visible(item.title)
      line.add(hasRoom ? Width.fit(title, to: titles) : title, item.reason == nil ? .text : .dim)
      if let reason = item.reason {
        line.add("  ✘ " + Clean.visible(reason), .dim)
      } else if hasRoom, !item.detail.isEmpty {
        line.add("  " + Clean.visible(item.detail), .dim)
      }
      return line
    }
  }

  /// The part of the log that a body shows: its end while it follows, else around the line that stands out.
  func logWindow(_ body: Rect) -> (lines: [StyledLine], count: Int, first: Int, selected: Int?) {
    let (entries, rows) = (scene.log.shown, body.rows.count)
    let place = scene.log.place(in: entries)
    let last = max(0, entries.count - rows)
    let first = scene.log.isFollowing ? last : max(0, min((place ?? 0) - rows / 2, last))
    var lines: [StyledLine] = []
    var selected: Int?
    for index in first..<entries.count where lines.count < rows || scene.log.isFollowing {
      if index == place { selected = lines.count }
      lines += logLines(entries[index], width: body.columns.count)
    }
    let excess = scene.log.isFollowing ? max(0, lines.count - rows) : 0
    return (Array(lines.dropFirst(excess).prefix(rows)), entries.count, first, selected.map { $0 - excess })
  }

  /// One entry of the log, in as many lines as it takes where it was expanded.
  func logLines(_ entry: LogBook.Entry, width: Int) -> [StyledLine] {
    var line = StyledLine(entry.at.clock, .dim)
    line.add(" " + Width.fit("#\(entry.number)", to: 5) + " ", .dim)
    line.add(Width.fit(entry.note.kind.word, to: 7), entry.note.kind.role)
    let role: Role = [.error, .refused].contains(entry.note.kind) ? .logError : .text
    let text = Clean.visible(entry.note.text)
    guard scene.log.expanded.contains(entry.number), line.width + 8 < width else {
      line.add(text, role)
      return [line]
    }
    let margin = String(repeating: " ", count: line.width)
    return Paragraph.wrap(text, to: width - line.width).enumerated().map { number, part in
      var whole = number == 0 ? line : StyledLine(margin)
      whole.add(part, role)
      return whole
    }
  }
}

extension Note.Kind {
  /// Its role.
  var role: Role {
    switch self {
    case .scan: .logScan
    case .change: .changed
    case .event, .quiet: .logEvent
    case .error, .refused: .logError
    case .done, .call: .logCall
    }
  }
}
