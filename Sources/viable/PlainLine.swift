/// A command line of the plainest sort, understood without the parser: to start that takes as long as to read two
/// hundred functions. It knows the few words below and no more; whatever else there is, a mistake above all, is the
/// parser's, which a test holds this against.
struct PlainLine {
  /// The options that every command takes.
  private(set) var options = Options()
  /// Whether it is `list`; else it is the console.
  private(set) var isList = false
  /// What to list.
  private(set) var selectors: [String] = []
  private(set) var tree = false
  private(set) var full = false

  /// Nil for a line that is not plain.
  init?(_ arguments: [String]) {
    var seen: Set<String> = []
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if word.utf8.first != UInt8(ascii: "-") {
        guard !word.isEmpty, isList || word == "list" else { return nil }
        if isList { selectors.append(word) }
        isList = true
        continue
      }
      guard seen.insert(word).inserted, take(flag: word) || take(option: word, &rest) else { return nil }
    }
    guard options.root == nil || options.scenario == nil, !tree || !options.json else { return nil }
  }

  private mutating func take(flag: String) -> Bool {
    switch flag {
    case "--json": options.json = true
    case "--ascii": options.ascii = true
    case "--tree" where isList: tree = true
    case "--full" where isList: full = true
    default: return false
    }
    return true
  }

  private mutating func take(option: String, _ rest: inout ArraySlice<String>) -> Bool {
    guard let value = rest.first, !value.isEmpty, value.utf8.first != UInt8(ascii: "-") else { return false }
    switch option {
    case "--root": options.root = value
    case "--scenario": options.scenario = value
    default: return false
    }
    rest.removeFirst()
    return true
  }

  /// Does what the line says.
  func run() throws(Failure) {
    guard isList else { return try RootCommand.open(options) }
    try ListCommand.run(Session(options), selectors: selectors, tree: tree, full: full)
  }
}
