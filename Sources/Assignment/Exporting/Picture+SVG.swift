import Topology

extension Picture {
  /// Where things stand, in pixels. Letters are as wide as those of the usual fixed fonts of twelve pixels.
  private struct Sizes {
    static let row = 22, letter = 7.3, indent = 18, gap = 18, margin = 12, top = 62
    var label: Int
    var tree: Int
    var ids: Int
    var driver: Int
    var state: Int
    var width: Int

    init(_ picture: Picture) {
      func room(_ letters: Int) -> Int { Int((Double(letters) * Self.letter).rounded(.up)) + Self.gap }
      let labels =
        picture.runs.flatMap { [$0.label.count] + ($0.rows.count > 1 ? $0.notes.map(\.count) : []) }.max() ?? 0
      label = Self.margin + 10
      tree = label + (labels == 0 ? 0 : room(labels))
      let names = picture.rows.map { row in
        let letters = row.address.short.count + 2 + min(row.name.count, Picture.longest)
        return min(row.depth, Picture.deepest) * Self.indent + room(letters)
      }
      ids = tree + (names.max() ?? 300)
      driver = ids + room(9)
      state = driver + room(min(24, picture.rows.map(\.driver.count).max() ?? 6))
      let end = state + room(7)
      let head = Self.margin * 2 + room(max(picture.title.count * 4 / 3, picture.subtitle.count))
      width = max(end, head, 420)
    }

    func y(_ row: Int) -> Int { Self.top + row * Self.row }
  }

  static let longest = 52
  static let deepest = 24

  /// Light fills with their borders: apart in lightness too, and told by their labels in any case.
  private static let colours: [(fill: String, line: String)] = [
    ("#dbe9ff", "#2f5fa8"), ("#ffe8cc", "#b25e00"), ("#dff3dd", "#2c7a2c"), ("#f3ddf2", "#8a2f86"),
    ("#fff6b8", "#8a7400"), ("#d6f1f3", "#157780"), ("#ffd9ec", "#b0306a"), ("#e6e2d8", "#645a42"),
  ]

  /// The picture as a document of its own, its text selectable, its letters those of the reader's fixed font.
  var svg: [String] {
    let sizes = Sizes(self)
    let foot = rows.isEmpty ? [Self.empty] : legend
    let height = sizes.y(max(rows.count, 0)) + 24 + foot.count * 18
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(sizes.width)\" height=\"\(height)\" "
        + "viewBox=\"0 0 \(sizes.width) \(height)\" role=\"img\" "
        + "font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"12\" fill=\"#1a1a1a\">",
      "  <title>\(Self.escaped(title))</title>",
      "  <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
      text(Sizes.margin, 26, title, "font-size=\"16\" font-weight=\"bold\""),
      text(Sizes.margin, 46, subtitle, "fill=\"#555555\""),
    ]
    lines += runs.flatMap { frame($0, sizes) }
    lines += rows.indices.flatMap { branch($0, sizes) }
    lines += rows.indices.flatMap { words($0, sizes) }
    for (place, line) in foot.enumerated() {
      lines.append(text(Sizes.margin, sizes.y(rows.count) + 24 + place * 18, line, "fill=\"#555555\""))
    }
    return lines + ["</svg>"]
  }

  private static let empty = "No PCI devices."

  private var legend: [String] {
    var lines: [String] = []
    if runs.isEmpty {
      lines.append("No IOMMU groups: without them no device can safely be handed out.")
    } else {
      lines.append("A frame is one IOMMU group: the least that can be handed out. Lines are the PCI tree.")
    }
    if rows.contains(where: { $0.state == "BLOCKS" }) {
      lines.append("BLOCKS: a host driver keeps the group from whoever asked for it.")
    }
    return lines
  }

  private func frame(_ run: Run, _ sizes: Sizes) -> [String] {
    let colour = run.colour.map { Self.colours[$0 % Self.colours.count] }
    let (top, bottom) = (sizes.y(run.rows.lowerBound) + 2, sizes.y(run.rows.upperBound) - 2)
    let left = Sizes.margin
    var lines = [
      "  <rect x=\"\(left)\" y=\"\(top)\" width=\"\(sizes.width - 2 * left)\" height=\"\(bottom - top)\" rx=\"5\" "
        + "fill=\"\(colour?.fill ?? "#ffffff")\" stroke=\"\(colour?.line ?? "#c8c8c8")\"/>",
      text(sizes.label, sizes.y(run.rows.lowerBound) + 15, run.label, run.colour == nil ? "" : "font-weight=\"bold\""),
    ]
    for (row, note) in zip(run.rows.dropFirst(), run.notes) {
      lines.append(text(sizes.label, sizes.y(row) + 15, note, "fill=\"#444444\""))
    }
    return lines
  }

  /// The elbow that leads to a row from the one that it hangs below.
  private func branch(_ place: Int, _ sizes: Sizes) -> [String] {
    let row = rows[place]
    guard row.depth > 0 else { return [] }
    var above = place - 1
    while above >= 0, rows[above].depth >= row.depth { above -= 1 }
    guard above >= 0 else { return [] }
    let x = sizes.tree + min(row.depth - 1, Self.deepest) * Sizes.indent + 6
    let (from, to) = (sizes.y(above) + 19, sizes.y(place) + 11)
    return ["  <path d=\"M\(x) \(from)V\(to)H\(x + 10)\" fill=\"none\" stroke=\"#777777\"/>"]
  }

  private func words(_ place: Int, _ sizes: Sizes) -> [String] {
    let row = rows[place]
    let y = sizes.y(place) + 15
    let x = sizes.tree + min(row.depth, Self.deepest) * Sizes.indent
    let isDim = row.group == nil && !handover.groups.isEmpty
    let dim = isDim ? "fill=\"#777777\"" : ""
    let name = x + Int((Double(row.address.short.count + 2) * Sizes.letter).rounded(.up))
    return [
      text(x, y, row.address.short, isDim ? dim : "font-weight=\"bold\""),
      text(name, y, Self.cut(row.name, to: Self.longest), dim),
      text(sizes.ids, y, row.ids, dim),
      text(sizes.driver, y, Self.cut(row.driver, to: 24), dim),
      text(
        sizes.state, y, row.state, row.state == "BLOCKS" ? "fill=\"#b3261e\" font-weight=\"bold\"" : dim),
    ].filter { !$0.isEmpty }
  }

  private func text(_ x: Int, _ y: Int, _ words: String, _ style: String = "") -> String {
    guard !words.isEmpty else { return "" }
    // Blanks that stand together would become one.
    let text = Self.escaped(words).split(separator: "  ", omittingEmptySubsequences: false).joined(separator: "\u{a0} ")
    return "  <text x=\"\(x)\" y=\"\(y)\"\(style.isEmpty ? "" : " " + style)>\(text)</text>"
  }

  private static func cut(_ text: String, to width: Int) -> String {
    text.count <= width ? text : text.prefix(width - 1) + "…"
  }

  /// Text between tags and in attributes. Control characters are visible already.
  static func escaped(_ text: String) -> String {
    Clean.visible(text).reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
  }
}
