import Console

/// One line of the key map.
struct KeyLine: Hashable {
  /// The action's name for scripts.
  var id: String
  /// Every way to press it, as a person reads it.
  var keys: [String]
  /// Where it is bound.
  var contexts: [String]
  /// The heading it stands under.
  var section: String
  /// What it does.
  var text: String
}

extension KeyLine {
  /// Every line there is.
  static let all = Action.all.map { action in
    KeyLine(
      id: action.id.rawValue, keys: action.keys.map(\.name), contexts: action.contexts.map(\.rawValue).sorted(),
      section: action.section.rawValue, text: action.long)
  }
}

/// The key map, from the list that the console itself obeys.
struct KeysReport {
  let lines: [KeyLine]

  /// A table under the headings of the help.
  func text(into page: inout Page) {
    let width = lines.map { Self.keys($0).utf8.count }.max() ?? 0
    for (place, section) in sections.enumerated() {
      if place > 0 { page.endLine() }
      page.line(section, .title)
      for line in lines where line.section == section {
        page.tab(to: 2)
        page.put(Self.keys(line), .hintKey)
        page.tab(to: 2 + width + 2)
        page.put(line.text)
        let places = line.contexts.filter { $0 != "global" }
        if !places.isEmpty { page.put("  (" + places.joined(separator: ", ") + ")", .dim) }
        page.endLine()
      }
    }
  }

  private static func keys(_ line: KeyLine) -> String { line.keys.joined(separator: ", ") }

  /// Headings in the order of their first line.
  var sections: [String] {
    var seen: Set<String> = []
    return lines.map(\.section).filter { seen.insert($0).inserted }
  }

  /// `keys --json`.
  func json(into page: inout Page) {
    JSONWriter.document(&page) { json in
      json.key("keys")
      json.lines(lines) { json, line in
        json.object {
          $0.key("contexts")
          $0.array(line.contexts) { $0.string($1) }
          $0.field("id", line.id)
          $0.key("keys")
          $0.array(line.keys) { $0.string($1) }
          $0.field("section", line.section)
          $0.field("text", line.text)
        }
      }
      json.schema()
    }
  }
}
