import Assignment
import Topology

extension Drawing {
  private var exportPlace: (rect: Rect, text: Rect) {
    let rect = dialog(Size(rows: layout.size.rows - 3, columns: min(112, layout.size.columns - 4)))
    return (rect, rect.inset(top: 4, left: 2, bottom: 1, right: 2))
  }

  /// The formats in a line, what the chosen one is, and its text.
  mutating func drawExport() {
    guard let exporting = scene.exporting else { return }
    let place = exportPlace
    let lines = exportLines(exporting, width: place.text.columns.count)
    let visible = place.text.rows.count
    let first = max(0, min(exporting.scroll, lines.count - visible))
    let last = min(lines.count, first + visible)
    let position = lines.count > visible ? "\(first + 1)-\(last) of \(lines.count)" : ""
    let inner = drawDialog(
      place.rect, title: "Export \(exporting.title)", right: position, bottom: "y copy   S save   Esc close")
    frame.draw(exportTabs(exporting), row: inner.rows.lowerBound, columns: inner.columns)
    frame.draw(
      StyledLine(Width.fit(exporting.format.purpose, to: inner.columns.count), .dim), row: inner.rows.lowerBound + 1,
      columns: inner.columns)
    for (row, line) in zip(place.text.rows, lines[first..<last]) {
      frame.draw(line, row: row, columns: place.text.columns)
    }
  }

  private func exportTabs(_ exporting: Exporting) -> StyledLine {
    var line = StyledLine()
    for format in ExportFormat.allCases {
      let isChosen = format == exporting.format
      line.add(
        isChosen ? "[\(format.rawValue)]" : " \(format.rawValue) ", isChosen ? .borderFocused : .hintKey)
    }
    return line
  }

  /// The text, broken where the dialog ends; what is commented stands back.
  private func exportLines(_ exporting: Exporting, width: Int) -> [StyledLine] {
    switch exporting.found[exporting.format] {
    case nil: return [StyledLine("Writing it down.", .dim)]
    case .none(let why)?: return why.split(separator: "\n").flatMap { prose(String($0), .stateWarning, width) }
    case .lines(let lines)?:
      var isComment = false
      return lines.flatMap { line -> [StyledLine] in
        if line.hasPrefix("<!--") { isComment = true }
        defer { if line.hasSuffix("-->") { isComment = false } }
        let role: Role = isComment || line.hasPrefix("#") && exporting.format != .report ? .dim : .text
        return Self.pieces(scene.glyphs.drawable(Clean.visible(line)), width).map { StyledLine($0, role) }
      }
    }
  }

  /// Broken where the dialog ends, at a blank or between the parts of a path or list where one is near: addresses stay
  /// whole.
  private static func pieces(_ text: String, _ width: Int) -> [String] {
    var pieces: [String] = []
    var (piece, used) = ("", 0)
    for character in text {
      let more = Width.of(String(character))
      if used + more > width {
        let rest = begun(at: piece, width)
        pieces.append(String(piece.dropLast(rest.count)))
        (piece, used) = (rest, Width.of(rest))
      }
      piece.append(character)
      used += more
    }
    return pieces + [piece]
  }

  /// The word at the end of a line that is full; nothing where it takes more than half of it.
  private static func begun(at piece: String, _ width: Int) -> String {
    let tail = piece.reversed().prefix { !" ,/".contains($0) }
    let word = String(tail.reversed())
    let isAlone = piece.dropLast(word.count).allSatisfy { $0 == " " }
    return isAlone || Width.of(word) > width / 2 ? "" : word
  }

  /// How many lines the dialog has, and how many of them are visible.
  var exportExtent: (lines: Int, visible: Int) {
    guard layout.tier != .tooSmall, let exporting = scene.exporting else { return (0, 0) }
    let place = exportPlace
    return (exportLines(exporting, width: place.text.columns.count).count, place.text.rows.count)
  }
}

extension Scene {
  /// How far the dialog can be scrolled, in lines.
  var exportExtent: (lines: Int, visible: Int) { Drawing(self).exportExtent }
}
