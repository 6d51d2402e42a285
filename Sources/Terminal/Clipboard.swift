/// Text for the terminal's clipboard, as the bytes of OSC 52.
struct Clipboard {
  /// How much text terminals are sent at most, in bytes: more is dropped whole by some.
  static let limit = 65_536

  /// What to send.
  let bytes: [UInt8]
  /// Whether the text was longer than `limit`.
  let isCut: Bool

  /// Encodes a text, cut between characters to `limit` bytes.
  init(_ text: String) {
    var text = text
    var kept = Substring(text.utf8.count > Self.limit ? "" : text)
    isCut = text.utf8.count > Self.limit
    if isCut {
      text.makeContiguousUTF8()
      var end = text.utf8.index(text.utf8.startIndex, offsetBy: Self.limit)
      while end > text.startIndex, end.samePosition(in: text) == nil { end = text.utf8.index(before: end) }
      kept = text[..<end]
    }
    bytes = Array("\u{1b}]52;c;".utf8) + Self.base64(Array(kept.utf8)) + [0x07]
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// RFC 4648, section 4.
  static func base64(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 {
        result.append(place <= group.count ? alphabet[value >> (18 - 6 * place) & 63] : 0x3d)
      }
    }
    return result
  }
}
