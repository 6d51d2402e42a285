import Console

/// A theme as its file has it, before what it inherits is filled in.
struct ThemeDocument {
  /// What a role's table says; a key that is not there leaves what is inherited.
  struct Entry {
    /// The outer nil: not there. The inner nil: the terminal's own colour.
    var foreground: Ink??
    var background: Ink??
    var attributes: Attributes?
    var monochrome: Attributes?
  }

  let document: Document
  private(set) var name = ""
  private(set) var ground: Theme.Ground?
  private(set) var deficiency: Deficiency?
  private(set) var inherits: String?
  private(set) var entries: [Role: Entry] = [:]

  /// Reads the whole document; of several errors the one that stands first in the file is thrown.
  init(_ bytes: [UInt8], file: String) throws(DocumentError) {
    document = try Document(bytes, file: file)
    var errors: [DocumentError] = []
    for key in document.root.keys ?? [] {
      do throws(DocumentError) { try take(key) } catch { errors.append(error) }
    }
    let first = errors.min { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
    if let first { throw first }
    guard !name.isEmpty else {
      throw DocumentError(
        .meaning, file: file, line: 1, key: "name", expected: "name = \"…\", the name that the theme is chosen by",
        found: "no such key")
    }
  }

  /// An error about the theme that this one inherits.
  func errorOfInheritance(expected: String, found: String, suggestion: String? = nil) -> DocumentError {
    document.error(at: DocumentPath().key("inherits"), expected: expected, found: found, suggestion: suggestion)
  }

  // MARK: keys

  private static let head = ["name", "ground", "deficiency", "inherits"]
  private static let roles = Role.allCases.map(\.rawValue)

  private mutating func take(_ key: String) throws(DocumentError) {
    guard let field = document.root[key] else { throw unknown(key, document.root) }
    switch key {
    case "name": name = try Self.name(field)
    case "ground": ground = Theme.Ground(rawValue: try field.word(of: Theme.Ground.allCases.map(\.rawValue)))
    case "deficiency": deficiency = Deficiency(rawValue: try field.word(of: Deficiency.allCases.map(\.rawValue)))
    case "inherits": inherits = try field.string(expected: "the name of another theme")
    default:
      guard let role = Role(rawValue: key) else { throw unknown(key, field) }
      entries[role] = try Self.entry(field)
    }
  }

  private func unknown(_ key: String, _ field: Field) -> DocumentError {
    field.isTable
      ? field.unknownKey(key, among: Self.roles, expected: "a table named after a role, as default-dark.toml has them")
      : field.unknownKey(
        key, among: Self.head + Self.roles,
        expected:
          "one of \(Self.head.joined(separator: ", ")), or a table named after a role, as default-dark.toml has them")
  }

  private static func name(_ field: Field) throws(DocumentError) -> String {
    let expected = "a name of 1 to 40 letters, digits, '-', '_' or '.'"
    let name = try field.string(expected: expected)
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    guard isPlain, (1...40).contains(name.utf8.count) else { throw field.error(expected: expected) }
    return name
  }

  private static func entry(_ field: Field) throws(DocumentError) -> Entry {
    guard let keys = field.keys else { throw field.error(expected: "a table: [\(field.path)]") }
    var entry = Entry()
    let known = ["foreground", "background", "attributes", "mono"]
    for key in keys {
      guard let value = field[key], known.contains(key) else {
        throw (field[key] ?? field).unknownKey(
          key, among: known, expected: "one of \(known.joined(separator: ", "))")
      }
      switch key {
      case "foreground": entry.foreground = .some(try InkReader.ink(value))
      case "background": entry.background = .some(try InkReader.ink(value))
      case "attributes": entry.attributes = try attributes(value)
      default: entry.monochrome = try attributes(value)
      }
    }
    return entry
  }

  private static let words: [(String, Attributes)] = [
    ("bold", .bold), ("dim", .dim), ("reverse", .reverse), ("underline", .underline), ("italic", .italic),
  ]

  private static func attributes(_ field: Field) throws(DocumentError) -> Attributes {
    let names = words.map(\.0)
    guard let items = field.items else {
      throw field.error(expected: "an array of \(names.joined(separator: ", ")), for instance [\"bold\"]")
    }
    var attributes: Attributes = []
    for item in items {
      let word = try item.word(of: names)
      for (name, attribute) in words where name == word { attributes.insert(attribute) }
    }
    return attributes
  }
}
