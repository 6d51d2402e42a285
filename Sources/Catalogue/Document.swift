import TOMLKit
import Topology

/// A TOML text that was read: its values, and where they stand.
struct Document {
  /// How it was named to us.
  let file: String
  let index: DocumentIndex
  private let table: TOMLTable

  /// Bytes to values. Whatever the bytes are, the answer is a document or an error.
  init(_ bytes: [UInt8], file: String) throws(DocumentError) {
    self.file = file
    let (text, body) = try Self.text(bytes, file: file)
    index = DocumentIndex(body)
    if let finding = index.finding {
      // What toml++ has to say of the text before comes first, as it would without the hazard.
      _ = try Self.parse(String(decoding: body[..<finding.statement], as: UTF8.self), file: file)
      throw Self.error(finding, in: body, file: file)
    }
    table = try Self.parse(text, file: file)
  }

  private static func parse(_ text: String, file: String) throws(DocumentError) -> TOMLTable {
    do {
      return try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      throw DocumentError(
        .syntax, file: file, line: error.source.begin.line, column: error.source.begin.column, expected: "TOML",
        found: shortened(plain(error.description)))
    } catch {
      throw DocumentError(.syntax, file: file, expected: "TOML", found: "\(error)")
    }
  }

  /// toml++'s sentences begin with "Error while parsing", which reads badly after "found".
  private static func plain(_ sentence: String) -> String {
    let opening = "Error while parsing "
    return sentence.hasPrefix(opening) ? "a mistake in this " + sentence.dropFirst(opening.count) : sentence
  }

  /// The whole document as a table.
  var root: Field { Field(document: self, path: DocumentPath(), value: table) }

  /// An error about the value at `path`, or about its key.
  func error(
    at path: DocumentPath, onKey: Bool = false, expected: String, found: String, suggestion: String? = nil
  ) -> DocumentError {
    let place = onKey ? index.keyPlace(of: path) : index.place(of: path)
    return DocumentError(
      .meaning, file: file, line: place?.line ?? 1, column: place?.column, key: path.description, expected: expected,
      found: found, suggestion: suggestion)
  }

  // MARK: text

  private static let mark: [UInt8] = [0xef, 0xbb, 0xbf]

  /// UTF-8 without its byte-order mark, both as a string and as bytes.
  private static func text(_ bytes: [UInt8], file: String) throws(DocumentError) -> (String, [UInt8]) {
    let body = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
    guard body.count <= DocumentFile.limit else {
      throw DocumentError(
        .unreadable, file: file, expected: "at most \(DocumentFile.limit) bytes", found: "\(body.count)")
    }
    if body.starts(with: [0xff, 0xfe]) || body.starts(with: [0xfe, 0xff]) {
      throw DocumentError(.unreadable, file: file, line: 1, expected: "UTF-8 text", found: "UTF-16")
    }
    if let zero = body.firstIndex(of: 0) {
      throw DocumentError(
        .unreadable, file: file, line: line(of: zero, in: body), expected: "text", found: "a zero byte: a binary file?")
    }
    guard let text = String(validating: body, as: UTF8.self) else {
      throw DocumentError(
        .unreadable, file: file, line: firstBrokenLine(of: body), expected: "UTF-8 text",
        found: "bytes that are no UTF-8")
    }
    return (text, body)
  }

  private static func line(of offset: Int, in bytes: [UInt8]) -> Int {
    bytes[..<offset].count { $0 == UInt8(ascii: "\n") } + 1
  }

  private static func firstBrokenLine(of bytes: [UInt8]) -> Int? {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }.map { $0 + 1 }
  }

  private static func error(_ finding: DocumentIndex.Finding, in body: [UInt8], file: String) -> DocumentError {
    let scalar = String(decoding: body[finding.offset...].prefix(4), as: UTF8.self).unicodeScalars.first
    let here = scalar.map { $0 == "\n" || $0 == "\r" ? "the end of the line" : "'\($0)'" } ?? "the end"
    let (expected, found) =
      switch finding.hazard {
      case .tooDeep: ("at most \(DocumentIndex.deepest) levels of nesting", "more")
      case .zeroEscape: ("a string without the zero character", "an escape for it")
      case .headerWithoutKey: ("the name of a table: letters, digits, '-', '_', or in quotes", here)
      case .itemWithoutValue: ("a value or ']'", here)
      }
    return DocumentError(
      .syntax, file: file, line: finding.place.line, column: finding.place.column, expected: expected, found: found)
  }

  /// A piece of somebody's text, short enough for a message.
  static func shortened(_ text: String) -> String {
    text.unicodeScalars.count <= 120 ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(120))) + "…"
  }
}
