public import HostSimulated

/// The scenarios that can be chosen: the shipped ones by name, and any file by its path.
public struct ScenarioCatalogue: Sendable {
  /// The shipped scenarios; they are read when they are asked for.
  public init() {}

  /// The names of the shipped scenarios, the default one first.
  public var names: [String] { Self.shippedNames }

  /// Every shipped scenario, in the order of `names`.
  public var scenarios: [Scenario] {
    names.compactMap { name in
      do throws(DocumentError) { return try scenario(named: name) } catch { return nil }
    }
  }

  /// What somebody typed: a shipped scenario's name, or a file. Words with a slash or `.toml` are files.
  public func scenario(_ text: String) throws(DocumentError) -> Scenario {
    let isPath = text.utf8.contains(UInt8(ascii: "/")) || text.hasSuffix(".toml")
    return isPath ? try scenario(file: text) : try scenario(named: text)
  }

  /// The shipped scenario of that name, or an error that says which there are.
  public func scenario(named name: String) throws(DocumentError) -> Scenario {
    guard names.contains(name) else {
      let near = Suggestion.nearest(to: name, among: names) ?? Suggestion.holding(name, among: names)
      let which = near == nil ? names.joined(separator: ", ") : "'viable scenarios' lists them"
      throw DocumentError(
        .missing, file: "scenario \"\(name)\"", expected: "the name of a shipped scenario (\(which)) or a file",
        found: "neither", suggestion: near)
    }
    return try ScenarioReader.scenario(of: Self.document(named: name))
  }

  /// A scenario's file.
  public func scenario(file path: String) throws(DocumentError) -> Scenario {
    try scenario(bytes: DocumentFile.read(path), file: path)
  }

  /// The same from its bytes; `file` is what errors call it.
  public func scenario(bytes: [UInt8], file: String) throws(DocumentError) -> Scenario {
    try ScenarioReader.scenario(of: Self.document(bytes, file: file))
  }

  private static func document(named name: String) throws(DocumentError) -> ScenarioDocument {
    try document(shipped(name), file: name + ".toml")
  }

  private static func document(_ bytes: [UInt8], file: String) throws(DocumentError) -> ScenarioDocument {
    try ScenarioDocument(bytes, file: file) { (field) throws(DocumentError) in
      let name = try field.word(of: shippedNames)
      // A shipped scenario that extends itself has no beginning.
      guard name + ".toml" != file else { throw field.error(expected: "another scenario") }
      return try document(named: name)
    }
  }
}
