import Assignment
import Topology

extension Scene {
  /// Takes one input in, and returns what is to be done about it outside.
  public mutating func receive(_ input: Input, at now: Moment) -> [Request] {
    var requests: [Request] = []
    clock = now.milliseconds
    switch input {
    case .key(let key):
      lastKey = now.milliseconds
      requests = press(key, at: now)
    case .mouse(let mouse):
      if hasMouse { requests = point(mouse, at: now) }
    case .paste(let text): paste(text)
    case .resize(let size): resize(to: size)
    case .inventory(let whole): take(whole, at: now)
    case .difference(let difference, let sources): hear(difference, sources: sources, at: now)
    case .sources(let now): sources = now
    case .stage(let world, let rules): set(world, rules)
    case .answered(let event, let answer, let world, let difference):
      requests = answered(event, answer, world, difference, at: now)
    case .planned(let plan, let preview): take(plan, preview)
    case .refused(let refusal): take(refusal)
    case .sorry(let why): takeBack(why, at: now)
    case .act(let news): requests = take(news, at: now)
    case .offered(let offer): take(offer)
    case .attach(let news): requests = take(news, at: now)
    case .attachedFirst(let groups): requests = detachFirst(groups)
    case .recorded(let functions): record(functions)
    case .undoable(let isThere): canUndo = isThere
    case .explained(let explanation): explained[explanation.group.id] = explanation
    case .exported(let format, let lines): take(format, .lines(lines))
    case .unexported(let format, let why): take(format, .none(why))
    case .supposed(let answer): take(answer)
    case .note(let note):
      log.add(note, at: now)
      if note.kind == .error || note.kind == .done { message = note }
    case .themes(let offered):
      themes = offered
      themeFigures = Dictionary(offered.map { ($0.name, ThemeFigures(of: $0)) }, uniquingKeysWith: { $1 })
    case .tick: asked.wake = nil
    }
    requests += catchUp(at: now)
    return requests
  }

  /// Forgets what had its time, asks for what the screen lacks, and says when to come back.
  private mutating func catchUp(at now: Moment) -> [Request] {
    if let due = waitingIsDue, due <= now.milliseconds { release(at: now) }
    expire(at: now.milliseconds)
    var requests: [Request] = []
    let wanted = wantedDetails()
    if !wanted.isEmpty {
      asked.details.formUnion(wanted)
      requests.append(.details(wanted))
    }
    if let group = wantedExplanation() { requests.append(.explain(group)) }
    if let question = wantedSupposition() { requests.append(.suppose(question)) }
    if let next = nextDeadline, asked.wake.map({ next < $0 }) ?? true {
      asked.wake = next
      requests.append(.wake(at: next))
    }
    return requests
  }

  private mutating func expire(at now: UInt64) {
    if !changed.isEmpty { changed = changed.filter { now < $0.value + Self.changedFor } }
    guard !isPaused, let first = gone.first, first.at + Self.goneFor <= now else { return }
    gone.removeAll { $0.at + Self.goneFor <= now }
    regrow()
    refreshRows(.news)
  }

  private var nextDeadline: UInt64? {
    let ends = [
      waitingIsDue, isPaused ? nil : gone.first.map { $0.at + Self.goneFor },
      changed.values.min().map { $0 + Self.changedFor }, waitingSecond,
    ]
    return ends.compactMap { $0 }.min()
  }

  /// Functions on screen, and the members of the selected group, of which nobody has read the details yet.
  private func wantedDetails() -> Set<Address> {
    guard let inventory else { return [] }
    var wanted: Set<Address> = []
    func want(_ address: Address) {
      guard !asked.details.contains(address), let function = inventory[address], function.details == nil else { return }
      wanted.insert(address)
    }
    let height = layout.deviceRows
    let first = max(0, cursor.top)
    for row in rows[min(first, rows.count)..<min(rows.count, max(first, cursor.top + height))] {
      if case .function(let address) = row.content { want(address) }
    }
    if let function = selectedFunction { want(function.address) }
    if let group = selectedGroup.flatMap({ inventory[$0] }) {
      for member in group.members.prefix(Self.membersInSight) { want(member) }
    }
    return wanted
  }

  /// How many members of a group its pane may show.
  private static let membersInSight = 64

  private mutating func resize(to new: Size) {
    guard new != size else { return }
    let tier = layout.tier
    size = new
    if layout.tier != tier {
      otherSplits[tier] = splits
      splits = otherSplits[layout.tier] ?? Splits()
      refreshRows(.news)
    }
    tidyScroll()
  }
}

extension Scene {
  /// Where keys mean what they mean now, the innermost first.
  var contexts: [Action.Context] {
    if layout.tier == .tooSmall { return [.tooSmall] }
    if prompt != nil { return [.prompt] }
    if overlay == .plan { return isAgreeing ? [.consent] : [.plan] }
    if overlay == .export { return [.export] }
    if overlay == .whatIf { return [.whatIf] }
    if overlay != nil { return [.overlay] }
    switch focus {
    case .devices: return [.devices, .global]
    case .group: return [.group, .global]
    case .actions: return [.actions, .global]
    case .log: return [.log, .global]
    case .device: return [.device, .global]
    case .explain: return [.explain, .global]
    }
  }

  /// What the hint bar offers now, most useful first.
  var hints: [Action] {
    let here = Set(contexts)
    return Action.all.filter { $0.priority > 0 && !$0.contexts.isDisjoint(with: here) }
      .enumerated().sorted { ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset) }.map(\.element)
  }

  /// One key: a binding, the second half of one, or a character of what is typed.
  mutating func press(_ key: Key, at now: Moment) -> [Request] {
    if case .plainText? = overlay {
      overlay = nil
      return [.mouse(hasMouse)]
    }
    message = nil
    defer { if key != .character("q"), key != .control("c"), key != .function(10) { isLeavingAnyway = false } }
    let contexts = contexts
    if let first = pending {
      pending = nil
      return finish(first, key, contexts, at: now)
    }
    switch Keymap.standard.meaning(of: key, in: contexts) {
    case .action(let id): return perform(id, at: now)
    case .prefix:
      pending = key
      message = Note(.done, continuations(of: key, contexts))
    case nil:
      guard case .character(let character) = key else { break }
      if prompt != nil { type(String(character)) } else { agree(character) }
    }
    return []
  }

  private mutating func finish(_ first: Key, _ second: Key, _ contexts: [Action.Context], at now: Moment) -> [Request] {
    guard let (id, letter) = Keymap.standard.meaning(of: second, after: first, in: contexts) else {
      if second != .escape { message = Note(.error, "\(first.name) \(second.name) is not bound") }
      return []
    }
    return perform(id, letter: letter, at: now)
  }

  /// What may follow the first key of a binding of two.
  private func continuations(of key: Key, _ contexts: [Action.Context]) -> String {
    let actions = Action.all.filter { !$0.contexts.isDisjoint(with: contexts) }
    let ways = actions.flatMap { action in
      action.keys.filter { stroke in
        if case .key = stroke { return false }
        return stroke.first == key
      }
      .map { "\($0.name) \(action.long)" }
    }
    return ways.joined(separator: "   ")
  }

  /// Pasted words never run as commands.
  private mutating func paste(_ text: String) {
    if prompt != nil {
      type(Clean.visible(text.split(whereSeparator: \.isNewline).joined(separator: " ")))
    } else {
      message = Note(.done, "ignored \(text.count) pasted characters")
    }
  }
}
