import Topology

/// Goes once through the bytes of a TOML document and tells an index where keys and values stand. It knows just
/// enough of the grammar not to take a comment, a string or an array for something else.
struct DocumentScan {
  private let bytes: [UInt8]
  private var offset = 0
  private var place = DocumentIndex.Place(line: 1, column: 1)

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func document(into index: inout DocumentIndex) {
    var table = 0
    while index.finding == nil {
      skip { Self.isBlank($0) || $0 == Self.newline }
      guard let byte = peek else { return }
      index.statement = offset
      switch byte {
      case UInt8(ascii: "#"): break
      case UInt8(ascii: "["): table = header(into: &index) ?? table
      default: pair(below: table, into: &index)
      }
      skipLine()
    }
  }

  // MARK: bytes

  private static let newline = UInt8(ascii: "\n")
  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }

  private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }
  private func isNext(_ text: StaticString) -> Bool {
    let wanted = "\(text)".utf8
    return bytes.count - offset >= wanted.count && bytes[offset..<offset + wanted.count].elementsEqual(wanted)
  }

  private mutating func step() {
    let byte = bytes[offset]
    offset += 1
    if byte == Self.newline {
      place = .init(line: place.line + 1, column: 1)
    } else if offset >= bytes.count || bytes[offset] & 0xc0 != 0x80 {
      place.column += 1
    }
  }

  private mutating func step(_ count: Int) {
    for _ in 0..<count where offset < bytes.count { step() }
  }

  private mutating func skip(while holds: (UInt8) -> Bool) {
    while let byte = peek, holds(byte) { step() }
  }

  private mutating func skipLine() { skip { $0 != Self.newline } }

  /// Blanks, line ends and comments between the parts of an array or an inline table, and its commas.
  private mutating func skipBetween() {
    while let byte = peek {
      if Self.isBlank(byte) || byte == Self.newline || byte == UInt8(ascii: ",") {
        step()
      } else if byte == UInt8(ascii: "#") {
        skipLine()
      } else {
        return
      }
    }
  }
}

extension DocumentScan {
  /// `[a.b]` or `[[a.b]]`; the table that the pairs below it belong to.
  private mutating func header(into index: inout DocumentIndex) -> Int? {
    let isArray = isNext("[[")
    let start = place
    step(isArray ? 2 : 1)
    skip { $0 == 0x20 || $0 == 0x09 }
    if let byte = peek, !Self.isBareKey(byte), !"\"']".utf8.contains(byte) {
      index.note(.headerWithoutKey, at: place, offset: offset)
    }
    guard let node = key(below: 0, into: &index) else { return nil }
    guard isArray else { return node }
    return index.item(of: node, at: start)
  }

  /// Whether a key without quotes may hold it.
  static func isBareKey(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// `key = value`
  private mutating func pair(below table: Int, into index: inout DocumentIndex) {
    guard let node = key(below: table, into: &index), peek == UInt8(ascii: "=") else { return }
    step()
    value(of: node, into: &index)
  }

  /// A dotted key, its parts bare or quoted; the node it leads to.
  private mutating func key(below table: Int, into index: inout DocumentIndex) -> Int? {
    var node = table
    while true {
      skip(while: Self.isBlank)
      let start = place
      guard let part = keyPart(into: &index), let next = index.child(part, of: node, at: start) else { return nil }
      node = next
      skip(while: Self.isBlank)
      guard peek == UInt8(ascii: ".") else { return node }
      step()
    }
  }

  private mutating func keyPart(into index: inout DocumentIndex) -> String? {
    if let byte = peek, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return string(into: &index) }
    let start = offset
    skip { byte in
      switch byte {
      case UInt8(ascii: "."), UInt8(ascii: "="), UInt8(ascii: "]"), UInt8(ascii: "["), UInt8(ascii: "#"),
        UInt8(ascii: ","), UInt8(ascii: "{"), UInt8(ascii: "}"), Self.newline:
        false
      default: !Self.isBlank(byte)
      }
    }
    return offset == start ? nil : String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  /// A value of any kind. `index` refuses to go deeper than it allows, which ends the recursion.
  private mutating func value(of node: Int, into index: inout DocumentIndex) {
    skip(while: Self.isBlank)
    index.note(value: place, of: node)
    switch peek {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): _ = string(into: &index)
    case UInt8(ascii: "["): array(of: node, into: &index)
    case UInt8(ascii: "{"): inlineTable(of: node, into: &index)
    default:
      skip { byte in
        byte != UInt8(ascii: ",") && byte != UInt8(ascii: "]") && byte != UInt8(ascii: "}") && byte != UInt8(ascii: "#")
          && byte != Self.newline
      }
    }
  }

  private mutating func array(of node: Int, into index: inout DocumentIndex) {
    step()
    while true {
      skipBetween()
      let start = offset
      guard let byte = peek, byte != UInt8(ascii: "]"), let item = index.item(of: node, at: place) else { break }
      if Self.endsValue(bytes[offset...].prefix(3)) { index.note(.itemWithoutValue, at: place, offset: offset) }
      value(of: item, into: &index)
      guard offset > start else { break }
    }
    if peek == UInt8(ascii: "]") { step() }
  }

  /// `}`, or the line ends beyond ASCII: U+0085, U+2028, U+2029.
  private static func endsValue(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.first == UInt8(ascii: "}") || bytes.starts(with: [0xc2, 0x85]) || bytes.starts(with: [0xe2, 0x80, 0xa8])
      || bytes.starts(with: [0xe2, 0x80, 0xa9])
  }

  private mutating func inlineTable(of node: Int, into index: inout DocumentIndex) {
    step()
    while true {
      skipBetween()
      guard let byte = peek, byte != UInt8(ascii: "}") else { break }
      let start = offset
      pair(below: node, into: &index)
      guard offset > start else { break }
    }
    if peek == UInt8(ascii: "}") { step() }
  }
}

extension DocumentScan {
  /// Any of the four kinds of string, the scan standing on its first quote; its text, escapes resolved.
  private mutating func string(into index: inout DocumentIndex) -> String {
    let quote = bytes[offset]
    let isLiteral = quote == UInt8(ascii: "'")
    let isLong = isNext(isLiteral ? "'''" : "\"\"\"")
    step(isLong ? 3 : 1)
    var text: [UInt8] = []
    while let byte = peek {
      if byte == quote {
        guard isLong else {
          step()
          break
        }
        let run = bytes[offset...].prefix(5).prefix { $0 == quote }.count
        step(run)
        // Up to two quotes may stand before the closing three.
        if run >= 3 { break }
        text += Array(repeating: quote, count: run)
      } else if byte == UInt8(ascii: "\\"), !isLiteral {
        escape(onto: &text, into: &index)
      } else if byte == Self.newline, !isLong {
        break
      } else {
        text.append(byte)
        step()
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func escape(onto text: inout [UInt8], into index: inout DocumentIndex) {
    let start = place
    step()
    guard let byte = peek else { return }
    step()
    switch byte {
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "e"): text.append(0x1b)
    case UInt8(ascii: "u"), UInt8(ascii: "U"), UInt8(ascii: "x"):
      let digits = byte == UInt8(ascii: "x") ? 2 : byte == UInt8(ascii: "u") ? 4 : 8
      let value = hexadecimal(digits: digits)
      if value == 0 { index.note(.zeroEscape, at: start, offset: offset) }
      if let scalar = value.flatMap(Unicode.Scalar.init) { text += Array(String(scalar).utf8) }
    default: text.append(byte)
    }
  }

  private mutating func hexadecimal(digits: Int) -> UInt32? {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let byte = peek, let digit = Hex.digit(byte) else { return nil }
      value = value << 4 | UInt32(digit)
      step()
    }
    return value
  }
}
