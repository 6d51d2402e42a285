import Assignment
import FoundationEssentials
import HostAccess
import Topology

/// A plan as `viable plan` prints it and `viable apply` reads it: effects as words, so that it can be read, reviewed
/// and compared.
struct PlanDocument: Codable {
  let schema: String
  let title: String
  let intent: Wanted
  let steps: [Step]
  /// Every function that the plan speaks of, as it was.
  let assumptions: [[String]]
  /// Every file and node that it changes, as it was; nil is none.
  let readings: [[String]]?
  let groups: [Members]
  let findings: [Cost]
  /// Who stays as he is, and why; not in documents of before it was.
  let untouched: [Staying]?
  let command: String
  let severity: String
  /// The groups of new virtual functions, for `vfs`; not there for other acts.
  let newcomers: [Company]?

  struct Company: Codable {
    /// Where they will be; null where that could not be read.
    let functions: [String]?
    let count: Int
    let others: [String]
    let certain: Bool
  }

  struct Staying: Codable {
    let address: String
    let kind: String
    let text: String
    /// The entry of the journal that has another card on record; nil for every other kind.
    let entry: Int?
  }

  struct Wanted: Codable {
    let verb: String
    let named: [String]
    let groups: [UInt32]
    /// Files and nodes; nil is none.
    let also: [[String]]?
    let onlyNamed: Bool
    /// Whom nodes are given to, and whether for good; nil is nobody.
    let user: Grantee?
    let count: Int?
    let entry: Int?
    /// Whether it is all that is on record; nil in documents of before it was.
    let all: Bool?
    let wait: Bool
    /// Nil in documents of before it was.
    let persist: Bool?
  }

  struct Grantee: Codable {
    let uid: UInt32
    let name: String
  }

  struct Step: Codable {
    let effect: [String]
    let exact: String
    let inverse: [[String]]
  }

  struct Members: Codable {
    let id: UInt32
    let members: [String]
  }

  struct Cost: Codable {
    let severity: String
    let address: String
    let kind: String
    let text: String
  }
}

extension PlanDocument {
  init(_ plan: Plan, _ preview: Preview) {
    schema = JSONWriter.schemaName
    title = preview.title
    let wanted = plan.intent
    intent = Wanted(
      verb: wanted.verb.rawValue, named: wanted.named.map(\.description), groups: wanted.groups.map(\.number),
      also: wanted.also.isEmpty ? nil : wanted.also.map(\.words), onlyNamed: wanted.onlyNamed,
      user: wanted.grantee.map { Grantee(uid: $0.uid, name: $0.name) }, count: wanted.count,
      entry: wanted.entry, all: wanted.isAll ? true : nil, wait: wanted.mayWait, persist: wanted.persists)
    steps = plan.steps.map {
      Step(effect: $0.effect.words, exact: $0.effect.exact, inverse: $0.inverse.map(\.words))
    }
    assumptions = plan.assumptions.map(\.words)
    readings = plan.readings.isEmpty ? nil : plan.readings.map(\.words)
    groups = plan.groups.map { Members(id: $0.id.number, members: $0.members.map(\.description)) }
    findings = plan.told.map {
      Cost(severity: $0.severity.rawValue, address: "\($0.address)", kind: $0.kind.rawValue, text: $0.text)
    }
    untouched = plan.untouched.map(Staying.init)
    command = plan.commandLine
    severity = plan.severity.rawValue
    let new = plan.newcomers.map { group in
      Company(
        functions: group.isPlaced ? group.functions.map(\.description) : nil, count: group.functions.count,
        others: group.others.map(\.description), certain: group.isCertain)
    }
    newcomers = new.isEmpty ? nil : new
  }

  /// The document, indented: people review it.
  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// Reads a document. The message of what is thrown names the place in it.
  init(reading bytes: [UInt8]) throws(Malformed) {
    do {
      self = try JSONDecoder().decode(PlanDocument.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw Malformed(Self.words(error))
    } catch {
      throw Malformed("it is no JSON")
    }
    guard schema == JSONWriter.schemaName else { throw Malformed("schema: expected \(JSONWriter.schemaName)") }
  }

  /// What is wrong with a document.
  struct Malformed: Error {
    let words: String
    init(_ words: String) { self.words = words }
  }

  /// What a type is called in JSON.
  private static func noun(_ type: any Any.Type) -> String {
    let name = "\(type)"
    if name.hasPrefix("Array") { return "a list" }
    if name == "String" { return "text" }
    if name == "Bool" { return "true or false" }
    return name.hasPrefix("Int") || name.hasPrefix("UInt") || name == "Double" ? "a number" : "an object"
  }

  /// What a decoder says it found: `…but found a string instead.`
  private static func found(_ description: String) -> String {
    guard let start = description.firstRange(of: "but found "), let end = description.firstRange(of: " instead") else {
      return "something else"
    }
    let words = description[start.upperBound..<max(start.upperBound, end.lowerBound)]
    switch words {
    case "a string": return "text"
    case "an array": return "a list"
    case "a dictionary": return "an object"
    case "number": return "a number"
    case "bool": return "true or false"
    default: return String(words)
    }
  }

  private static func words(_ error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context): return "\(place(context.codingPath + [key])) is missing"
    case .typeMismatch(let type, let context):
      return "\(place(context.codingPath)): expected \(noun(type)), found \(found(context.debugDescription))"
    case .valueNotFound(let type, let context):
      return "\(place(context.codingPath)): expected \(noun(type)), found nothing (null)"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty ? "it is no JSON" : "\(place(context.codingPath)) cannot be read"
    @unknown default: return "it cannot be read"
    }
  }

  /// The plan that was meant. Groups stand as they were assumed, with nothing but their members: the machine's own are
  /// looked at before it runs.
  func plan() throws(Malformed) -> Plan {
    guard let verb = Intent.Verb(rawValue: intent.verb) else {
      let verbs = Intent.Verb.allCases.map(\.rawValue).joined(separator: ", ")
      throw Malformed("intent.verb: '\(intent.verb)' is none of \(verbs)")
    }
    var named: [Address] = []
    for text in intent.named { named.append(try Self.address(text, "intent.named")) }
    var steps: [Plan.Step] = []
    for (place, step) in self.steps.enumerated() {
      let effect = try Self.effect(step.effect, "steps.[\(place)].effect")
      guard effect.exact == step.exact else {
        throw Malformed("steps.[\(place)]: the effect is not what 'exact' says it is")
      }
      var inverse: [Effect] = []
      for words in step.inverse { inverse.append(try Self.effect(words, "steps.[\(place)].inverse")) }
      steps.append(Plan.Step(effect, inverse: inverse))
    }
    var bindings: [Binding] = []
    for (place, words) in assumptions.enumerated() {
      guard let binding = Binding(words: words) else { throw Malformed("assumptions.[\(place)] cannot be read") }
      bindings.append(binding)
    }
    let readings = try lasting()
    let assumed = Set(bindings.map { Subject.function($0.address) } + readings.map(\.subject))
    for subject in steps.compactMap(\.effect.subject) where !assumed.contains(subject) {
      throw Malformed("assumptions: nothing is assumed of \(Clean.visible("\(subject)")), which a step changes")
    }
    var groups: [Group] = []
    for group in self.groups {
      var members: [Address] = []
      for text in group.members { members.append(try Self.address(text, "groups")) }
      groups.append(Group(id: GroupID(group.id), members: members))
    }
    let also = (intent.also ?? []).compactMap { Subject(words: $0) }
    guard also.count == intent.also?.count ?? 0 else { throw Malformed("intent.also cannot be read") }
    var wanted = Intent(
      verb, named: named, groups: intent.groups.map { GroupID($0) }, also: also, onlyNamed: intent.onlyNamed,
      count: intent.count, entry: intent.entry, isAll: intent.all ?? false, mayWait: intent.wait,
      persists: intent.persist ?? false)
    wanted.grantee = intent.user.map { Assignment.Grantee(uid: $0.uid, name: $0.name) }
    return Plan(wanted, steps: steps, assumptions: bindings, groups: groups, readings: readings)
  }

  /// Files and nodes as they were assumed to be.
  private func lasting() throws(Malformed) -> [Reading] {
    var found: [Reading] = []
    for (place, words) in (readings ?? []).enumerated() {
      guard let reading = Reading(words: words), reading.subject.function == nil else {
        throw Malformed("readings.[\(place)] cannot be read")
      }
      found.append(reading)
    }
    return found
  }

  private static func address(_ text: String, _ place: String) throws(Malformed) -> Address {
    guard let address = Address(text) else { throw Malformed("\(place): \(Clean.visible(text)) is no address") }
    return address
  }

  private static func effect(_ words: [String], _ place: String) throws(Malformed) -> Effect {
    guard let effect = Effect(words: words) else {
      throw Malformed("\(place): \(Clean.visible(words.joined(separator: " "))) is no effect that is permitted")
    }
    return effect
  }
}

extension PlanDocument.Staying {
  fileprivate init(_ item: Plan.Untouched) {
    address = "\(item.address)"
    text = item.why.sentence
    if case .otherCard(_, let number) = item.why { entry = number } else { entry = nil }
    kind =
      switch item.why {
      case .already: "already"
      case .counted: "counted"
      case .bridge: "bridge"
      case .notNamed: "not-named"
      case .harmless: "harmless"
      case .unrecorded: "unrecorded"
      case .gone: "gone"
      case .otherCard: "other-card"
      }
  }
}
