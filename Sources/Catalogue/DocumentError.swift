import Topology

/// What is wrong with a text that a person wrote, a theme or a scenario: which file, where, what was expected.
public struct DocumentError: Error, Hashable, Sendable {
  /// Sorts of trouble, since they end with different exit codes.
  public enum Sort: Hashable, Sendable {
    /// There is no such file or name.
    case missing
    /// It is there but cannot be read, or is no text.
    case unreadable
    /// The text is no TOML.
    case syntax
    /// It is TOML, but says what has no meaning.
    case meaning
  }
  /// Its sort.
  public var sort: Sort
  /// The file, as it was named to us, uncleaned.
  public var file: String
  /// From 1; nil where the trouble is with the file as a whole.
  public var line: Int?
  /// From 1, in Unicode scalars.
  public var column: Int?
  /// Where in the document: `state-ok.foreground[1]`; empty for the whole, uncleaned.
  public var key: String
  /// What would have been right.
  public var expected: String
  /// What is there, uncleaned.
  public var found: String
  /// The word that was probably meant.
  public var suggestion: String?

  /// All of it.
  public init(
    _ sort: Sort, file: String, line: Int? = nil, column: Int? = nil, key: String = "", expected: String,
    found: String, suggestion: String? = nil
  ) {
    self.sort = sort
    self.file = file
    self.line = line
    self.column = column
    self.key = key
    self.expected = expected
    self.found = found
    self.suggestion = suggestion
  }
}

extension DocumentError: CustomStringConvertible {
  /// `my.toml:12:14: state-ok.foreground: expected …, found …; did you mean …?`, clean and on one line.
  public var description: String {
    var place = file
    if let line { place += ":\(line)" }
    if let column { place += ":\(column)" }
    let subject = key.isEmpty ? "" : key + ": "
    let hint = suggestion.map { "; did you mean \($0)?" } ?? ""
    return Clean.visible("\(place): \(subject)expected \(expected), found \(found)\(hint)")
  }
}
