import Assignment
import HostAccess
import Ownership
public import Topology

/// A preview told in lines, the answer to it, and how the act goes.
extension LineMode {
  /// Whether the line that is typed next answers a preview.
  var isAsking: Bool { scene.proceeding?.stage == .offered }

  /// Takes the line that answers a preview: what agrees to it runs it, anything else cancels.
  mutating func agree(_ line: String) -> Reply {
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    if words == ["other"], scene.proceeding?.offer?.other != nil {
      var reply = Reply()
      reply.requests = scene.askOther()
      return reply
    }
    guard let proceeding = scene.proceeding, proceeding.isOpen, hindrance == nil, words == demand else {
      _ = scene.closePlan()
      return Reply(["Cancelled: nothing was changed."])
    }
    scene.proceeding?.typed = proceeding.demand.joined(separator: " ")
    let run = scene.planButtons.firstIndex(of: .run) ?? 0
    scene.proceeding?.chosen = run
    var reply = Reply()
    reply.requests = scene.pressButton()
    return reply
  }

  /// A device that is held can be waited for.
  mutating func wait() -> Reply? {
    guard case .refused(let refusal)? = scene.proceeding?.stage, case .held = refusal.why,
      let place = scene.planButtons.firstIndex(of: .wait)
    else { return nil }
    scene.proceeding?.chosen = place
    var reply = Reply()
    reply.requests = scene.pressButton()
    return reply
  }

  /// What has to be typed.
  private var demand: [String] {
    let words = scene.proceeding?.demand ?? []
    return words.isEmpty ? ["yes"] : words
  }

  /// Why nothing can be agreed to here; nil where it can.
  private var hindrance: String? {
    guard let proceeding = scene.proceeding else { return nil }
    if let why = proceeding.offer == nil ? scene.whyNoRun : scene.whyNoCalls {
      let command = proceeding.plan?.agreedCommandLine ?? proceeding.offer?.commandLine ?? ""
      let line = scene.acting((why == Scene.needsRoot ? "sudo " : "") + command)
      return "Nothing is run here: \(Clean.visible(why)). As a command line: \(Clean.visible(line))"
    }
    guard proceeding.plan?.severity == .lockout, !isAtTerminal else { return nil }
    return "The plan may lock somebody out or stop the machine: it is confirmed at a terminal, never from a file."
  }

  // MARK: what came

  /// Takes in what came of something that was asked for, and tells it.
  public mutating func take(_ input: Input, at now: Moment) -> Reply {
    let old = (scene.inventory, scene.verdicts)
    advance(to: now)
    var reply = Reply()
    reply.requests = scene.receive(input, at: clock).filter(Self.isForWorker)
    switch input {
    case .planned, .offered: reply.output = preview()
    case .refused(let refusal): reply.output = refused(refusal)
    case .sorry(let why): reply.output = [why.prefix(1).uppercased() + why.dropFirst() + "."]
    case .act(.saw), .attach(.saw):
      skipLog()
      reply.output = news(from: old.0, old.1)
    case .act(.waits(let effect, let work)):
      _ = progress()
      reply.output = [
        "It waits: \(effect.phrase) (\(Scene.child(work))). It ends when whoever holds the device lets go; "
          + "quit leaves it to itself."
      ]
      if let address = effect.address { reply.requests.append(.details([address])) }
    case .act(.over), .act(.notBegun), .attach(.attached), .attach(.refused), .attach(.notBegun), .attach(.detached):
      reply.output = progress() + next()
      if reply.requests.isEmpty { _ = scene.closePlan() }
    case .attach(.told(let lines)): reply.output = lines.map { Clean.visible($0) }
    case .answered(_, let answer, _, _): reply.output = progress() + leftOpen(after: answer)
    case .act, .attach: reply.output = progress()
    case .explained(let explained):
      guard explaining == explained.group.id else { break }
      explaining = nil
      reply.output = Self.words(explained)
    default: skipLog()
    }
    return reply
  }

  /// A group of which nothing can be explained.
  public mutating func cannotExplain(_ group: GroupID) -> Reply {
    guard explaining == group else { return Reply() }
    explaining = nil
    return Reply(["Nothing is known that would explain group \(group)."])
  }

  private static func isForWorker(_ request: Request) -> Bool {
    switch request {
    case .plan, .run, .attach, .happen: true
    default: false
    }
  }

  /// The whole preview, and the question.
  private mutating func preview() -> [String] {
    guard let proceeding = scene.proceeding, let preview = proceeding.preview else { return [] }
    var lines = preview.text.filter { !$0.isEmpty }
    if let offer = proceeding.offer {
      if proceeding.after != nil { lines.insert("It is attached here, and is given back first.", at: 0) }
      if !offer.choice.isEmpty { lines.insert(offer.choice, at: 1) }
      if let other = offer.other { lines.append("Say other to preview it through \(other.rawValue).") }
    }
    guard proceeding.isOpen else {
      _ = scene.closePlan()
      return lines
    }
    if let hindrance {
      _ = scene.closePlan()
      return lines + [hindrance]
    }
    return lines + ["Type \(demand.joined(separator: " ")) to go ahead. Anything else cancels."]
  }

  private mutating func refused(_ refusal: Refusal) -> [String] {
    var lines = ["Refused: " + refusal.sentence()] + refusal.next().filter { !$0.isEmpty }.map(options.put(in:))
    if let (user, device) = scene.wayOut(of: refusal) {
      let isOurs = scene.rehearsal?.caller == user
      lines.append((isOurs ? "Say detach \(device.short), or end " : "Say end ") + Clean.visible(user.name) + ".")
    }
    if scene.planButtons.contains(.wait) {
      lines.append("Say wait to preview it all the same, and to wait until it is let go.")
    } else {
      _ = scene.closePlan()
    }
    return lines
  }

  /// What a refused call leaves behind on a simulated machine, and how it is given back.
  private func leftOpen(after answer: Answer) -> [String] {
    guard answer.value == nil, let rehearsal = scene.rehearsal else { return [] }
    let user = rehearsal.caller
    guard rehearsal.world.ledger.processes.contains(where: { $0.user == user }) else { return [] }
    let name = Clean.visible(user.name)
    return ["What \(name) opened before stays open: detach, or end \(name), gives it back."]
  }

  /// What was logged since the last time.
  private mutating func progress() -> [String] {
    let fresh = scene.log.entries.filter { $0.number > told && ![.change, .scan, .quiet].contains($0.note.kind) }
    skipLog()
    return fresh.map { Clean.visible($0.note.text) }
  }

  mutating func skipLog() { told = scene.log.entries.last?.number ?? told }

  /// What can be done about it now.
  private func next() -> [String] {
    guard case .over(let outcome, _)? = scene.proceeding?.stage, let proceeding = scene.proceeding else { return [] }
    if let offer = proceeding.offer {
      if outcome != .done { return proceeding.made.last { !$0.isSuccess }?.why?.next ?? [] }
      return offer.way == .attach ? ["Say detach to give it back; quit does, too."] : []
    }
    guard outcome == .done, proceeding.plan?.intent.verb != .restore else { return [] }
    return ["Say undo to take it back."]
  }

  /// Why a group is one, as the explain pane says it.
  static func words(_ explained: Explained) -> [String] {
    var lines: [String] = []
    for why in explained.whys {
      lines.append(why.sentence)
      lines += why.splits.map { "Splits it: " + $0 } + why.keeps.map { "Does not: " + $0 }
      if let risk = why.risk { lines.append("Risk: " + risk) }
      lines += why.evidence.map { "Evidence: " + $0 }
    }
    if explained.needsRoot { lines.append("Root can read what decides: sudo viable why group:\(explained.group.id)") }
    return lines
  }
}
