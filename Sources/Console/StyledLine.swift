/// One line of a pane before it has a place: text in stretches of one role each.
struct StyledLine: Hashable, Sendable {
  struct Span: Hashable, Sendable {
    var text: String
    var role: Role
  }

  private(set) var spans: [Span] = []
  /// In columns.
  private(set) var width = 0

  /// Nothing.
  init() {}

  /// All in one role.
  init(_ text: String, _ role: Role = .text) { add(text, role) }

  /// Appends a stretch.
  mutating func add(_ text: String, _ role: Role = .text) {
    guard !text.isEmpty else { return }
    spans.append(Span(text: text, role: role))
    width += Width.of(text)
  }

  /// Appends blanks up to a column; one blank where it is already beyond.
  mutating func pad(to column: Int) {
    add(String(repeating: " ", count: max(1, column - width)))
  }

  /// Without roles and trailing blanks, as `Y` copies it.
  var text: String {
    var joined = spans.map(\.text).joined()
    while joined.last == " " { joined.removeLast() }
    return joined
  }
}

extension Frame {
  /// Draws `line` into a stretch of a row, from its column `skipping` on. What does not fit ends in `…`.
  mutating func draw(_ line: StyledLine, row: Int, columns: Range<Int>, skipping: Int = 0) {
    guard !columns.isEmpty else { return }
    var (position, column) = (0, columns.lowerBound)
    let isCut = line.width - skipping > columns.count
    let end = isCut ? columns.upperBound - 1 : columns.upperBound
    for span in line.spans {
      if position >= skipping {
        column = put(span.text, row: row, column: column, style: Style(span.role), limit: end)
        position += 1
        continue
      }
      for character in span.text {
        let width = Width.of(character)
        if position >= skipping {
          column = put(String(character), row: row, column: column, style: Style(span.role), limit: end)
        }
        position += width
      }
    }
    if isCut { put("…", row: row, column: end, style: Style(.dim), limit: columns.upperBound) }
  }

  /// Draws from a column on, and returns the column after it.
  @discardableResult
  mutating func draw(_ line: StyledLine, row: Int, column: Int, limit: Int) -> Int {
    draw(line, row: row, columns: column..<max(column, limit))
    return min(column + line.width, limit)
  }
}
