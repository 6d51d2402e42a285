extension Glyphs {
  /// The corners of a box: upper left, upper right, lower left, lower right. In ASCII they differ from the
  /// corners of the tree, which `plain` translates.
  var corners: [String] { isASCII ? ["+", "+", "+", "+"] : ["┌", "┐", "└", "┘"] }

  /// One lane of the margin.
  func lane(_ lane: Row.Lane) -> String {
    switch lane {
    case .none: " "
    case .first: isASCII ? "/" : "┌"
    case .member: isASCII ? "|" : "│"
    case .last: isASCII ? "\\" : "└"
    case .passing: isASCII ? ":" : "┆"
    case .overflow: "+"
    }
  }

  /// Counts in the title bar: `✔5 ✘1`.
  func count(good: Int) -> String { isASCII ? "ok \(good)" : "✔\(good)" }
  /// The same for what is not good.
  func count(bad: Int) -> String { isASCII ? "x \(bad)" : "✘\(bad)" }

  /// `text` with signs that cannot be drawn here replaced: ours by their ASCII shape, others by `?`.
  func drawable(_ text: String) -> String {
    guard isASCII, !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
    return String(text.map(Self.plain))
  }

  /// The ASCII shape of one character.
  static func plain(_ character: Character) -> Character {
    character.isASCII ? character : shapes[character] ?? "?"
  }

  private static let shapes: [Character: Character] = [
    "▶": ">", "✔": "+", "✘": "x", "…": "~", "·": ".", "█": "#", "│": "|", "─": "-", "└": "\\", "├": "+", "┌": "/",
    "┆": ":", "┐": "+", "┘": "+", "→": ">",
  ]
}

extension Frame {
  /// Replaces every cell that an ASCII terminal cannot show.
  mutating func translate() {
    for row in 0..<size.rows {
      for column in 0..<size.columns {
        let cell = self[row, column]
        guard !cell.character.isASCII else { continue }
        put(String(Glyphs.plain(cell.character)), row: row, column: column, style: cell.style)
      }
    }
  }
}
