/// The one function that whatever a person reads passes: names from hardware, files and the environment may hold
/// escape sequences, bidi overrides and towers of combining marks, and must neither act nor break a column.
public enum Clean {
  /// `text` with everything that acts on a terminal or on the order of letters made visible:
  /// control characters and DEL as `\x1b`, C1 controls alike, format controls as `\u{202e}`;
  /// a mark without a base gets a dotted circle, and a base keeps at most two marks.
  @inlinable
  public static func visible(_ text: some StringProtocol) -> String { visible(String(text)) }

  /// The same of a whole text, which mostly is visible as it is.
  public static func visible(_ text: String) -> String { isPlain(text.utf8.span) ? text : cleaned(text) }

  /// Whether bytes are printable ASCII and nothing else.
  public static func isPlain(_ bytes: Span<UInt8>) -> Bool {
    for place in 0..<bytes.count where bytes[place] &- 0x20 >= 0x5f { return false }
    return true
  }

  private static func cleaned(_ text: String) -> String {
    var result = ""
    var marks = 0
    for scalar in text.unicodeScalars {
      switch kind(of: scalar) {
      case .plain:
        result.unicodeScalars.append(scalar)
        marks = 0
      case .mark:
        if result.isEmpty { result = "\u{25cc}" }
        if marks < limitOfMarks { result.unicodeScalars.append(scalar) }
        marks += 1
      case .acting:
        result += escape(scalar)
        marks = 0
      }
    }
    return result
  }

  /// The same from bytes that claim to be UTF-8; what is not becomes U+FFFD.
  public static func visible(bytes: some Collection<UInt8>) -> String {
    visible(String(decoding: bytes, as: UTF8.self))
  }

  private static let limitOfMarks = 2

  private enum Kind { case plain, mark, acting }

  private static func kind(of scalar: Unicode.Scalar) -> Kind {
    switch scalar.value {
    case 0x20..<0x7f: return .plain
    case 0..<0x20, 0x7f..<0xa0: return .acting
    default: break
    }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark: return .mark
    case .format, .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
      return .acting
    default: return .plain
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    scalar.value < 0x100
      ? "\\x" + Hex.text(scalar.value, atLeast: 2) : "\\u{" + Hex.text(scalar.value, atLeast: 4) + "}"
  }
}
