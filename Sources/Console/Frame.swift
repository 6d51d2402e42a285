/// Rows and columns, as a terminal reports them.
public struct Size: Hashable, Sendable {
  /// Height.
  public var rows: Int
  /// Width.
  public var columns: Int
  /// Negative sizes are our own bug.
  public init(rows: Int, columns: Int) {
    precondition(rows >= 0 && columns >= 0, "a size is not negative")
    self.rows = rows
    self.columns = columns
  }
}

/// A place on the screen; 0, 0 is the upper left.
public struct Point: Hashable, Sendable {
  /// From the top.
  public var row: Int
  /// From the left.
  public var column: Int
  /// Both.
  public init(row: Int, column: Int) {
    self.row = row
    self.column = column
  }
}

/// A picture of the screen in cells. Drawing outside is clipped, so no pane can break another or the terminal.
public struct Frame: Hashable, Sendable {
  /// Its size.
  public let size: Size
  /// Row by row.
  public private(set) var cells: [Cell]
  /// Where the terminal's cursor stands, so that screen readers and magnifiers follow.
  public var cursor: Point?
  /// Whether the terminal's cursor shows there: it does in text fields.
  public var showsCursor = false

  /// A blank picture.
  public init(size: Size) {
    self.size = size
    cells = Array(repeating: .blank, count: size.rows * size.columns)
  }

  /// The cell at a place inside.
  public subscript(row: Int, column: Int) -> Cell { cells[row * size.columns + column] }

  /// Writes `text` from a place on, at most up to column `limit`, and returns the column after it.
  /// Text is taken as clean (`Clean.visible`); a wide character that would be cut becomes a blank.
  @discardableResult
  public mutating func put(_ text: String, row: Int, column: Int, style: Style, limit: Int? = nil) -> Int {
    let end = min(limit ?? size.columns, size.columns)
    guard row >= 0, row < size.rows else { return column }
    var column = column
    for character in text {
      let width = Width.of(character)
      guard width > 0 else { continue }
      guard column < end else { break }
      guard width > 1, character.unicodeScalars.count > 1 else {
        if column >= 0 { place(character, width: width, row: row, column: column, end: end, style: style) }
        column += width
        continue
      }
      for part in Width.parts(of: character) where column < end {
        if column >= 0 { place(part, width: Width.of(part), row: row, column: column, end: end, style: style) }
        column += Width.of(part)
      }
    }
    return min(column, end)
  }

  private mutating func place(
    _ character: Character, width: Int, row: Int, column: Int, end: Int, style: Style
  ) {
    let here = row * size.columns + column
    mend(here, row: row)
    guard width == 2 else {
      cells[here] = Cell(character, style)
      return
    }
    guard column + 1 < end else {
      cells[here] = Cell(" ", style)
      return
    }
    mend(here + 1, row: row)
    cells[here] = Cell(character, style)
    cells[here + 1] = Cell(Cell.rightHalf, style)
  }

  /// Overwriting half of a wide character blanks its other half: an orphan shifts the rest of a line.
  private mutating func mend(_ here: Int, row: Int) {
    let first = row * size.columns
    if cells[here].character == Cell.rightHalf, here > first { cells[here - 1].character = " " }
    if here + 1 < first + size.columns, cells[here + 1].character == Cell.rightHalf {
      cells[here + 1].character = " "
    }
  }

  /// Lays a role under a stretch of a row, as the cursor does.
  public mutating func lay(_ role: Role, row: Int, columns: Range<Int>) {
    guard row >= 0, row < size.rows else { return }
    for column in columns.clamped(to: 0..<size.columns) { cells[row * size.columns + column].style.under = role }
  }

  /// Blanks a rectangle.
  public mutating func clear(rows: Range<Int>, columns: Range<Int>, style: Style = Style(.text)) {
    for row in rows.clamped(to: 0..<size.rows) {
      for column in columns.clamped(to: 0..<size.columns) {
        mend(row * size.columns + column, row: row)
        cells[row * size.columns + column] = Cell(" ", style)
      }
    }
  }

  /// The text of one row, trailing blanks kept.
  public func text(row: Int) -> String {
    var line = ""
    for column in 0..<size.columns where self[row, column].character != Cell.rightHalf {
      line.append(self[row, column].character)
    }
    return line
  }

  /// All rows as text, then all rows as role letters: what goldens hold. Trailing blanks are cut.
  public var golden: String {
    let texts = (0..<size.rows).map { text(row: $0) }
    let roles = (0..<size.rows).map { row in
      String((0..<size.columns).map { self[row, $0].style.under?.letter ?? self[row, $0].style.role.letter })
    }
    return (texts + ["", "--- roles ---"] + roles).map(Self.cutBlanks).joined(separator: "\n") + "\n"
  }

  private static func cutBlanks(_ line: String) -> String {
    var line = Substring(line)
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}
