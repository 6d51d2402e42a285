import Glibc

/// Expected texts in files beside the tests: a person reads them in review, `UPDATE_GOLDENS=1` rewrites them.
public enum Golden {
  /// What came of a comparison.
  public struct Outcome: Sendable, CustomStringConvertible {
    /// Whether the text is what the file says.
    public let matches: Bool
    /// What to read when it is not: the first line that differs, both ways.
    public let description: String
  }

  /// Compares `text` with the file `Goldens/NAME` beside the test file `here`.
  public static func check(_ text: String, _ name: String, here: StaticString = #filePath) -> Outcome {
    let folder = "\(here)".split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let path = folder + "/Goldens/" + name
    if let update = unsafe getenv("UPDATE_GOLDENS"), unsafe String(cString: update) == "1" {
      return write(text, to: path)
    }
    guard let expected = read(path) else {
      return Outcome(matches: false, description: "no golden \(path); UPDATE_GOLDENS=1 writes it")
    }
    return expected == text
      ? Outcome(matches: true, description: "") : Outcome(matches: false, description: difference(expected, text, name))
  }

  private static func difference(_ expected: String, _ text: String, _ name: String) -> String {
    let (want, have) = (lines(expected), lines(text))
    let place = zip(want, have).enumerated().first { $1.0 != $1.1 }?.offset ?? min(want.count, have.count)
    let (wanted, found) = (want.dropFirst(place).first ?? "(end)", have.dropFirst(place).first ?? "(end)")
    return "\(name):\(place + 1) differs\n  expected |\(wanted)|\n  found    |\(found)|\nwhole text found:\n\(text)"
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  private static func read(_ path: String) -> String? {
    guard let file = unsafe fopen(path, "r") else { return nil }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = unsafe fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func write(_ text: String, to path: String) -> Outcome {
    guard let file = unsafe fopen(path, "w") else {
      return Outcome(matches: false, description: "cannot write \(path)")
    }
    defer { unsafe fclose(file) }
    let bytes = Array(text.utf8)
    let written = unsafe fwrite(bytes, 1, bytes.count, file)
    return Outcome(matches: written == bytes.count, description: "short write to \(path)")
  }
}
