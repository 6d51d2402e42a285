import Console

/// Text on its way out, as UTF-8: a report appends, and whole blocks of 64 KiB leave for the output.
struct Page {
  /// How the text may look.
  let look: Look
  /// What has not left yet; all of it where there is no output.
  private(set) var bytes: [UInt8] = []
  /// Columns used on the current line.
  private(set) var column = 0
  private let output: Output?

  /// A page for an output, or one that keeps everything.
  init(_ look: Look, to output: Output? = nil) {
    self.look = look
    self.output = output
    bytes.reserveCapacity(output == nil ? 0 : Self.block + 4096)
  }

  private static let block = 65536

  /// Appends clean text.
  mutating func put(_ text: String) {
    let start = bytes.count
    bytes.append(contentsOf: text.utf8)
    if Self.isASCII(text.utf8.span) {
      column += bytes.count - start
    } else {
      if look.isASCII { squeeze(from: start) }
      column += look.isASCII ? bytes.count - start : Width.of(text)
    }
  }

  private static func isASCII(_ bytes: Span<UInt8>) -> Bool {
    var all: UInt8 = 0
    for place in 0..<bytes.count { all |= bytes[place] }
    return all < 0x80
  }

  /// Appends text in a role's colours, when there are colours.
  mutating func put(_ text: String, _ role: Role) {
    let escape = look.inks.escape(for: role)
    bytes += escape
    put(text)
    if !escape.isEmpty { bytes += Inks.plain }
  }

  /// Appends blanks up to a column, at least one when anything stands before it.
  mutating func tab(to target: Int) {
    let blanks = max(column == 0 ? 0 : 1, target - column)
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: blanks))
    column += blanks
  }

  /// Appends text, cut where the line would not fit the screen any more.
  mutating func putLast(_ text: String, _ role: Role = .text) {
    guard let columns = look.columns else { return put(text, role) }
    put(Width.cut(text, to: max(0, columns - column), mark: look.isASCII ? ">" : "…"), role)
  }

  /// Ends the line, and lets a full block go. Nothing but blanks at its end is kept.
  mutating func endLine() {
    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    bytes.append(UInt8(ascii: "\n"))
    column = 0
    if bytes.count >= Self.block { flush() }
  }

  /// A whole line.
  mutating func line(_ text: String, _ role: Role = .text) {
    put(text, role)
    endLine()
  }

  /// Appends a byte that is no part of a person's text.
  mutating func append(raw byte: UInt8) { bytes.append(byte) }

  /// Appends bytes that are no line of a person's text.
  mutating func append(raw text: String) { bytes.append(contentsOf: text.utf8) }

  /// The same of bytes that are in the program.
  mutating func append(raw text: StaticString) {
    unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Lets everything go.
  mutating func flush() {
    guard let output else { return }
    output.write(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  /// Everything so far, as text.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// One question mark for each character that ASCII lacks.
  private mutating func squeeze(from start: Int) {
    let text = String(decoding: bytes[start...], as: UTF8.self)
    bytes.removeSubrange(start...)
    for character in text { bytes.append(character.asciiValue ?? UInt8(ascii: "?")) }
  }
}
