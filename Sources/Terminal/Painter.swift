import CTerminal
import Console

/// Copies frames to the open session.
struct Painter {
  private struct Ready {
    var attributes: UInt32
    var pair: Int32
  }

  private var palette: Palette
  private let isUTF8: Bool
  private var pairs = Pairs()
  private var ready: [Style: Ready] = [:]
  private var run: [UInt32] = []
  private var shown: Frame?

  init(palette: Palette, isUTF8: Bool) {
    self.palette = palette
    self.isUTF8 = isUTF8
  }

  /// Other looks for the same roles, from the next frame on.
  mutating func use(_ palette: Palette) {
    guard palette != self.palette else { return }
    self.palette = palette
    ready.removeAll()
    shown = nil
    if pairs.isCrowded { pairs.forget() }
  }

  /// The terminal no longer shows what was painted last.
  mutating func distrust() { shown = nil }

  /// Shows a frame, clipped to the terminal's size. One that is shown already costs no output at all.
  mutating func paint(_ frame: Frame, on size: Size) {
    guard frame != shown else { return }
    ct_erase()
    let columns = min(frame.size.columns, size.columns)
    for row in 0..<min(frame.size.rows, size.rows) { paint(frame, row: row, columns: columns) }
    place(frame, on: size)
    ct_flush()
    shown = frame
  }

  private func place(_ frame: Frame, on size: Size) {
    let point = frame.cursor ?? Point(row: size.rows - 1, column: 0)
    let (row, column) = (min(max(point.row, 0), size.rows - 1), min(max(point.column, 0), size.columns - 1))
    ct_cursor(Int32(row), Int32(column), frame.showsCursor && frame.cursor != nil)
  }

  /// One row: runs of one style go out together; whatever is not ASCII ends its run, so that no doubt about a
  /// character's width can move what follows it.
  private mutating func paint(_ frame: Frame, row: Int, columns: Int) {
    var start = 0
    var style = Style(.text)
    run.removeAll(keepingCapacity: true)
    for column in 0..<columns {
      let cell = frame[row, column]
      if cell.character == Cell.rightHalf { continue }
      if run.isEmpty || cell.style != style || start + run.count != column {
        flush(row: row, column: start, style: style)
        (start, style) = (column, cell.style)
      }
      if let ascii = cell.character.asciiValue {
        run.append(ascii >= 0x20 && ascii < 0x7f ? UInt32(ascii) : 0x3f)
        continue
      }
      flush(row: row, column: start, style: style)
      let isWide = column + 1 < frame.size.columns && frame[row, column + 1].character == Cell.rightHalf
      appendScalars(of: cell.character, width: isWide ? 2 : 1, fits: column + (isWide ? 2 : 1) <= columns)
      flush(row: row, column: column, style: cell.style)
    }
    flush(row: row, column: start, style: style)
  }

  /// A character as this terminal can show it: `?` where the locale or the C library does not have it, blanks where
  /// its right half lies outside.
  private mutating func appendScalars(of character: Character, width: Int, fits: Bool) {
    var scalars = character.unicodeScalars.makeIterator()
    guard let base = scalars.next() else { return }
    guard fits else {
      run.append(0x20)
      return
    }
    guard isUTF8, ct_width(base.value) == Int32(width) else {
      run.append(0x3f)
      if width == 2 { run.append(0x20) }
      return
    }
    run.append(base.value)
    while let mark = scalars.next() {
      if ct_width(mark.value) == 0 { run.append(mark.value) }
    }
  }

  private mutating func flush(row: Int, column: Int, style: Style) {
    guard !run.isEmpty else { return }
    let look = look(of: style)
    unsafe run.withUnsafeBufferPointer { scalars in
      guard let first = scalars.baseAddress else { return }
      unsafe ct_put(Int32(row), Int32(column), first, scalars.count, look.attributes, look.pair)
    }
    run.removeAll(keepingCapacity: true)
  }

  private mutating func look(of style: Style) -> Ready {
    if let known = ready[style] { return known }
    let look = palette.look(of: style)
    let made = Ready(attributes: look.attributes.bits, pair: pairs.number(of: look))
    ready[style] = made
    return made
  }
}

extension Attributes {
  /// The same in the shim's bits.
  fileprivate var bits: UInt32 {
    var bits: UInt32 = 0
    if contains(.bold) { bits |= UInt32(CT_BOLD) }
    if contains(.dim) { bits |= UInt32(CT_DIM) }
    if contains(.reverse) { bits |= UInt32(CT_REVERSE) }
    if contains(.underline) { bits |= UInt32(CT_UNDERLINE) }
    if contains(.italic) { bits |= UInt32(CT_ITALIC) }
    return bits
  }
}
