import Assignment
import HostAccess
import Ownership
import Topology

/// What the preview of an act says.
extension Drawing {
  func planLines(width: Int) -> [StyledLine] {
    guard let proceeding = scene.proceeding else { return [] }
    var lines = planHead(proceeding, width)
    for section in proceeding.preview?.sections ?? [] {
      lines.append(StyledLine())
      lines.append(StyledLine(section.subject.rawValue, .borderFocused))
      for line in section.lines { lines += planLine(line, section.subject, proceeding, width) }
    }
    return lines
  }

  /// The title, and what stands above all else: why not, how far, how it ended.
  private func planHead(_ proceeding: Proceeding, _ width: Int) -> [StyledLine] {
    var lines = proceeding.preview.map { prose($0.title, .text, width) } ?? []
    func say(_ text: String, _ role: Role) { lines += prose(text, role, width) }
    switch proceeding.stage {
    case .asked: say("Looking at what it takes, and at what it costs.", .dim)
    case .offered where proceeding.offer != nil:
      proceeding.offer.map { lines += offerLines($0, proceeding, width) }
    case .offered:
      if let contradiction = proceeding.contradiction {
        say("The host changed since this was read. \(contradiction)", .stateWarning)
      } else {
        // Whoever is asked to type LOCKOUT sees why, however small the screen.
        for finding in proceeding.plan?.told ?? [] where finding.severity == .lockout { say(finding.text, .danger) }
      }
      if proceeding.contradiction == nil, let why = scene.whyNoRun, proceeding.plan?.steps.isEmpty == false {
        say("Nothing is run here: \(Clean.visible(why)).", .stateWarning)
      }
    case .refused(let refusal):
      say(refusal.sentence(), .stateWarning)
      for next in refusal.next() where !next.isEmpty {
        lines += prose("- " + scene.chosenBy.acts.put(in: next), .text, width, indent: 2)
      }
      if let (user, device) = scene.wayOut(of: refusal) {
        let name = Clean.visible(user.name)
        let maker = scene.rehearsal?.caller == user ? "" : ", as \(name) (U),"
        let way = "T at \(scene.name(device))\(maker) gives back what \(name) took; the menu (a) has End \(name)."
        lines += prose("- " + way, .text, width, indent: 2)
      }
    case .running:
      if let waiting = proceeding.waiting { lines += waitingLines(waiting, width) } else { say("Running.", .changed) }
    case .over(let outcome, let sentence):
      say(sentence, outcome == .done ? .stateGood : .stateWarning)
      let next = outcome == nil ? proceeding.made.last { !$0.isSuccess }?.why?.next ?? [] : []
      for text in next { lines += prose("- " + text, .text, width, indent: 2) }
    }
    return lines
  }

  /// Why this interface, whether it is expected to work, and why not here.
  private func offerLines(_ offer: AttachPlan, _ proceeding: Proceeding, _ width: Int) -> [StyledLine] {
    var lines: [StyledLine] = []
    if proceeding.after != nil {
      lines += prose(
        "\(offer.groupWords.prefix(1).uppercased())\(offer.groupWords.dropFirst()) is attached here, and a write to its "
          + "drivers would wait for that: it is given back first, then the act is previewed.", .changed, width)
    }
    let other = offer.other.map { "W previews \($0.rawValue)." } ?? ""
    let choice = [offer.choice, other].filter { !$0.isEmpty }.joined(separator: " ")
    if !choice.isEmpty { lines += prose(choice, .dim, width) }
    if let refusal = offer.refusal {
      let answer = "\(refusal.name ?? refusal.call) is expected to answer \(refusal.errno?.name ?? refusal.result)."
      lines += prose([answer, refusal.why?.sentence ?? ""].joined(separator: " "), .stateWarning, width)
      for text in refusal.why?.next ?? [] { lines += prose("- " + text, .text, width, indent: 2) }
    }
    if let why = scene.whyNoCalls {
      lines += prose("Nothing is called here: \(Clean.visible(why)).", .stateWarning, width)
    }
    return lines
  }

  /// How long, on what, and who holds it.
  private func waitingLines(_ waiting: Proceeding.Waiting, _ width: Int) -> [StyledLine] {
    let seconds = (max(scene.clock, waiting.since) - waiting.since) / 1000
    var lines = prose(
      "Waiting for \(seconds) s: \(waiting.effect.phrase) (\(Scene.child(waiting.work))).", .changed, width)
    let group = waiting.effect.address.flatMap { scene.inventory?.group(of: $0) }
    for holder in group?.holders.value ?? [] {
      lines += prose(
        "\(Clean.visible(holder.node)) is held by \(Clean.visible(holder.command)) (process \(holder.process)); "
          + "the write ends when it lets go.", .stateWarning, width)
    }
    if let why = group?.holders.ignorance {
      lines += prose("Who holds it is not known: \(Sentences.reason(why)).", .dim, width)
    }
    return lines
      + prose("The console may be left meanwhile: the write goes on by itself, and is in the journal.", .dim, width)
  }

  private func planLine(
    _ line: Preview.Line, _ subject: Preview.Section.Subject, _ proceeding: Proceeding, _ width: Int
  ) -> [StyledLine] {
    var margin = StyledLine()
    var role = Role.text
    if let step = line.step {
      margin.add("\(step + 1)".padded(to: 3), .hintKey)
      if let state = state(of: step, proceeding) { margin.add(Width.fit(state.word, to: 11), state.role) }
    } else if let severity = line.severity {
      let mark: (String, Role) =
        switch severity {
        case .low: ("- ", .dim)
        case .medium: ("! ", .stateWarning)
        case .lockout: ("!! ", .danger)
        }
      margin.add(mark.0.padded(to: 3), mark.1)
      if severity > .low { role = .stateWarning }
    } else {
      margin.add("  ")
    }
    if subject == .command { role = .hintKey }
    let indent = margin.width
    return Paragraph.wrap(line.text, to: max(20, width - indent)).enumerated().map { number, part in
      var whole = number == 0 ? margin : StyledLine(String(repeating: " ", count: indent))
      whole.add(part, role)
      return whole
    }
  }

  /// What is known of a step once the act has begun: a word of at most ten columns.
  private func state(of step: Int, _ proceeding: Proceeding) -> (word: String, role: Role)? {
    if proceeding.offer != nil { return state(ofCall: step, proceeding) }
    guard proceeding.stage != .offered, let transaction = proceeding.transaction,
      transaction.entry.records.indices.contains(step)
    else { return nil }
    let isCurrent = transaction.current?.step == step && proceeding.isRunning
    switch transaction.entry.records[step].state {
    case .pending:
      guard isCurrent else { return ("", .dim) }
      return (proceeding.waiting == nil ? "now" : "waits", .changed)
    case .done: return (isCurrent && transaction.current?.isTakenBack == true ? "going back" : "ok", .stateGood)
    case .skipped: return ("already so", .stateQuiet)
    case .failed: return (errno(of: step, proceeding).map { "FAIL \($0)" } ?? "FAILED", .stateWarning)
    case .takenBack:
      guard failedStep(proceeding) == step else { return ("taken back", .changed) }
      return (errno(of: step, proceeding).map { "FAIL \($0)" } ?? "FAILED", .stateWarning)
    case .stuck: return ("STUCK", .danger)
    }
  }

  /// What came of a call.
  private func state(ofCall step: Int, _ proceeding: Proceeding) -> (word: String, role: Role)? {
    guard proceeding.stage != .offered else { return nil }
    guard proceeding.made.indices.contains(step) else {
      return proceeding.isRunning && step == proceeding.made.count ? ("now", .changed) : ("", .dim)
    }
    let line = proceeding.made[step]
    return line.isSuccess ? ("ok", .stateGood) : ("FAIL \(line.errno?.name ?? "")", .stateWarning)
  }

  private func failedStep(_ proceeding: Proceeding) -> Int? {
    switch proceeding.stage {
    case .over(.takenBack(let step, _)?, _), .over(.stuck(let step, _, _)?, _): step
    default: nil
    }
  }

  private func errno(of step: Int, _ proceeding: Proceeding) -> String? {
    guard case .over(let outcome, _) = proceeding.stage else { return nil }
    switch outcome {
    case .takenBack(step, .refused(let error)), .stuck(step, .refused(let error), _): return error.errno.name
    default: return nil
    }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - utf8.count)) }
}
