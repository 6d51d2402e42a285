import Console
import Topology

/// Reads colours: `"#ff8700"`, `"256:208"`, `"16:magenta"`, an array of up to three of these, or a table
/// `{ rgb = "#ff8700", 256 = 208, 16 = "magenta" }`. `"default"` is the terminal's own colour.
enum InkReader {
  /// nil is the terminal's own colour.
  static func ink(_ field: Field) throws(DocumentError) -> Ink? {
    if let items = field.items { return try ink(ofItems: items, field) }
    if let keys = field.keys { return try ink(ofTable: field, keys) }
    guard let text = field.string else { throw field.error(expected: one + ", an array or a table of them") }
    if text == "default" { return nil }
    var ink = Ink()
    try add(text, to: &ink, field)
    return ink
  }

  private static let one = "\"#rrggbb\", \"256:N\" with N from 0 to 255, \"16:NAME\" or \"default\""
  private static let names = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "bright-black", "bright-red",
    "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan", "bright-white",
  ]

  private static func ink(ofItems items: [Field], _ field: Field) throws(DocumentError) -> Ink? {
    guard (1...3).contains(items.count) else {
      throw field.error(expected: "one to three colours, each for another depth")
    }
    var ink = Ink()
    for item in items {
      guard let text = item.string, text != "default" else {
        throw item.error(expected: "\"#rrggbb\", \"256:N\" with N from 0 to 255, or \"16:NAME\"")
      }
      try add(text, to: &ink, item)
    }
    return ink
  }

  /// Adds one colour in its text form.
  private static func add(_ text: String, to ink: inout Ink, _ field: Field) throws(DocumentError) {
    if text.hasPrefix("#") {
      guard ink.rgb == nil else { throw again(field, "\"#rrggbb\"") }
      ink.rgb = try rgb(text, field)
    } else if text.hasPrefix("256:") {
      guard ink.indexed == nil else { throw again(field, "\"256:N\"") }
      guard let index = number(text.dropFirst(4)) else { throw field.error(expected: "\"256:N\" with N from 0 to 255") }
      ink.indexed = index
    } else if text.hasPrefix("16:") {
      guard ink.basic == nil else { throw again(field, "\"16:NAME\"") }
      ink.basic = try basic(String(text.dropFirst(3)), prefix: "16:", field)
    } else {
      let isName = names.contains(text)
      throw field.error(expected: one, suggestion: isName ? "\"16:\(text)\"" : nil)
    }
  }

  private static func again(_ field: Field, _ form: String) -> DocumentError {
    field.error(expected: "one colour a depth, and \(form) was given already")
  }

  private static func ink(ofTable field: Field, _ keys: [String]) throws(DocumentError) -> Ink {
    let known = ["rgb", "256", "16"]
    guard !keys.isEmpty else { throw field.error(expected: "at least one of \(known.joined(separator: ", "))") }
    var ink = Ink()
    for key in keys {
      guard let value = field[key] else {
        throw field.unknownKey(key, among: known, expected: "one of \(known.joined(separator: ", "))")
      }
      switch key {
      case "rgb": ink.rgb = try rgb(try value.string(expected: "\"#rrggbb\""), value)
      case "256":
        guard let number = value.integer.flatMap(UInt8.init(exactly:)) else {
          throw value.error(expected: "an integer from 0 to 255")
        }
        ink.indexed = number
      case "16": ink.basic = try basic(try value.string(expected: "the name of a colour"), prefix: "", value)
      default: throw value.unknownKey(key, among: known, expected: "one of \(known.joined(separator: ", "))")
      }
    }
    return ink
  }

  private static func rgb(_ text: String, _ field: Field) throws(DocumentError) -> UInt32 {
    var value: UInt32 = 0
    var digits = 0
    for byte in text.utf8.dropFirst() {
      guard digits < 6, let digit = Hex.digit(byte) else { break }
      value = value << 4 | UInt32(digit)
      digits += 1
    }
    guard text.hasPrefix("#"), digits == 6, text.utf8.count == 7 else {
      throw field.error(expected: "\"#rrggbb\", six hexadecimal digits")
    }
    return value
  }

  /// 0...255 in decimal digits alone: no sign, no blanks.
  private static func number(_ text: Substring) -> UInt8? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? UInt8(text) : nil
  }

  private static func basic(_ name: String, prefix: String, _ field: Field) throws(DocumentError) -> UInt8 {
    guard let index = names.firstIndex(of: name) else {
      throw field.error(
        expected:
          "\"\(prefix)NAME\" with NAME one of \(names.prefix(8).joined(separator: ", ")), or bright- and one of them",
        suggestion: Suggestion.nearest(to: name, among: names).map { "\"\(prefix)\($0)\"" })
    }
    return UInt8(index)
  }
}
