public import Console

/// The themes that can be chosen: the shipped ones, and those on disk, which add to and replace them by name.
///
/// A broken file never stops anything: it is an error beside the themes, and whoever wanted it gets the default.
public struct ThemeCatalogue {
  /// Where a theme comes from.
  private enum Source {
    case shipped(String)
    case disk(ThemeDocument)
  }

  /// Later ones replace earlier ones of the same name.
  private var sources: [(name: String, source: Source)]
  /// What is wrong with files on disk: broken documents, directories that cannot be read, names used twice.
  public private(set) var errors: [DocumentError] = []

  /// The shipped themes and those in `directories`, later directories over earlier ones. A directory that does not
  /// exist holds nothing. Shipped themes are read when they are asked for, those on disk now.
  public init(directories: [String] = []) {
    sources = Self.shippedNames.map { ($0, .shipped($0)) }
    for directory in directories { take(directory) }
  }

  /// Every name that can be asked for: the shipped ones in their order, then the others by name.
  public var names: [String] {
    let added = Set(sources.map(\.name)).subtracting(Self.shippedNames)
    return Self.shippedNames + added.sorted()
  }

  /// Every theme that is well formed, in the order of `names`.
  public var themes: [Theme] {
    names.compactMap { name in
      do throws(DocumentError) { return try theme(named: name) } catch { return nil }
    }
  }

  /// What `choose` gives: always a theme, and why it is not the one asked for.
  public struct Choice: Sendable {
    /// The theme asked for, or the default one.
    public let theme: Theme
    /// Why it is the default one.
    public let error: DocumentError?
  }

  /// The theme of that name, or the default one with the reason.
  public func choose(_ name: String) -> Choice {
    do throws(DocumentError) {
      return Choice(theme: try theme(named: name), error: nil)
    } catch {
      return Choice(theme: Self.fallback, error: error)
    }
  }

  /// The theme of that name. Throws what is wrong with its file, or that there is none.
  public func theme(named name: String) throws(DocumentError) -> Theme {
    if let broken = broken(name),
      !sources.contains(where: { if case .disk = $0.source { $0.name == name } else { false } })
    {
      throw broken
    }
    guard let place = sources.lastIndex(where: { $0.name == name }) else {
      throw DocumentError(
        .missing, file: "theme \"\(name)\"", expected: "one of " + names.joined(separator: ", "),
        found: "no such theme",
        suggestion: Suggestion.nearest(to: name, among: names))
    }
    return try theme(at: place)
  }

  /// Reads a theme file that need not be in any directory; what it inherits comes from here.
  public func theme(file path: String) throws(DocumentError) -> Theme {
    try theme(bytes: DocumentFile.read(path), file: path)
  }

  /// The same from its bytes; `file` is what errors call it.
  public func theme(bytes: [UInt8], file: String) throws(DocumentError) -> Theme {
    let document = try ThemeDocument(bytes, file: file)
    var whole = self
    whole.sources.append((document.name, .disk(document)))
    return try whole.theme(at: whole.sources.count - 1)
  }

  /// What is wrong with the file that is called like a theme.
  private func broken(_ name: String) -> DocumentError? {
    errors.first { $0.file.hasSuffix(".toml") && DocumentFile.stem($0.file) == name }
  }

  private mutating func take(_ directory: String) {
    let before = sources.count
    do throws(DocumentError) {
      for path in try DocumentFile.list(directory) { take(file: path, from: before) }
    } catch {
      errors.append(error)
    }
  }

  private mutating func take(file path: String, from first: Int) {
    do throws(DocumentError) {
      let document = try ThemeDocument(DocumentFile.read(path), file: path)
      for case (document.name, .disk(let other)) in sources[first...] {
        throw document.document.error(
          at: DocumentPath().key("name"), expected: "a name that no other theme in this directory has",
          found: "\"\(document.name)\", which \(other.document.file) has")
      }
      sources.append((document.name, .disk(document)))
    } catch {
      errors.append(error)
    }
  }
}

extension ThemeCatalogue {
  /// The theme of the source at `place`, with all that it inherits. A theme that inherits its own name stands over
  /// the one below it, as a file that adjusts a shipped theme does.
  private func theme(at place: Int) throws(DocumentError) -> Theme {
    var chain = [try document(at: place)]
    var places = [place]
    while let last = chain.last, let from = places.last, let parent = last.inherits {
      let candidates = parent == last.name ? sources[..<from] : sources[...]
      guard let next = candidates.lastIndex(where: { $0.name == parent }) else {
        let file = broken(parent)
        throw last.errorOfInheritance(
          expected: "the name of another theme",
          found: "\"\(Document.shortened(parent))\"" + (file.map { ", whose file is broken: \($0)" } ?? ""),
          suggestion: file == nil ? Suggestion.nearest(to: parent, among: names.filter { $0 != last.name }) : nil)
      }
      guard !places.contains(next) else {
        let names = chain.map(\.name) + [parent]
        throw chain[0].errorOfInheritance(
          expected: "themes that end somewhere", found: "a loop: " + names.joined(separator: " → "))
      }
      chain.append(try document(at: next))
      places.append(next)
    }
    return Self.theme(of: chain)
  }

  private func document(at place: Int) throws(DocumentError) -> ThemeDocument {
    switch sources[place].source {
    case .shipped(let name): try ThemeDocument(Self.shipped(name), file: name + ".toml")
    case .disk(let document): document
    }
  }

  /// Lays a theme over those that it inherits, the farthest first.
  private static func theme(of chain: [ThemeDocument]) -> Theme {
    var appearances: [Role: Appearance] = [:]
    for document in chain.reversed() {
      for (role, entry) in document.entries {
        var appearance = appearances[role] ?? Appearance()
        if let foreground = entry.foreground { appearance.foreground = foreground }
        if let background = entry.background { appearance.background = background }
        if let attributes = entry.attributes { appearance.attributes = attributes }
        if let monochrome = entry.monochrome { appearance.monochrome = monochrome }
        appearances[role] = appearance
      }
    }
    fillPage(&appearances, chain)
    return Theme(
      name: chain.first?.name ?? "", ground: chain.lazy.compactMap(\.ground).first ?? .any,
      deficiency: chain.lazy.compactMap(\.deficiency).first, appearances: appearances)
  }

  /// The background of `text` is the page: roles that say nothing of a background stand on it too.
  private static func fillPage(_ appearances: inout [Role: Appearance], _ chain: [ThemeDocument]) {
    guard let page = appearances[.text]?.background else { return }
    for role in appearances.keys where !chain.contains(where: { $0.entries[role]?.background != nil }) {
      appearances[role]?.background = page
    }
  }
}
