/// A rectangle of cells.
struct Rect: Hashable, Sendable {
  /// From the top.
  var rows: Range<Int>
  /// From the left.
  var columns: Range<Int>

  /// Whether a cell lies inside.
  func contains(_ point: Point) -> Bool { rows.contains(point.row) && columns.contains(point.column) }

  /// The same, smaller by so much on each side; empty rather than inside out.
  func inset(top: Int = 0, left: Int = 0, bottom: Int = 0, right: Int = 0) -> Rect {
    let (row, column) = (rows.lowerBound + top, columns.lowerBound + left)
    return Rect(
      rows: row..<max(row, rows.upperBound - bottom), columns: column..<max(column, columns.upperBound - right))
  }
}
