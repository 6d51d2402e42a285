/// Breaks sentences into lines.
public enum Paragraph {
  /// `text` in lines of at most `width` columns, broken at blanks; a word longer than a line is broken where the
  /// line ends. Lines after the first begin with `indent` blanks.
  public static func wrap(_ text: String, to width: Int, indent: Int = 0) -> [String] {
    guard width > 0 else { return [] }
    let margin = String(repeating: " ", count: min(indent, width / 2, max(0, width - 2)))
    var lines: [String] = []
    var (line, used) = ("", 0)
    for word in text.split(separator: " ") {
      var rest = word
      while !rest.isEmpty {
        let isFirst = line.isEmpty || line == margin
        let length = Width.of(rest)
        if used + (isFirst ? 0 : 1) + length <= width {
          if !isFirst { line += " " }
          line += rest
          used += (isFirst ? 0 : 1) + length
          break
        }
        if !isFirst {
          lines.append(line)
          (line, used) = (margin, margin.utf8.count)
          continue
        }
        let head = prefix(of: rest, columns: width - used)
        lines.append(line + head)
        rest = rest.dropFirst(head.count)
        (line, used) = (margin, margin.utf8.count)
      }
    }
    if !line.isEmpty && line != margin { lines.append(line) }
    return lines
  }

  /// As much of `text` as fits, one character at least so that breaking always ends.
  private static func prefix(of text: Substring, columns: Int) -> Substring {
    var (end, used) = (text.startIndex, 0)
    while end < text.endIndex {
      let width = Width.of(text[end])
      if used + width > columns, end > text.startIndex { break }
      used += width
      end = text.index(after: end)
    }
    return text[..<end]
  }

  /// `text` with its middle replaced by `…`, for paths: both ends tell something.
  static func cutMiddle(_ text: String, to width: Int) -> String {
    guard Width.of(text) > width else { return text }
    guard width > 2 else { return Width.cut(text, to: width) }
    let tail = (width - 1) * 2 / 3
    var (end, used) = ("", 0)
    for character in text.reversed() {
      let columns = Width.of(character)
      if used + columns > tail { break }
      end.append(character)
      used += columns
    }
    return Width.cut(text, to: width - used) + String(end.reversed())
  }
}
