import Assignment
import Console
import Ownership
import Topology

/// Whether what was named can be handed out now: who blocks, what leaves the host, and what to do next.
struct CheckReport {
  /// One answer.
  struct Result {
    /// What was asked for, as it was typed.
    var target: String
    /// The group that the answer is about; nil for a device without one.
    var group: Group?
    /// The verdict on it.
    var verdict: Verdict?
    /// Whether it can be handed out; nil when that cannot be told.
    var isViable: Bool?
    /// What stands in the way or ought to be known.
    var findings: [Finding]
    /// Shell commands that free it.
    var next: [String]
    /// What each uAPI would answer, the one that was named first; empty unless one was.
    var forecasts: [Forecast] = []
    /// What may turn those answers and could not be told.
    var doubt: String?
  }

  /// Something found, with its weight. `low` is for information, `medium` takes something from the host, `high`
  /// stands in the way.
  struct Finding: Hashable {
    enum Severity: String { case low, medium, high }
    var severity: Severity
    /// The device it is about; nil when it is about a group or the machine.
    var address: Address?
    /// A word for scripts.
    var kind: String
    /// A sentence for people.
    var text: String
  }

  let survey: Survey
  var results: [Result]

  /// One result for each selector and group it touches; a device without a group is a result of its own. With
  /// `footing` the answer is that of the survey's rules to whoever took what was named now.
  init(_ survey: Survey, _ targets: [(text: String, target: Selector.Target)], forecasting footing: Footing? = nil) {
    self.survey = survey
    let results = targets.flatMap { text, target in
      Self.results(for: target, typed: text, survey).map { (result: $0, target: target) }
    }
    self.results = results.map { result, target in
      footing.map { result.forecasting(target, $0, survey.rules) } ?? result
    }
  }

  private static func results(for target: Selector.Target, typed: String, _ survey: Survey) -> [Result] {
    switch target {
    case .group(let id): return survey.inventory[id].map { [result(typed, $0, survey)] } ?? []
    case .functions(let addresses):
      var seen: Set<GroupID> = []
      return addresses.compactMap { address in
        guard let group = survey.inventory.group(of: address) else { return loose(typed, address, survey) }
        return seen.insert(group.id).inserted ? result(typed, group, survey, addresses) : nil
      }
    }
  }

  private static func result(
    _ typed: String, _ group: Group, _ survey: Survey, _ named: [Address] = []
  ) -> Result {
    let inventory = survey.inventory
    let verdict = survey.verdict(on: group.id)
    guard let verdict else {
      return Result(target: typed, group: group, verdict: nil, isViable: nil, findings: [], next: [])
    }
    if let refusal = Refusal.physical(besides: named, in: verdict, of: inventory) {
      let text = ([refusal.sentence()] + refusal.next()).joined(separator: " ")
      let finding = Finding(
        severity: .high, address: refusal.culprits.first?.address, kind: refusal.kind, text: text)
      return Result(
        target: typed, group: group, verdict: verdict, isViable: verdict.isViable,
        findings: findings(verdict, group, inventory) + [finding],
        next: refusal.culprits.first?.address.map { ["viable why \($0)"] } ?? [])
    }
    return Result(
      target: typed, group: group, verdict: verdict, isViable: verdict.isViable,
      findings: findings(verdict, group, inventory), next: Sentences.commands(verdict, of: group, in: inventory))
  }

  /// A device that the IOMMU cannot tell from others, or that has none above it.
  private static func loose(_ typed: String, _ address: Address, _ survey: Survey) -> Result {
    let why = survey.inventory[address]?.group.ignorance
    let text =
      why.map { "\(address): its IOMMU group could not be read (\($0))." }
      ?? "\(address) is in no IOMMU group, so nothing keeps it from all of memory."
    return Result(
      target: typed, group: nil, verdict: nil, isViable: why == nil ? false : nil,
      findings: [Finding(severity: .high, address: address, kind: "no-group", text: text)], next: [])
  }
}

extension CheckReport {
  private static func findings(_ verdict: Verdict, _ group: Group, _ inventory: Inventory) -> [Finding] {
    var found = verdict.blockers.map { blocker in
      Finding(
        severity: .high, address: address(of: blocker), kind: blocker.word,
        text: Sentences.blocker(blocker, in: inventory))
    }
    if let refusal = Refusal.domain(in: verdict, of: group, in: inventory) {
      let text = ([refusal.sentence()] + refusal.next()).joined(separator: " ")
      found.append(Finding(severity: .high, address: refusal.controller, kind: "domain-of", text: text))
    }
    found += verdict.unknowns.map { unknown in
      switch unknown.subject {
      case .driver(let member):
        Finding(
          severity: .high, address: Address(member), kind: "unknown-driver", text: Sentences.unknown(unknown))
      case .reservedRegions:
        Finding(severity: .high, address: nil, kind: "unknown-regions", text: Sentences.unknown(unknown))
      }
    }
    for blocker in verdict.blockers {
      guard let address = address(of: blocker) else { continue }
      var alone = verdict
      alone.blockers = [blocker]
      found += Sentences.consequences(alone, in: inventory).map {
        Finding(severity: .medium, address: address, kind: "leaves-host", text: $0)
      }
    }
    if verdict.isViable == true, group.holders.ignorance == .needsRoot,
      verdict.devices.contains(where: { $0.state == .vfio })
    {
      found.append(
        Finding(severity: .low, address: nil, kind: "holders-unknown", text: Sentences.holdersUnknown(group.id)))
    }
    found += inventory.disagreements.filter { $0.directory == group.id || $0.link == group.id }.map {
      Finding(severity: .low, address: $0.address, kind: "disagreement", text: Sentences.disagreement($0))
    }
    return found
  }

  private static func address(of blocker: Blocker) -> Address? {
    if case .driver(let address, _) = blocker { address } else { nil }
  }

  /// How the command ends: all viable, one that is not, one that cannot be told; 69 where there is no IOMMU at all.
  var exit: Exit {
    if results.contains(where: { $0.isViable == false }) {
      let hasNoGroups = survey.inventory.groups.isEmpty && survey.inventory.host.iommu == .off
      return hasNoGroups ? .unavailable : .not
    }
    return results.contains { $0.isViable == nil } ? .cannotTell : .done
  }

  /// For people: the verdict in a sentence, what was found, what to type.
  func text(into page: inout Page) {
    for (place, result) in results.enumerated() {
      if place > 0 { page.endLine() }
      head(result, &page)
      for finding in result.findings where finding.kind != "host-driver" {
        page.put("  \(finding.severity == .high ? "!" : "-") ", finding.severity == .high ? .stateWarning : .dim)
        page.put(finding.text)
        page.endLine()
      }
      if !result.next.isEmpty {
        page.line("  next:", .dim)
        for command in result.next { page.line("    " + command) }
      }
      forecasts(result, &page)
    }
    if survey.inventory.groups.isEmpty {
      page.endLine()
      for line in Sentences.noGroups(survey.inventory.host) { page.line(line) }
    }
  }

  private func head(_ result: Result, _ page: inout Page) {
    page.put(Clean.visible(result.target), .title)
    guard let group = result.group, let verdict = result.verdict else {
      page.put(": ")
      page.put(result.isViable == nil ? "unknown" : "NOT VIABLE", .stateWarning)
      return page.endLine()
    }
    page.put(": group \(group.id): ")
    guard !result.isOverruled else {
      page.put(result.isViable == true ? "viable" : "NOT VIABLE", result.isViable == true ? .stateGood : .stateWarning)
      return page.line(" under \(survey.rules.rawValue)")
    }
    page.put(verdict.state.word, verdict.state.role)
    page.endLine()
    page.line("  " + Sentences.verdict(verdict, of: group, in: survey.inventory))
    guard verdict.blockers.count > 1 else { return }
    for blocker in verdict.blockers {
      guard case .driver = blocker else { continue }
      page.line("  - " + Sentences.blocker(blocker, in: survey.inventory))
    }
  }

  /// `check --json`.
  func json(into page: inout Page) {
    JSONWriter.document(&page) { json in
      json.host(survey.place, survey.inventory.host)
      json.key("results")
      json.lines(results) { json, result in json.result(result, survey.rules) }
      json.schema()
    }
  }
}

extension JSONWriter {
  fileprivate mutating func result(_ result: CheckReport.Result, _ rules: RuleSet) {
    object { json in
      json.key("blockers")
      json.array(result.verdict?.blockers ?? []) { $0.blocker($1) }
      json.key("findings")
      json.array(result.findings) { json, finding in
        json.object {
          $0.field("address", finding.address?.description)
          $0.field("kind", finding.kind)
          $0.field("severity", finding.severity.rawValue)
          $0.field("text", finding.text)
        }
      }
      if !result.forecasts.isEmpty { json.forecasts(result.forecasts, doubt: result.doubt) }
      json.field("group", result.group?.id.number)
      json.field("model", rules.rawValue)
      json.key("next")
      json.array(result.next) { $0.string($1) }
      json.field("target", result.target)
      if let verdict = result.verdict, !result.isOverruled {
        json.viable(verdict)
      } else {
        json.field("viable", result.isViable)
        if result.isViable == nil { json.field("viable_reason", result.findings.first?.text) }
      }
    }
  }
}
