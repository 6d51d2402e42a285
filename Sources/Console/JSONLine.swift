import Topology

/// One JSON object on one line, written member by member: for what the console copies and saves, of which there is
/// little. Whole machines go through `viable`'s own writer.
struct JSONLine {
  private var members: [String] = []

  mutating func add(_ name: String, string: String?) {
    add(name, raw: string.map(Self.quoted) ?? "null")
  }

  mutating func add(_ name: String, strings: [String]) {
    add(name, raw: "[" + strings.map(Self.quoted).joined(separator: ",") + "]")
  }

  mutating func add(_ name: String, objects: [JSONLine]) {
    add(name, raw: "[" + objects.map(\.text).joined(separator: ",") + "]")
  }

  mutating func add(_ name: String, raw: String) {
    members.append(Self.quoted(name) + ":" + raw)
  }

  var text: String { "{" + members.joined(separator: ",") + "}" }

  /// A JSON string (RFC 8259, section 7): quotes, backslashes and control characters escaped.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default:
        if scalar.value < 0x20 {
          result += "\\u" + Hex.text(scalar.value, atLeast: 4)
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
