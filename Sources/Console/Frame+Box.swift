extension Frame {
  /// A box with a title, something at the right of its upper side, and something in its lower side.
  mutating func drawBox(
    _ rect: Rect, _ glyphs: Glyphs, role: Role, title: StyledLine, right: StyledLine = StyledLine(),
    bottom: StyledLine = StyledLine()
  ) {
    let (top, end) = (rect.rows.lowerBound, rect.rows.upperBound - 1)
    let (left, last) = (rect.columns.lowerBound, rect.columns.upperBound - 1)
    let corners = glyphs.corners
    let style = Style(role)
    for column in rect.columns {
      put("─", row: top, column: column, style: style)
      put("─", row: end, column: column, style: style)
    }
    for row in rect.rows {
      put("│", row: row, column: left, style: style)
      put("│", row: row, column: last, style: style)
    }
    for (corner, place) in zip(corners, [(top, left), (top, last), (end, left), (end, last)]) {
      put(corner, row: place.0, column: place.1, style: style)
    }
    drawCaption(title, row: top, column: left + 2, limit: last - 1)
    let start = last - 3 - right.width
    if right.width > 0, start > left + title.width + 4 {
      drawCaption(right, row: top, column: start, limit: last - 1)
    }
    drawCaption(bottom, row: end, column: left + 2, limit: last - 1)
  }

  /// Text in a line of a box, with a blank on both sides.
  mutating func drawCaption(_ text: StyledLine, row: Int, column: Int, limit: Int) {
    guard text.width > 0, limit - column > 2 else { return }
    var caption = StyledLine(" ", .border)
    for span in text.spans { caption.add(span.text, span.role) }
    caption.add(" ", .border)
    draw(caption, row: row, column: column, limit: limit)
  }
}
