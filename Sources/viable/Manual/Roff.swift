/// Writes man(7) source: what a dash, a dot or a backslash means there is settled here once.
struct Roff {
  private(set) var text = ""
  /// Whether a heading has just been written: a paragraph request would be idle there.
  private var isFresh = false

  /// A request line; its arguments are quoted where they need it.
  mutating func request(_ name: String, _ arguments: String...) {
    let quoted = arguments.map { $0.contains(" ") || $0.isEmpty ? "\"\($0)\"" : $0 }
    text += ([".\(name)"] + quoted).joined(separator: " ") + "\n"
    isFresh = name == "SH" || name == "SS"
  }

  /// A heading.
  mutating func section(_ title: String) { request("SH", title) }
  /// A heading below it.
  mutating func subsection(_ title: String) { request("SS", Self.escape(title)) }

  /// A paragraph of running text.
  mutating func paragraph(_ words: String) {
    if !isFresh { request("PP") }
    fill(words)
  }

  /// A term in bold and what it means.
  mutating func term(_ term: String, _ meaning: String) {
    request("TP")
    line("\\fB" + Self.escape(term) + "\\fR")
    fill(meaning)
  }

  /// Lines as they are, in the font of examples.
  mutating func example(_ lines: some Sequence<Substring>) {
    request("RS", "4")
    request("sp")
    request("nf")
    for each in lines { line(Self.escape(each)) }
    request("fi")
    request("RE")
  }

  /// Running text in source lines of at most 80 bytes, where its words allow.
  private mutating func fill(_ words: String) {
    var row = ""
    for word in words.split(separator: " ").map({ Self.escape($0) }) {
      if !row.isEmpty, row.utf8.count + 1 + word.utf8.count > 80 {
        line(row)
        row = ""
      }
      row += row.isEmpty ? word : " " + word
    }
    if !row.isEmpty { line(row) }
  }

  /// A line of source that is escaped already.
  mutating func line(_ source: String) {
    // A line that begins with a dot or an apostrophe would be a request.
    let first = source.first
    text += (first == "." || first == "'" ? "\\&" : "") + source + "\n"
    isFresh = false
  }

  /// Makes text mean itself.
  static func escape(_ words: some StringProtocol) -> String {
    var result = ""
    for character in words {
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "'": result += "\\(aq"
      case "^": result += "\\(ha"
      case "~": result += "\\(ti"
      case "`": result += "\\(ga"
      default: result.append(character)
      }
    }
    return result
  }
}
