import Assignment
import HostAccess
import Topology

/// An act while it runs, and afterwards.
extension Scene {
  /// Takes in how an act goes: the preview and the log follow it, the message line has its end.
  mutating func take(_ news: ActNews, at now: Moment) -> [Request] {
    switch news {
    case .stands(let transaction): follow(transaction, at: now)
    case .waits(let effect, let work):
      guard proceeding?.waiting?.work != work else { return [] }
      proceeding?.waiting = Proceeding.Waiting(effect: effect, work: work, since: now.milliseconds)
      log.add(
        Note(.event, "\(effect.phrase): \(Self.child(work)) waits for it"), group: effect.address.flatMap(group),
        at: now)
      // Who holds it is told by a closer look.
      return effect.address.map { [.details([$0])] } ?? []
    case .saw(let difference):
      let said = message
      hear(difference, sources: [], at: now)
      if !isPaused { release(at: now) }
      message = said
    case .over(let transaction, let outcome):
      follow(transaction, at: now)
      conclude(transaction, outcome, at: now)
    case .notBegun(let why):
      proceeding?.stage = .over(nil, sentence: why)
      proceeding?.waiting = nil
      tell(Note(.error, why), at: now)
    }
    return []
  }

  private func group(of address: Address) -> GroupID? { inventory?[address]?.group.value }

  private mutating func tell(_ note: Note, group: GroupID? = nil, at now: Moment) {
    log.add(note, group: group, at: now)
    message = note
  }

  /// A line of the log for each step whose state is another one than before.
  private mutating func follow(_ transaction: Transaction, at now: Moment) {
    let before = proceeding?.states ?? []
    for (place, record) in transaction.entry.records.enumerated() {
      guard !before.indices.contains(place) || before[place] != record.state, record.state != .pending else { continue }
      let isBad = record.state == .failed || record.state == .stuck
      log.add(
        Note(isBad ? .refused : .call, "\(record.effect.exact) = \(record.state.said)"),
        group: record.effect.address.flatMap(group), at: now)
    }
    proceeding?.waiting = nil
    proceeding?.transaction = transaction
  }

  private mutating func conclude(_ transaction: Transaction, _ outcome: Transaction.Outcome, at now: Moment) {
    let sentence = chosenBy.acts.put(in: transaction.sentence() ?? "")
    let isRedo = proceeding?.isRedo ?? false
    if outcome == .done, let intent = proceeding?.plan?.intent { remember(intent, transaction, isRedo: isRedo) }
    lastAct = LastAct(touched: Set(proceeding?.plan?.touched ?? []), at: now.milliseconds)
    proceeding?.stage = .over(outcome, sentence: sentence)
    proceeding?.waiting = nil
    proceeding?.chosen = 0
    proceeding?.scroll = 0
    tell(Note(outcome == .done ? .done : .error, sentence), at: now)
    if overlay != .plan { proceeding = nil }
  }

  /// What can be done again: an undone act, until another one is done.
  private mutating func remember(_ intent: Intent, _ transaction: Transaction, isRedo: Bool) {
    if let entry = intent.entry {
      if let undone = done.removeValue(forKey: entry) { redoable.append(undone) }
    } else if intent.verb != .restore {
      done[transaction.entry.number] = intent
      if isRedo { _ = redoable.popLast() } else { redoable = [] }
    }
  }

  /// Whether a change of a function is our own doing.
  func isOurs(_ address: Address, at now: Moment) -> Bool {
    if let proceeding, proceeding.isRunning, proceeding.plan?.touched.contains(address) ?? false { return true }
    guard let lastAct, now.milliseconds < lastAct.at + Self.ownEcho else { return false }
    return lastAct.touched.contains(address)
  }

  /// So long, in milliseconds, may news of our own act come after its end.
  private static let ownEcho: UInt64 = 2_000

  /// What an act changed last, and when.
  struct LastAct: Hashable, Sendable {
    var touched: Set<Address>
    var at: UInt64
  }

  // MARK: leaving

  /// Why one more press is needed to quit; nil where nothing is under way.
  var whyStay: String? {
    guard let proceeding, proceeding.isRunning, proceeding.offer == nil else { return whyKeep }
    guard let waiting = proceeding.waiting else { return "an act is under way; q again leaves it in the middle" }
    return "\(Self.child(waiting.work)) still waits (\(waiting.effect.phrase)); q again leaves it to itself"
  }

  /// What to know when the console is left while an act runs.
  public var farewell: String? {
    guard let proceeding, proceeding.isRunning, proceeding.offer == nil else { return nil }
    let child = proceeding.waiting.map { "\(Self.child($0.work)) goes on by itself: \($0.effect.phrase)." }
    return (child.map { $0 + " " } ?? "") + "The act was left in the middle; once nothing is in its way, "
      + "this takes it back: \(chosenBy.acts.put(in: "viable restore --all"))"
  }

  /// Whether an act is in the middle of something that is about to end: not where a child has waited for a second.
  public func isActing(at now: UInt64) -> Bool {
    guard let proceeding, proceeding.isRunning, proceeding.offer == nil else { return false }
    return proceeding.waiting.map { now < $0.since + 1_000 } ?? true
  }

  static func child(_ work: Work) -> String { work.process > 0 ? "process \(work.process)" : "the write" }

  /// When the seconds that a child waits change next.
  var waitingSecond: UInt64? {
    guard overlay == .plan, let since = proceeding?.waiting?.since else { return nil }
    return since + ((max(clock, since) - since) / 1000 + 1) * 1000
  }
}

extension Record.State {
  /// What a log line says came of a step.
  var said: String {
    switch self {
    case .pending: "under way"
    case .done: "ok"
    case .skipped: "already so"
    case .failed: "FAILED"
    case .takenBack: "taken back"
    case .stuck: "STUCK"
    }
  }
}
