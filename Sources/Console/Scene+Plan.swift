import Assignment
import HostAccess
import Ownership
import Topology

/// Acts: asked for, shown, agreed to, followed to their end.
extension Scene {
  // MARK: asking

  /// The act that a key stands for, on the marks where there are any, else on the selection.
  mutating func propose(_ id: Action.ID) -> [Request] {
    if let running = proceeding, running.isRunning {
      overlay = .plan
      message = Note(.error, "one act at a time: this one is still under way")
      return []
    }
    switch id {
    case .undo: return ask(for: Proceeding(.undo))
    case .redo: return redoable.last.map { ask(for: Proceeding(.act($0), isRedo: true)) } ?? []
    case .attach, .detach: return ask(for: Proceeding(attachAim(id)))
    default: return intent(of: id).map { ask(for: Proceeding(.act($0))) } ?? []
    }
  }

  mutating func ask(for next: Proceeding) -> [Request] {
    proceeding = next
    overlay = .plan
    return [.plan(next.aim)]
  }

  /// What `p`, `b`, `x` or `r` asks for: `p` is about whole groups, the others name devices, whose groups come along.
  func intent(of id: Action.ID) -> Intent? {
    let verb: Intent.Verb =
      switch id {
      case .release: .release
      case .restore: .restore
      default: .assign
      }
    let marked = marks.map(\.address).sorted()
    let named = marked.isEmpty ? selectedFunction.map { [$0.address] } ?? [] : marked
    let takesGroups = id == .planDefault || (verb == .assign && named.contains { inventory?[$0]?.leadsToABus ?? false })
    if takesGroups || named.isEmpty, !targetGroups.isEmpty { return Intent(verb, groups: targetGroups) }
    return named.isEmpty ? nil : Intent(verb, named: named)
  }

  /// Why there is nothing to make a plan for; nil where there is.
  func whyNoPlan(_ id: Action.ID) -> String? {
    if let whyStopped { return whyStopped }
    return switch id {
    case .undo: canUndo == false ? "nothing that viable did is in force: there is no undo" : nil
    case .redo: redoable.isEmpty ? "nothing was undone here" : nil
    default: intent(of: id).map { whyInVain($0) } ?? whyNoFunction
    }
  }

  /// Why such an act would come to nothing, where that can be told without a plan: bridges are never handed over, and
  /// only what somebody recorded, or a vfio driver drives, can be given back.
  private func whyInVain(_ intent: Intent) -> String? {
    // What is under way is shown instead, whatever was asked for.
    guard let inventory, proceeding?.isRunning != true else { return nil }
    let groups = intent.groups + intent.named.compactMap { inventory.group(of: $0)?.id }
    let members = groups.flatMap { inventory[$0]?.members ?? [] }.compactMap { inventory[$0] }
    guard !members.isEmpty else { return nil }
    if intent.verb == .restore {
      guard let canUndo, !members.contains(where: { states[$0.address] == .vfio || states[$0.address] == .open })
      else { return nil }
      let isRecorded = canUndo && members.contains { recorded.contains($0.address) }
      return isRecorded ? nil : "nothing is recorded here that could be restored"
    }
    let areBridges = members.allSatisfy { $0.leadsToABus || $0.identity.value?.classCode.isHostBridge ?? false }
    guard areBridges, groups.allSatisfy({ verdicts[$0]?.state == .viable }) else { return nil }
    return "nothing has to be done: there are only bridges here, and none is in the way"
  }

  // MARK: the answer

  mutating func take(_ plan: Plan, _ preview: Preview) {
    guard proceeding?.stage == .asked else { return }
    proceeding?.plan = plan
    let told = preview.telling { Clean.visible(acting($0)) }
    proceeding?.preview = told
    proceeding?.stage = .offered
    doubt()
  }

  mutating func take(_ refusal: Refusal) {
    guard proceeding?.stage == .asked else { return }
    proceeding?.stage = .refused(refusal)
  }

  /// There is nothing to show: the preview closes, and the message line says why.
  mutating func takeBack(_ why: String, at now: Moment) {
    guard proceeding?.stage == .asked else { return }
    proceeding = nil
    if overlay == .plan { overlay = nil }
    message = Note(.error, why)
    log.add(Note(.error, why), at: now)
  }

  /// Compares what is known of the machine with what the plan on screen assumed. Once they differ it is never run.
  mutating func doubt() {
    guard let plan = proceeding?.plan, proceeding?.stage == .offered, proceeding?.contradiction == nil, let inventory
    else { return }
    let now = plan.assumptions.compactMap { assumed in inventory[assumed.address].map { assumed.seen(as: $0) } }
    let groups = plan.groups.compactMap { assumed -> Group? in
      guard var group = inventory[assumed.id] else { return nil }
      if group.details == nil { group.others = assumed.others }
      return group
    }
    guard let refusal = plan.staleness(against: now, groups: groups) else { return }
    proceeding?.contradiction = refusal.sentence()
    proceeding?.chosen = 0
  }

  // MARK: the buttons

  /// What can be pressed now.
  var planButtons: [Proceeding.Button] {
    guard let proceeding else { return [] }
    if let offer = proceeding.offer { return attachButtons(offer, proceeding) }
    switch proceeding.stage {
    case .asked: return [.cancel]
    case .offered:
      if proceeding.plan?.steps.isEmpty ?? true { return [.close, .copy] }
      if proceeding.contradiction != nil { return [.cancel, .again, .copy] }
      return whyNoRun == nil ? [.cancel, .run, .copy] : [.cancel, .copy]
    case .refused(let refusal):
      guard case .held = refusal.why, case .act = proceeding.aim else { return [.close] }
      return [.close, .wait]
    case .running: return [.hide]
    case .over(.done, _): return proceeding.plan?.intent.verb == .restore ? [.close] : [.close, .undo]
    case .over: return [.close]
    }
  }

  /// Whether text is typed into the preview.
  var isAgreeing: Bool {
    guard overlay == .plan, let proceeding else { return false }
    return !proceeding.demand.isEmpty && whyNoRun == nil
  }

  /// Presses the button that stands out.
  mutating func pressButton(byMouse: Bool = false) -> [Request] {
    let buttons = planButtons
    guard let proceeding, buttons.indices.contains(proceeding.chosen) else { return [] }
    switch buttons[proceeding.chosen] {
    case .cancel, .close, .hide: return closePlan()
    case .run: return run(byMouse: byMouse)
    case .copy: return copyPlanCommand()
    case .again: return askAgain()
    case .undo: return ask(for: Proceeding(.undo))
    case .other: return askOther()
    case .giveBack: return proceeding.offer.map { ask(for: Proceeding(.detach($0.groups))) } ?? []
    case .wait:
      guard case .act(var intent) = proceeding.aim else { return [] }
      intent.mayWait = true
      return ask(for: Proceeding(.act(intent), isRedo: proceeding.isRedo))
    }
  }

  /// The same question to the machine as it is now.
  mutating func askAgain() -> [Request] {
    guard let proceeding, !proceeding.isRunning else { return [] }
    if case .over = proceeding.stage { return [] }
    return ask(for: Proceeding(proceeding.aim, isRedo: proceeding.isRedo))
  }

  private mutating func run(byMouse: Bool) -> [Request] {
    guard let proceeding, proceeding.isOpen else { return [] }
    if let offer = proceeding.offer {
      guard whyNoCalls == nil else { return [] }
      begin()
      return [.attach(offer)]
    }
    guard let plan = proceeding.plan, whyNoRun == nil else { return [] }
    guard proceeding.isAgreed else {
      message = Note(.error, "type \(proceeding.demand.joined(separator: " ")) first: nothing was changed")
      return []
    }
    guard !byMouse || proceeding.demand.isEmpty else {
      message = Note(.error, "what was typed is confirmed with Enter, never with the mouse")
      return []
    }
    begin()
    return [.run(plan)]
  }

  private mutating func begin() {
    proceeding?.stage = .running
    proceeding?.chosen = 0
    proceeding?.scroll = 0
  }

  /// Leaves the preview. What runs goes on.
  mutating func closePlan() -> [Request] {
    overlay = nil
    switch proceeding?.stage {
    case .running:
      message = Note(.done, "the act goes on; p shows it again")
    case .offered, .asked:
      if proceeding?.plan?.steps.isEmpty != true { message = Note(.done, "cancelled: nothing was changed") }
      proceeding = nil
    case .refused, .over, nil: proceeding = nil
    }
    return []
  }

  private mutating func copyPlanCommand() -> [Request] {
    let acting = proceeding?.plan.map { $0.steps.isEmpty ? $0.commandLine : $0.agreedCommandLine }
    guard let command = acting ?? proceeding?.offer?.commandLine else { return [] }
    let needsRoot = place.kind == .linux && !place.isPrivileged && (proceeding?.offer == nil || whyNoCalls != nil)
    let line = self.acting((needsRoot ? "sudo " : "") + command)
    message = Note(.done, "copied: \(line)")
    return [.copy(line + "\n")]
  }

  /// The whole preview as text.
  mutating func copyPlan() -> [Request] {
    guard let preview = proceeding?.preview else { return [] }
    message = Note(.done, "copied the preview: \(preview.text.count) lines")
    return [.copy(preview.text.map { $0 + "\n" }.joined())]
  }

  // MARK: keys of the preview

  /// A key that means something in the preview alone; nil where it is no business of it.
  mutating func steer(_ id: Action.ID) -> [Request]? {
    guard overlay == .plan, layout.tier != .tooSmall, let proceeding else { return nil }
    switch id {
    case .choose: return pressButton()
    case .nextButton:
      let last = planButtons.count - 1
      self.proceeding?.chosen = min(proceeding.chosen + 1, last)
    case .previousButton: self.proceeding?.chosen = max(0, proceeding.chosen - 1)
    case .planDown: scrollPlan(by: 1)
    case .planUp: scrollPlan(by: -1)
    case .planPageDown: scrollPlan(by: max(1, planExtent.visible - 1))
    case .planPageUp: scrollPlan(by: -max(1, planExtent.visible - 1))
    case .rubOut: self.proceeding?.typed = String(proceeding.typed.dropLast())
    case .clearLine: self.proceeding?.typed = ""
    case .planAgain: return askAgain()
    case .planOther: return askOther()
    case .copyPlan: return copyPlan()
    case .cancel, .leave, .quit: return closePlan()
    default: return nil
    }
    return []
  }

  /// Types into the field of consent.
  mutating func agree(_ character: Character) {
    guard isAgreeing, (proceeding?.typed.count ?? 0) < Self.longestConsent else { return }
    proceeding?.typed.append(character)
  }

  private static let longestConsent = 64

  mutating func scrollPlan(by step: Int) {
    let extent = planExtent
    let most = max(0, extent.lines - extent.visible)
    let place = min(max(0, proceeding?.scroll ?? 0), most)
    // "First" and "last" are further than anything is long.
    proceeding?.scroll = min(max(0, place + step), most)
  }
}

extension Preview {
  /// The same with another command line.
  fileprivate func telling(_ command: (String) -> String) -> Preview {
    var told = self
    for place in told.sections.indices where told.sections[place].subject == .command {
      for line in told.sections[place].lines.indices {
        told.sections[place].lines[line].text = command(told.sections[place].lines[line].text)
      }
    }
    return told
  }
}

extension Binding {
  /// The same function as an observer shows it now; what he did not look at stays as it was assumed.
  fileprivate func seen(as function: Function) -> Binding {
    var seen = self
    if function.identity.ignorance == nil { seen.identity = function.identity }
    if function.driver.ignorance == nil { seen.driver = function.driver }
    if function.group.ignorance == nil { seen.group = function.group }
    if function.driverOverride.ignorance == nil { seen.override = function.driverOverride }
    return seen
  }
}
