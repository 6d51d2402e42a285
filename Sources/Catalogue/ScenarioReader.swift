import HostSimulated
import Ownership
import Topology

/// Makes the values that a scenario's document describes.
struct ScenarioReader {
  private let document: ScenarioDocument
  private let parts: ScenarioParts
  private let users: [String: User]
  private var host: SimulatedHost
  private var cards: [String: Device] = [:]

  /// The whole scenario, or what is wrong with the document.
  static func scenario(of document: ScenarioDocument) throws(DocumentError) -> Scenario {
    try ScenarioReader(document).scenario()
  }

  private init(_ document: ScenarioDocument) throws(DocumentError) {
    self.document = document
    let name = try Self.name(document)
    let users = try Self.users(document)
    self.users = users
    let parts = try ScenarioParts(document) { (field) throws(DocumentError) in try Self.uid(field, users) }
    self.parts = parts
    let plugged = parts.labels.filter { !parts.outside.contains($0) }.compactMap { parts.parts[$0] }
    guard !plugged.isEmpty else {
      throw document.document.root.missing("device", expected: "at least one [device.LABEL] that is plugged in")
    }
    var machine = Machine(name: name, parts: plugged, names: parts.names)
    machine.groups = try Self.groups(document, parts, users)
    try Self.checkNumbers(document, machine)
    if let field = document.head["kernel"] {
      let expected = "a kernel release, for instance \"6.12.0\""
      machine.kernelRelease = try field.string(expected: expected)
      guard KernelVersion(machine.kernelRelease) != nil else { throw field.error(expected: expected) }
    }
    if let field = document.head["context-users"] {
      guard let items = field.items else { throw field.error(expected: "an array of users or uids") }
      var uids: Set<UInt32> = []
      for item in items { uids.insert(try Self.uid(item, users)) }
      machine.contextUsers = uids
    }
    host = SimulatedHost(machine)
    for label in parts.outside {
      if let part = parts.parts[label] { cards[label] = host.keep(part) }
    }
  }

  private func scenario() throws(DocumentError) -> Scenario {
    let head = document.head
    let knobs = try ScenarioKnobs.read(document.knobs)
    let models = try models()
    var acts: [Scenario.Act] = []
    for act in document.acts { acts.append(try self.act(act, models)) }
    var host = host
    host.rules = Rules(models[0], knobs: knobs)
    let labels = parts.parts.map { ($0.value.port.address, $0.key) }
    return Scenario(
      name: host.name, title: try text("title", "title = \"…\", one line for the list"), lesson: try lesson(),
      host: host, labels: Dictionary(labels) { first, _ in first }, models: models, acts: acts,
      asked: try head["asked"].map { (field) throws(DocumentError) in try address(field) },
      swap: try head["swap"].map { (field) throws(DocumentError) in try address(field) }, knobs: knobs,
      users: document.users.names.compactMap { users[$0] }, cards: parts.outside.compactMap { cards[$0] })
  }

  // MARK: head

  private static func name(_ document: ScenarioDocument) throws(DocumentError) -> String {
    let expected = "name = \"…\", letters, digits and '-', at most 40"
    guard let field = document.head["name"] else { throw document.document.root.missing("name", expected: expected) }
    let name = try field.string(expected: expected)
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard isPlain, (1...40).contains(name.utf8.count) else { throw field.error(expected: expected) }
    return name
  }

  private func text(_ key: String, _ expected: String) throws(DocumentError) -> String {
    guard let field = document.head[key] else { throw document.document.root.missing(key, expected: expected) }
    return try field.string(expected: expected)
  }

  private func lesson() throws(DocumentError) -> [String] {
    try document.head["lesson"]?.strings(expected: "an array of sentences") ?? []
  }

  private func models() throws(DocumentError) -> [RuleSet] {
    guard let field = document.head["models"] else { return [.explicitLinux, .implicitApril] }
    guard let items = field.items, !items.isEmpty else { throw field.error(expected: "an array of models") }
    var models: [RuleSet] = []
    for item in items {
      let word = try item.word(of: RuleSet.allCases.map(\.rawValue))
      if let model = RuleSet(rawValue: word), !models.contains(model) { models.append(model) }
    }
    return models
  }

  // MARK: people and groups

  private static func users(_ document: ScenarioDocument) throws(DocumentError) -> [String: User] {
    var users: [String: User] = [:]
    for (place, name) in document.users.names.enumerated() {
      let fields = document.users[name]?.fields ?? [:]
      let process = try fields["process"]?.number(in: 1...4_194_304) ?? (place + 1) * 100
      let uid = try fields["uid"]?.number(in: 0...Int(UInt32.max)) ?? 0
      let limit = try fields["memory-limit"]?.number(in: 0...Int.max)
      if let other = users.values.first(where: { $0.process == Int32(process) }), let field = fields["process"] {
        throw field.error(expected: "a process id that no other user has; \(other.name) has it")
      }
      users[name] = User(
        process: Int32(process), name: name, uid: UInt32(uid), memoryLimit: limit.map { UInt64($0) },
        descriptorLimit: try fields["descriptor-limit"]?.number(in: 0...1_048_576))
    }
    return users
  }

  /// A user's uid, by label or number.
  private static func uid(_ field: Field, _ users: [String: User]) throws(DocumentError) -> UInt32 {
    if let number = field.integer, let uid = UInt32(exactly: number) { return uid }
    let expected = "a user of the scenario, or a uid"
    let name = try field.string(expected: expected)
    if name == "root" { return 0 }
    guard let user = users[name] else {
      throw field.error(expected: expected, suggestion: Suggestion.nearest(to: name, among: users.keys.sorted()))
    }
    return user.uid
  }

  /// `[group.NIC]` speaks of the derived group that has the NIC in it.
  private static func groups(
    _ document: ScenarioDocument, _ parts: ScenarioParts, _ users: [String: User]
  ) throws(DocumentError) -> [Machine.GroupNote] {
    var notes: [Machine.GroupNote] = []
    for label in document.groups.names {
      guard let section = document.groups[label], let part = parts.parts[label] else {
        throw document.groups[label]?.header.unknownKey(
          label, among: parts.labels, expected: "[group.LABEL] with the label of one of its members")
          ?? document.document.root.error(expected: "a group")
      }
      guard let number = section.fields["number"] else {
        throw section.header.missing("number", expected: "number = N, the N of /dev/vfio/N")
      }
      var note = Machine.GroupNote(
        id: GroupID(UInt32(try number.number(in: 0...65535))), member: part.port.address)
      if let field = section.fields["node-owner"] { note.nodeOwner = try uid(field, users) }
      for region in section.fields["reserved"]?.items ?? [] { note.reserved.append(try self.region(region)) }
      notes.append(note)
    }
    return notes
  }

  private static func region(_ field: Field) throws(DocumentError) -> ReservedRegion {
    let expected = "{ first = N, last = N, kind = \"direct\" }"
    let fields = try field.fields(among: ["first", "last", "kind"], expected: expected)
    guard let first = try fields["first"]?.number(in: 0...Int.max),
      let last = try fields["last"]?.number(in: 0...Int.max),
      first <= last, let kind = fields["kind"]
    else { throw field.error(expected: expected) }
    let word = try kind.word(of: ["direct", "direct-relaxable", "reserved", "msi"])
    return ReservedRegion(first: UInt64(first), last: UInt64(last), kind: .init(rawValue: word) ?? .reserved)
  }
}

extension ScenarioReader {
  fileprivate func address(_ field: Field) throws(DocumentError) -> Address {
    let expected = "the label of a device"
    let label = try field.string(expected: expected)
    guard let part = parts.parts[label] else {
      throw field.error(expected: expected, suggestion: Suggestion.nearest(to: label, among: parts.labels))
    }
    return part.port.address
  }

  fileprivate func user(_ field: Field) throws(DocumentError) -> User {
    let expected = "a user of the scenario: [user.NAME]"
    let name = try field.string(expected: expected)
    guard let user = users[name] else {
      throw field.error(expected: expected, suggestion: Suggestion.nearest(to: name, among: users.keys.sorted()))
    }
    return user
  }

  /// A device's node by its label; or `group:5`, `container`, `context`.
  fileprivate func node(_ field: Field) throws(DocumentError) -> Openable {
    let expected = "the label of a device, \"group:N\", \"container\" or \"context\""
    let word = try field.string(expected: expected)
    switch word {
    case "container": return .container
    case "context": return .context
    default: break
    }
    if word.hasPrefix("group:") {
      guard let number = UInt32(word.dropFirst(6)) else { throw field.error(expected: expected) }
      return .group(GroupID(number))
    }
    guard let part = parts.parts[word] else {
      throw field.error(expected: expected, suggestion: Suggestion.nearest(to: word, among: parts.labels))
    }
    return .device(part.port.address)
  }

  fileprivate func card(_ field: Field) throws(DocumentError) -> Device {
    let label = try field.string(expected: "the label of a device with plugged = false")
    guard let device = cards[label] else {
      throw field.error(
        expected: "the label of a device with plugged = false",
        suggestion: Suggestion.nearest(to: label, among: parts.outside))
    }
    return device
  }

  /// The only user there is, when nobody is named.
  fileprivate func actor(_ act: Act) throws(DocumentError) -> User {
    if let field = act.fields["by"] { return try user(field) }
    guard users.count == 1, let only = users.values.first else {
      throw act.field.missing("by", expected: "by = \"USER\", since the scenario has \(users.count) users")
    }
    return only
  }
}

// MARK: acts

extension ScenarioReader {
  /// One `[[act]]`, its verb found.
  fileprivate struct Act {
    let field: Field
    let fields: [String: Field]
    let verb: String
    let object: Field
  }

  /// Every verb, and what else it takes.
  private static let verbs: [(verb: String, others: [String])] = [
    ("give", ["to"]), ("release", []), ("grant", ["to"]), ("open", ["by"]),
    ("own", ["by", "allow-unused", "opens-anew"]),
    ("attach", ["by", "allow-unused", "space", "memory", "opens-anew", "token"]), ("detach", ["by"]),
    ("map", ["by", "space"]), ("free", ["by"]), ("ask", ["by"]), ("reset", ["by"]), ("close", ["by"]),
    ("close-owner", []), ("hot-add", []), ("unplug", []), ("exit", []), ("kill", []),
  ]

  fileprivate func act(_ field: Field, _ models: [RuleSet]) throws(DocumentError) -> Scenario.Act {
    let verbs = Self.verbs.map(\.verb)
    let others = [
      "title", "says", "expect", "by", "to", "allow-unused", "space", "memory", "opens-anew", "token",
    ]
    let fields = try field.fields(among: verbs + others, expected: "a table: [[act]]")
    let found = verbs.filter { fields[$0] != nil }
    guard found.count == 1, let verb = found.first, let object = fields[verb] else {
      throw field.document.error(
        at: field.path, expected: "one thing that happens: one of " + verbs.joined(separator: ", "),
        found: found.isEmpty ? "none of them" : found.joined(separator: " and "))
    }
    let allowed = ["title", "says", "expect", verb] + (Self.verbs.first { $0.verb == verb }?.others ?? [])
    for (key, stray) in fields.sorted(by: { $0.key < $1.key }) where !allowed.contains(key) {
      throw stray.unknownKey(key, among: [], expected: "with \(verb) one of " + allowed.joined(separator: ", "))
    }
    guard let title = try fields["title"]?.string(expected: "a sentence") else {
      throw field.missing("title", expected: "title = \"…\", what happens in words")
    }
    let act = Act(field: field, fields: fields, verb: verb, object: object)
    return Scenario.Act(
      title: title, wish: try wish(act), quotes: try quotes(fields["says"]),
      expected: try fields["expect"]?.answers(under: models) ?? [:])
  }

  private func wish(_ act: Act) throws(DocumentError) -> Wish {
    let object = act.object
    switch act.verb {
    case "give": return .give(try address(object), to: try to(act).driver())
    case "release": return .release(try address(object))
    case "grant": return .grant(try node(object), to: try Self.uid(to(act), users))
    case "open": return .open(try node(object), by: try actor(act))
    case "own": return .own(try address(object), by: try actor(act), try attaching(act))
    case "attach": return .attach(try address(object), by: try actor(act), try attaching(act))
    case "detach": return .detach(try address(object), by: try actor(act))
    case "map":
      return .map(try mapping(object), space: try attaching(act).space, by: try actor(act))
    case "free": return .free(space: try object.number(in: 0...7), by: try actor(act))
    case "ask": return .ask(try address(object), by: try actor(act))
    case "reset": return .reset(try address(object), by: try actor(act))
    case "close": return .close(try address(object), by: try actor(act))
    case "close-owner": return .closeOwner(by: try user(object))
    case "hot-add": return .hotAdd(try card(object))
    case "unplug": return .unplug(try address(object))
    case "exit": return .exit(try user(object))
    default: return .kill(try user(object))
    }
  }

  private func to(_ act: Act) throws(DocumentError) -> Field {
    guard let field = act.fields["to"] else {
      throw act.field.missing("to", expected: act.verb == "give" ? "to = \"DRIVER\"" : "to = \"USER\", or a uid")
    }
    return field
  }

  private func attaching(_ act: Act) throws(DocumentError) -> Attaching {
    var how = Attaching()
    if let field = act.fields["allow-unused"] { how.allowUnused = try field.flag() }
    if let field = act.fields["opens-anew"] { how.opensAnew = try field.flag() }
    if let field = act.fields["space"] { how.space = try field.number(in: 0...7) }
    if let field = act.fields["memory"] { how.memory = try mapping(field) }
    how.token = try act.fields["token"]?.string(expected: "a token, for instance a UUID")
    return how
  }

  private func mapping(_ field: Field) throws(DocumentError) -> Mapping {
    let expected = "{ iova = N, size = N }"
    let fields = try field.fields(among: ["iova", "size"], expected: expected)
    guard let size = try fields["size"]?.number(in: 0...Int.max) else { throw field.error(expected: expected) }
    let iova = try fields["iova"]?.number(in: 0...Int.max)
    return Mapping(iova: iova.map { UInt64($0) }, size: UInt64(size))
  }

  private func quotes(_ field: Field?) throws(DocumentError) -> [Scenario.Quote] {
    guard let field else { return [] }
    let expected = "a list of { mail = \"TAG\", words = \"…\" }"
    guard let items = field.items else { throw field.error(expected: expected) }
    var quotes: [Scenario.Quote] = []
    for item in items {
      let fields = try item.fields(among: ["mail", "words"], expected: expected)
      guard let mail = fields["mail"], let words = try fields["words"]?.string(expected: "a sentence") else {
        throw item.error(expected: expected)
      }
      let tag = try mail.string(expected: "the tag of a mail, for instance \"G22b\"")
      guard let message = Message(rawValue: tag) else {
        throw mail.error(
          expected: "the tag of a mail, for instance \"G22b\"",
          suggestion: Suggestion.nearest(to: tag, among: Message.allCases.map(\.rawValue)))
      }
      quotes.append(Scenario.Quote(message: message, words: words))
    }
    return quotes
  }
}
