import TOMLKit

/// A value in a document together with its path, so that whoever finds it wrong can say where it stands.
struct Field {
  let document: Document
  let path: DocumentPath
  private let value: any TOMLValueConvertible

  init(document: Document, path: DocumentPath, value: any TOMLValueConvertible) {
    self.document = document
    self.path = path
    self.value = value
  }

  // MARK: what it is

  var string: String? { value.string }
  var integer: Int? { value.int }
  var boolean: Bool? { value.bool }
  var isTable: Bool { value.type == .table }

  /// The items, when it is an array.
  var items: [Field]? {
    guard let array = value.array else { return nil }
    return array.indices.map { Field(document: document, path: path.item($0), value: array[$0]) }
  }

  /// The keys in the order of the text, when it is a table.
  var keys: [String]? {
    guard let keys = value.table?.keys else { return nil }
    let places = keys.map { (document.index.keyPlace(of: path.key($0)), $0) }
    return places.sorted { left, right in
      guard let first = left.0, let second = right.0, first != second else { return left.1 < right.1 }
      return first < second
    }.map(\.1)
  }

  /// The field under a key, when it is a table that has it.
  subscript(key: String) -> Field? {
    guard let value = value.table?[key] else { return nil }
    return Field(document: document, path: path.key(key), value: value)
  }

  // MARK: what it should be

  func string(expected: String) throws(DocumentError) -> String {
    guard let string else { throw error(expected: expected) }
    return string
  }

  func flag() throws(DocumentError) -> Bool {
    guard let boolean else { throw error(expected: "true or false") }
    return boolean
  }

  func number(in range: ClosedRange<Int>) throws(DocumentError) -> Int {
    guard let integer, range.contains(integer) else {
      throw error(expected: "an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return integer
  }

  func strings(expected: String) throws(DocumentError) -> [String] {
    guard let items else { throw error(expected: expected) }
    var strings: [String] = []
    for item in items { strings.append(try item.string(expected: expected)) }
    return strings
  }

  /// The fields of a table that has no other keys than `known`.
  func fields(among known: [String], expected: String) throws(DocumentError) -> [String: Field] {
    guard let keys else { throw error(expected: expected) }
    var fields: [String: Field] = [:]
    for key in keys {
      guard known.contains(key) else {
        throw (self[key] ?? self).unknownKey(key, among: known, expected: "one of " + known.joined(separator: ", "))
      }
      fields[key] = self[key]
    }
    return fields
  }

  /// An error about a key that ought to be in this table.
  func missing(_ key: String, expected: String) -> DocumentError {
    document.error(at: path.key(key), expected: expected, found: "no such key")
  }

  /// One of `words`, or an error that lists them and guesses which was meant.
  func word(of words: [String]) throws(DocumentError) -> String {
    let expected = "one of " + words.joined(separator: ", ")
    let word = try string(expected: expected)
    guard words.contains(word) else {
      throw error(expected: expected, suggestion: Suggestion.nearest(to: word, among: words))
    }
    return word
  }

  /// An error about this value.
  func error(expected: String, suggestion: String? = nil) -> DocumentError {
    document.error(at: path, expected: expected, found: found, suggestion: suggestion)
  }

  /// An error about this value's key.
  func unknownKey(_ name: String, among known: [String], expected: String) -> DocumentError {
    document.error(
      at: path, onKey: true, expected: expected, found: "\"\(Document.shortened(name))\"",
      suggestion: Suggestion.nearest(to: name, among: known))
  }

  /// The value in a few words: its type, and itself when it is short.
  private var found: String {
    switch value.type {
    case .string: "\"\(Document.shortened(value.string ?? ""))\""
    case .int: value.int.map { "the integer \($0)" } ?? "an integer"
    case .double: "a floating-point number"
    case .bool: value.bool.map { "\($0)" } ?? "a boolean"
    case .array: value.array.map { $0.isEmpty ? "an empty array" : "an array" } ?? "an array"
    case .table: "a table"
    case .date, .time, .dateTime: "a date or time"
    }
  }
}
