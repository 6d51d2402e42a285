import Assignment
import HostAccess
public import Ownership
public import Topology

/// Groups attached to this console itself, on the machine that it runs on.
extension Scene {
  /// What is said where root alone may act.
  public static let needsRoot = "acting needs root"

  /// A group that this console holds, and through which interface.
  public struct Attached: Hashable, Sendable {
    /// Their numbers.
    public var groups: [GroupID]
    /// Whose calls.
    public var model: RuleSet
  }

  /// The groups that this console holds.
  var attachedGroups: Set<GroupID> { Set(attached.flatMap(\.groups)) }

  // MARK: asking

  /// Why groups cannot be attached or detached on a machine that is not simulated; nil where they can.
  func whyNoAttach(_ id: Action.ID) -> String? {
    guard place.kind == .linux else { return Self.whyNoStage }
    guard let first = targetGroups.first else { return whyNoGroup }
    let held = targetGroups.filter(attachedGroups.contains)
    if id == .detach { return held.isEmpty ? "group \(first) is not attached here" : nil }
    return held.first.map { "group \($0) is attached here already; T gives it back" }
  }

  /// The question that `t` or `T` asks.
  func attachAim(_ id: Action.ID) -> Aim {
    id == .detach ? .detach(targetGroups.filter(attachedGroups.contains)) : .attach(targetGroups, by: nil)
  }

  /// An act is about groups that are attached here: they come first, and then the act is previewed.
  mutating func detachFirst(_ groups: [GroupID]) -> [Request] {
    guard let before = proceeding, before.stage == .asked else { return [] }
    var next = Proceeding(.detach(groups))
    next.after = before.aim
    return ask(for: next)
  }

  mutating func take(_ offer: AttachPlan) {
    guard proceeding?.stage == .asked else { return }
    proceeding?.offer = offer
    proceeding?.preview = offer.preview()
    proceeding?.stage = .offered
  }

  /// Why the calls that are previewed are not made here; nil where they are. Whoever owns the nodes needs no root.
  var whyNoCalls: String? {
    guard let whyNoRun, let offer = proceeding?.offer else { return nil }
    return whyNoRun == Self.needsRoot && (offer.way == .detach || offer.refusal == nil) ? nil : whyNoRun
  }

  // MARK: the buttons

  /// What can be pressed about an attachment now.
  func attachButtons(_ offer: AttachPlan, _ proceeding: Proceeding) -> [Proceeding.Button] {
    let other: [Proceeding.Button] = offer.way == .attach && offer.other != nil ? [.other] : []
    switch proceeding.stage {
    case .asked: return [.cancel]
    case .offered:
      let run: [Proceeding.Button] = whyNoCalls == nil ? [.run] : []
      return [.cancel] + run + other + (offer.way == .attach ? [.copy] : [])
    case .running: return [.hide]
    case .over(.done, _): return offer.way == .attach ? [.close, .giveBack] : [.close]
    case .over: return [.close] + other
    case .refused: return [.close]
    }
  }

  /// The same through the other interface, previewed.
  mutating func askOther() -> [Request] {
    guard let proceeding, !proceeding.isRunning, let offer = proceeding.offer, offer.way == .attach,
      let other = offer.other
    else { return [] }
    return ask(for: Proceeding(.attach(offer.groups, by: other)))
  }

  // MARK: how it goes

  /// Takes in how attaching goes: preview, log and message line follow it.
  mutating func take(_ news: AttachNews, at now: Moment) -> [Request] {
    switch news {
    case .called(let line):
      let why = line.why.map { "; " + $0.sentence } ?? ""
      log.add(Note(line.isSuccess ? .call : .refused, line.said + why), group: callGroup, at: now)
      proceeding?.made.append(line)
      if let proceeding { self.proceeding?.preview = proceeding.offer?.preview(made: proceeding.made) }
    case .told(let lines): proceeding?.told = lines.map { Clean.visible($0) }
    case .noted(let text): log.add(Note(.event, text), group: callGroup, at: now)
    case .saw(let difference):
      let said = message
      hear(difference, sources: [], at: now)
      if !isPaused { release(at: now) }
      message = said
    case .attached(let groups, let model):
      attached.append(Attached(groups: groups, model: model))
      let words = proceeding?.offer?.groupWords ?? "the group"
      conclude(
        .done, "\(words) is attached through \(AttachPlan.node(of: model)); detaching (T) gives it back", at: now)
    case .refused(let why): conclude(nil, why, at: now)
    case .notBegun(let why): conclude(nil, "Nothing was opened: \(why)", at: now)
    case .detached(let groups, let leftover):
      attached.removeAll { $0.groups == groups }
      let after = proceeding?.after
      let words = proceeding?.offer?.groupWords ?? "the group"
      conclude(leftover.isEmpty ? .done : nil, "\(words) is detached." + leftover, at: now)
      if let after, leftover.isEmpty, overlay == .plan { return ask(for: Proceeding(after)) }
    }
    return []
  }

  private var callGroup: GroupID? { proceeding?.offer?.groups.first }

  private mutating func conclude(_ outcome: Transaction.Outcome?, _ sentence: String, at now: Moment) {
    let whole = sentence.prefix(1).uppercased() + sentence.dropFirst()
    if let proceeding {
      self.proceeding?.preview = proceeding.offer?.preview(
        made: proceeding.made, isOver: true, told: outcome == .done ? proceeding.told : [])
    }
    proceeding?.stage = .over(outcome, sentence: whole)
    proceeding?.chosen = 0
    proceeding?.scroll = 0
    let note = Note(outcome == .done ? .done : .error, whole)
    log.add(note, group: callGroup, at: now)
    message = note
    if overlay != .plan { proceeding = nil }
  }

  /// Why one more press is needed to quit while groups are attached; nil where none is.
  var whyKeep: String? {
    let groups = attachedGroups.sorted()
    guard let first = groups.first else { return nil }
    let words = groups.count == 1 ? "group \(first) is" : "\(groups.count) groups are"
    return "\(words) attached here; q again gives \(groups.count == 1 ? "it" : "them") back and quits"
  }
}
