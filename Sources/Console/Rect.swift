/// A rectangle of cells.
struct Rect: Hashable, Sendable {
  /// Uppermost row.
  var row: Int
  /// Leftmost column.
  var column: Int
  /// Height; a rectangle without rows or columns holds nothing.
  var rows: Int
  /// Width.
  var columns: Int

  /// The row below the last one.
  var endRow: Int { row + rows }
  /// The column right of the last one.
  var endColumn: Int { column + columns }
  /// Its columns as a range, empty when there are none.
  var columnRange: Range<Int> { column..<max(column, endColumn) }
  /// Its rows as a range, empty when there are none.
  var rowRange: Range<Int> { row..<max(row, endRow) }

  /// Whether a cell lies inside.
  func contains(_ point: Point) -> Bool {
    rowRange.contains(point.row) && columnRange.contains(point.column)
  }

  /// Whether any cell lies in both.
  func intersects(_ other: Rect) -> Bool {
    rowRange.overlaps(other.rowRange) && columnRange.overlaps(other.columnRange)
  }

  /// The same, smaller by so much on each side.
  func inset(top: Int = 0, left: Int = 0, bottom: Int = 0, right: Int = 0) -> Rect {
    Rect(
      row: row + top, column: column + left, rows: max(0, rows - top - bottom),
      columns: max(0, columns - left - right))
  }
}
