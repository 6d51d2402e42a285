import HostAccess
import Topology

/// One file of modprobe.d(5), as far as it says who drives a function.
enum ModprobeText {
  /// Its statements about vfio-pci's ids, blacklisted modules and soft dependencies, with their lines.
  static func statements(_ text: String, at path: String) -> [Configured.Statement] {
    lines(text).compactMap { line, words in
      guard let what = what(words) else { return nil }
      return Configured.Statement(what, Configured.Source(path, line: line))
    }
  }

  private static let nothings: Set<Substring> = [
    "/bin/false", "/bin/true", "/usr/bin/false", "/usr/bin/true", "false", "true", ":",
  ]

  private static func what(_ words: [Substring]) -> Configured.What? {
    guard words.count >= 2 else { return nil }
    switch words[0] {
    case "options" where Configured.folded(String(words[1])) == "vfio_pci":
      let values = words.dropFirst(2).filter { $0.hasPrefix("ids=") }.map { $0.dropFirst("ids=".count) }
      let ids = values.flatMap { $0.split { $0 == "," || $0 == "\"" } }.compactMap { IDPattern(String($0)) }
      return ids.isEmpty ? nil : .vfioIDs(ids)
    case "blacklist": return .blacklist(String(words[1]))
    // A command that does nothing in place of loading it.
    case "install" where words.count == 3 && nothings.contains(words[2]): return .blacklist(String(words[1]))
    case "softdep":
      var before: [String] = []
      var isBefore = false
      for word in words.dropFirst(2) {
        if word.hasSuffix(":") { isBefore = word == "pre:" } else if isBefore { before.append(String(word)) }
      }
      return before.isEmpty ? nil : .softdep(String(words[1]), before: before)
    default: return nil
    }
  }

  /// Words by line; a line that ends with a backslash goes on in the next one.
  private static func lines(_ text: String) -> [(Int, [Substring])] {
    var found: [(Int, [Substring])] = []
    var open: (line: Int, words: [Substring])?
    for (place, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let goesOn = line.hasSuffix("\\")
      let words = (goesOn ? line.dropLast() : line).split { $0 == " " || $0 == "\t" || $0 == "\r" }
      let whole = (line: open?.line ?? place + 1, words: (open?.words ?? []) + words)
      if goesOn {
        open = whole
        continue
      }
      open = nil
      if let first = whole.words.first, !first.hasPrefix("#") { found.append(whole) }
    }
    if let open { found.append(open) }
    return found
  }
}
