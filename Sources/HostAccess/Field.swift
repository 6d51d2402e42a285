/// One word of a line: printable ASCII without blanks, whatever the text is. What is not plain is written as `%XX`,
/// byte by byte, and an empty text as a lone `%`, so that every text has exactly one spelling.
public enum Field {
  /// The word that stands for `text`.
  public static func word(_ text: some StringProtocol) -> String {
    if text.isEmpty { return "%" }
    var word = ""
    for byte in text.utf8 {
      if isPlain(byte) {
        word.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        word += "%" + hex(byte >> 4) + hex(byte & 15)
      }
    }
    return word
  }

  /// The text that a word stands for; nil where it is not how `word` would write it.
  public static func text(_ word: some StringProtocol) -> String? {
    if word == "%" { return "" }
    var bytes: [UInt8] = []
    var rest = Array(word.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
      bytes.append(high << 4 | low)
    }
    guard let text = String(validating: bytes, as: UTF8.self), self.word(text) == word else { return nil }
    return text
  }

  private static func isPlain(_ byte: UInt8) -> Bool { (0x21...0x7e).contains(byte) && byte != UInt8(ascii: "%") }

  private static func hex(_ nibble: UInt8) -> String { String(nibble, radix: 16) }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
