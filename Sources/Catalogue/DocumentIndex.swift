/// Where everything in a TOML document stands. TOMLKit tells places for errors of syntax alone, so this finds
/// them for errors of meaning: a tree of the document's keys and items with their lines and columns.
///
/// It reads any bytes without trapping; for text that is no TOML the places mean nothing, and TOMLKit refuses it.
struct DocumentIndex: Sendable {
  /// Both from 1; columns in Unicode scalars.
  struct Place: Hashable, Comparable, Sendable {
    var line: Int
    var column: Int
    static func < (left: Place, right: Place) -> Bool { (left.line, left.column) < (right.line, right.column) }
  }

  /// What TOMLKit must not be given.
  enum Hazard: Hashable, Sendable {
    /// Nested deeper than `deepest`: its parser and destructors recurse.
    case tooDeep
    /// `\u0000` in a string: C would see the string's end there.
    case zeroEscape
    /// A header that begins with what is no key: toml++ 3.4.0 asserts there (toml.hpp `parse_key`).
    case headerWithoutKey
    /// An array with `}` or a line separator where a value should be: it asserts there too (`parse_value`).
    case itemWithoutValue
  }

  /// A hazard, and where the statement (a pair or a header) with it begins: the text before is harmless.
  struct Finding: Hashable, Sendable {
    var hazard: Hazard
    var place: Place
    /// In bytes, as `statement`.
    var offset: Int
    var statement: Int
  }

  struct Node: Sendable {
    var depth: Int
    var key: Place?
    var value: Place?
    var children: [String: Int] = [:]
    var items: [Int] = []
  }

  /// Element 0 is the document.
  private(set) var nodes = [Node(depth: 0)]
  private(set) var finding: Finding?
  /// The byte at which the statement being scanned begins.
  var statement = 0

  /// Levels of tables, dotted keys and arrays; no document of ours needs ten.
  static let deepest = 64

  init(_ bytes: [UInt8]) {
    var scan = DocumentScan(bytes)
    scan.document(into: &self)
  }

  /// Where the value at `path` begins, or its key where the value has no place of its own (a table's header).
  /// For what is not there: the nearest thing around it that is.
  func place(of path: DocumentPath) -> Place? { find(path) { $0.value ?? $0.key } }

  /// Where the key at `path` stands.
  func keyPlace(of path: DocumentPath) -> Place? { find(path) { $0.key ?? $0.value } }

  private func find(_ path: DocumentPath, _ place: (Node) -> Place?) -> Place? {
    var (node, best) = (nodes[0], Place?.none)
    for part in path.parts {
      let next: Int? =
        switch part {
        case .key(let name): node.children[name]
        case .item(let number): number < node.items.count ? node.items[number] : nil
        }
      guard let next else { break }
      node = nodes[next]
      best = place(node) ?? best
    }
    return best
  }
}

extension DocumentIndex {
  /// The node under a key, made when it is new. An array of tables stands for its newest table, as in TOML.
  mutating func child(_ name: String, of parent: Int, at place: Place) -> Int? {
    let parent = nodes[parent].items.last ?? parent
    if let known = nodes[parent].children[name] { return known }
    guard let new = add(below: parent, key: place) else { return nil }
    nodes[parent].children[name] = new
    return new
  }

  /// A new item of an array.
  mutating func item(of parent: Int, at place: Place) -> Int? {
    guard let new = add(below: parent, key: place) else { return nil }
    nodes[parent].items.append(new)
    return new
  }

  mutating func note(value place: Place, of node: Int) {
    if nodes[node].value == nil { nodes[node].value = place }
  }

  mutating func note(_ what: Hazard, at place: Place, offset: Int) {
    if finding == nil { finding = Finding(hazard: what, place: place, offset: offset, statement: statement) }
  }

  private mutating func add(below parent: Int, key place: Place) -> Int? {
    guard nodes[parent].depth < Self.deepest else {
      note(.tooDeep, at: place, offset: statement)
      return nil
    }
    nodes.append(Node(depth: nodes[parent].depth + 1, key: place))
    return nodes.count - 1
  }
}
