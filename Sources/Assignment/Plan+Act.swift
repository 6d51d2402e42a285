import HostAccess
import Topology

extension Transaction {
  /// A plan about to be run, with its place in the journal. A restore keeps no entry of its own, and settles those
  /// that it restores from.
  public init(_ plan: Plan, in journal: Journal, at time: Int64) {
    let readings = plan.assumptions.map { Reading.function($0) } + plan.readings
    let before = Dictionary(readings.map { ($0.subject, $0) }) { _, last in last }
    let records = plan.steps.map { step in
      Record(step.effect, inverse: step.inverse, before: step.effect.subject.flatMap { before[$0] })
    }
    let entry = Entry(
      number: journal.nextNumber, title: plan.commandLine, time: time, session: journal.session, records: records)
    guard plan.intent.verb == .restore else {
      self.init(entry)
      return
    }
    let restored = Set(plan.restored.map { Subject.function($0) }).union(plan.restoredPlaces(in: journal))
    let settled = journal.settled(restored, number: plan.intent.entry)
    self.init(entry, keepsEntry: false, settling: settled + (plan.intent.entry == nil ? journal.spent : []))
  }
}

extension Plan {
  /// The functions of which nothing is in force any more once this restore is done.
  var restored: Set<Address> {
    var restored = Set(touched)
    for item in untouched {
      switch item.why {
      case .already, .counted, .gone, .otherCard: restored.insert(item.address)
      case .bridge, .notNamed, .harmless, .unrecorded: break
      }
    }
    return restored
  }

  /// The files and nodes of which nothing is in force any more once this restore is done.
  func restoredPlaces(in journal: Journal) -> [Subject] {
    var places = intent.places(in: journal)
    guard intent.persists else { return places }
    let concerned = intent.onlyNamed ? Set(intent.named) : Set(assumptions.map(\.address)).union(intent.named)
    places += journal.recordedPlaces.filter { place in
      guard case .file(let file) = place else { return false }
      return file.address.map { concerned.contains($0) } ?? readings.contains { $0.subject == place }
    }
    return places
  }

  /// What has to be typed for the same act.
  public var commandLine: String {
    let program = options.put(behind: "viable")
    var words = [program, intent.verb.rawValue]
    let isNameless = intent.named.isEmpty && intent.groups.isEmpty
    if intent.verb == .restore, intent.entry == nil, isNameless || !intent.also.isEmpty {
      return program + " restore --all" + (intent.persists ? " --persist" : "")
    }
    if intent.verb == .revoke { words[1] = "grant" }
    words += intent.groups.map { "group:\($0)" }
    words += intent.named.map(\.description)
    if let count = intent.count { words.append("\(count)") }
    if let entry = intent.entry { words += ["--entry", "\(entry)"] }
    if intent.verb == .grant || intent.verb == .revoke {
      if intent.verb == .revoke { words.append("--revoke") }
      if let grantee = intent.grantee { words += ["--user", Clean.visible(grantee.name)] }
      return (words + (intent.persists ? ["--persist"] : [])).joined(separator: " ")
    }
    if intent.onlyNamed { words.append("--only-named") }
    if intent.mayWait { words.append("--wait") }
    if intent.persists { words.append("--persist") }
    return words.joined(separator: " ")
  }
}
