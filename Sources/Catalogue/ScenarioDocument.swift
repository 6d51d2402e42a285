import Topology

/// A scenario as its file has it: its own keys, and the devices, users and groups that it takes over from the
/// scenario it extends, key by key. Every field knows the file and line it comes from.
struct ScenarioDocument {
  /// A named table: `[device.NIC]`.
  struct Section {
    /// The newest header.
    var header: Field
    var fields: [String: Field]
  }

  /// Named tables in the order in which they first appear.
  struct Sections {
    private(set) var names: [String] = []
    private var sections: [String: Section] = [:]

    subscript(name: String) -> Section? { sections[name] }

    mutating func add(_ header: Field, _ fields: [String: Field], as name: String) {
      if sections[name] == nil { names.append(name) }
      var section = sections[name] ?? Section(header: header, fields: [:])
      section.header = header
      section.fields.merge(fields) { _, new in new }
      sections[name] = section
    }
  }

  let document: Document
  private(set) var head: [String: Field] = [:]
  private(set) var devices = Sections()
  private(set) var users = Sections()
  private(set) var groups = Sections()
  private(set) var knobs: [String: Field] = [:]
  private(set) var acts: [Field] = []

  private static let headKeys = [
    "name", "title", "lesson", "models", "asked", "swap", "kernel", "context-users", "extends", "device", "user",
    "group", "knobs", "act",
  ]
  static let deviceKeys = [
    "at", "below", "type", "class", "ids", "name", "vendor", "driver", "host-drivers", "acs", "multifunction", "group",
    "disks", "interfaces", "node-owner", "isolated-interrupts", "coherent", "direct-region", "plugged", "locked",
    "virtual-function-of",
  ]
  static let userKeys = ["uid", "process", "memory-limit", "descriptor-limit"]
  static let groupKeys = ["number", "node-owner", "reserved"]

  /// Reads the tables; `base` finds the scenario that this one extends.
  init(
    _ bytes: [UInt8], file: String, base: (Field) throws(DocumentError) -> ScenarioDocument
  ) throws(DocumentError) {
    document = try Document(bytes, file: file)
    head = try document.root.fields(among: Self.headKeys, expected: "a scenario")
    if let extends = head["extends"] {
      let other = try base(extends)
      (devices, users, groups) = (other.devices, other.users, other.groups)
      for key in ["kernel", "context-users", "asked", "swap"] where head[key] == nil { head[key] = other.head[key] }
    }
    try take("device", Self.deviceKeys, into: \.devices)
    try take("user", Self.userKeys, into: \.users)
    try take("group", Self.groupKeys, into: \.groups)
    if let field = head["knobs"] {
      knobs = try field.fields(among: ScenarioKnobs.words, expected: "a table: [knobs]")
    }
    if let field = head["act"] {
      guard let items = field.items else { throw field.error(expected: "a list of tables: [[act]]") }
      acts = items
    }
  }

  private mutating func take(
    _ key: String, _ known: [String], into sections: WritableKeyPath<ScenarioDocument, Sections>
  ) throws(DocumentError) {
    guard let field = head[key] else { return }
    guard let names = field.keys else { throw field.error(expected: "named tables: [\(key).NAME]") }
    for name in names {
      guard let header = field[name] else { continue }
      let fields = try header.fields(among: known, expected: "a table: [\(key).\(name)]")
      self[keyPath: sections].add(header, fields, as: name)
    }
  }
}
