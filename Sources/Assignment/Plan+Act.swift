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
    let places = Set(plan.restoredPlaces(in: journal))
    let settled = journal.settled { record, number in plan.settles(record, of: number, places) }
    let closed = plan.intent.entry == nil ? journal.spent : []
    self.init(
      entry, keepsEntry: false, settling: settled + closed + (plan.intent.isAll ? journal.outlived : []))
  }
}

extension Plan {
  /// Whether nothing of a record is in force any more once this restore is done. What is recorded of another card is
  /// void before as well, and is forgotten where the plan tells so.
  fileprivate func settles(_ record: Record, of number: Int, _ places: Set<Subject>) -> Bool {
    guard intent.entry == nil || intent.entry == number, let subject = record.effect.subject else { return false }
    guard let address = subject.function else { return places.contains(subject) }
    if untouched.contains(where: { $0.address == address && $0.why.isVoid(in: number) }) { return true }
    guard restored.contains(address) else { return false }
    guard let now = assumptions.first(where: { $0.address == address }), let before = record.before?.binding else {
      return true
    }
    return before.isSameDevice(as: now)
  }

  /// The functions of which nothing is in force any more once this restore is done.
  private var restored: Set<Address> {
    var restored = Set(touched)
    for item in untouched {
      switch item.why {
      case .already, .counted, .gone: restored.insert(item.address)
      case .bridge, .notNamed, .harmless, .unrecorded, .otherCard: break
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

  /// The findings as they are read: commands in them lead to the same machine and journal. What an act is held against
  /// are `findings`, whoever reads them.
  public var told: [Finding] {
    findings.map { finding in
      var finding = finding
      finding.text = options.put(in: finding.text)
      return finding
    }
  }

  /// What has to be typed for the same act.
  public var commandLine: String {
    let program = options.put(behind: "viable")
    var words = [program, intent.verb.rawValue]
    let isNameless = intent.named.isEmpty && intent.groups.isEmpty
    if intent.verb == .restore, intent.entry == nil, intent.isAll || isNameless || !intent.also.isEmpty {
      let waiting = intent.mayWait ? " --wait" : ""
      return program + " restore --all" + waiting + (intent.persists ? " --persist" : "")
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

extension Plan.Untouched.Why {
  /// Whether it is that an entry's record is of another card.
  fileprivate func isVoid(in number: Int) -> Bool {
    if case .otherCard(_, number) = self { true } else { false }
  }
}
