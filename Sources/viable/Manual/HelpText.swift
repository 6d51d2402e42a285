/// The text of `--help` as the parser makes it, put in order.
enum HelpText {
  /// The parser puts a section with a title of its own before the others. What a command takes by itself comes before
  /// what every command takes.
  static func ordered(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let global = lines.firstIndex(of: "GLOBAL OPTIONS:"),
      let own = lines[global...].firstIndex(of: "OPTIONS:")
    else { return text }
    let end = lines[own...].firstIndex(of: "") ?? lines.endIndex
    let section = lines[own..<end] + [""]
    lines.removeSubrange(own..<min(end + 1, lines.endIndex))
    lines.insert(contentsOf: section, at: global)
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}
