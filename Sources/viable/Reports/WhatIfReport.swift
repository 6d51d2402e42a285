import Assignment
import Console
import Ownership
import Topology

/// Groups and verdicts as they would be, beside today's.
struct WhatIfReport {
  let regrouping: Regrouping
  let witness: Witness

  init(_ texts: [String], _ found: TiedFindings) throws(Failure) {
    var whatIf = WhatIf(found.survey.inventory, found.ports, virtual: found.configs.mapValues(\.sriov))
    do throws(WhatIfError) {
      for change in try Self.changes(texts, in: found.survey.inventory) { try whatIf.apply(change) }
    } catch {
      throw Failure(error)
    }
    witness = found.witness
    regrouping = Regrouping(whatIf, rules: found.survey.rules)
  }

  /// What was typed, each change once; two that cannot both be are refused before either is tried.
  private static func changes(_ texts: [String], in inventory: Inventory) throws(WhatIfError) -> [WhatIf.Change] {
    var changes: [WhatIf.Change] = []
    for text in texts {
      let change = try WhatIf.Change(text, in: inventory)
      if let other = changes.first(where: { $0.contradicts(change) }) { throw .contradiction(other, change) }
      if !changes.contains(change) { changes.append(change) }
    }
    return changes
  }

  /// Whether anything that decides is not known.
  var isCertain: Bool { regrouping.isCertain }

  /// For people: today, and then what would be, group by group.
  func text(into page: inout Page) {
    page.line("\(regrouping.condition) (on paper: nothing is touched):", .title)
    let (affected, changed) = (regrouping.affected, regrouping.changed)
    if changed.isEmpty, affected.isEmpty {
      page.line("  the groups would be what they are today.")
    } else {
      page.line("  today", .dim)
      for group in affected {
        self.group("group \(group.id)", group.members, regrouping.verdict(today: group), &page)
        for remark in regrouping.remarks(today: group) { page.line("      " + remark, .changed) }
      }
      if affected.isEmpty { page.line("    nothing of this") }
      page.line("  then", .dim)
      for outcome in changed {
        group(regrouping.origin(of: outcome), outcome.members, regrouping.verdict(then: outcome), &page)
        for remark in regrouping.remarks(on: outcome) { page.line("      " + remark, .changed) }
      }
      if !regrouping.gone.isEmpty { page.line("    gone: \(witness.list(regrouping.gone))") }
    }
    for note in regrouping.whatIf.notes { page.line("  note: " + note, .dim) }
  }

  private func group(_ title: String, _ members: [Address], _ verdict: Verdict?, _ page: inout Page) {
    page.put("    \(title)  ")
    if let verdict { page.put(verdict.state.word, verdict.state.role) }
    page.endLine()
    for member in members { page.line("      " + regrouping.member(member, by: witness)) }
  }

  /// The fields of the JSON object `what_if`.
  func fields(_ json: inout JSONWriter) {
    json.key("affected")
    json.array(regrouping.affected) { $0.number($1.id.number) }
    json.key("changes")
    json.array(regrouping.whatIf.changes) { $0.string($1.description) }
    json.key("gone")
    json.addresses(regrouping.gone)
    json.key("groups")
    json.array(regrouping.changed) { json, outcome in
      let verdict = regrouping.verdict(then: outcome)
      json.object {
        $0.field("asserted", outcome.isAsserted)
        $0.field("certain", outcome.isCertain)
        $0.key("members")
        $0.addresses(outcome.members)
        $0.field("state", verdict?.state.rawValue)
        $0.field("viable", verdict?.isViable)
        $0.key("was")
        $0.array(outcome.was) { $0.number($1.number) }
      }
    }
    json.key("notes")
    json.array(regrouping.whatIf.notes) { $0.string($1) }
  }
}

extension Failure {
  /// A change that cannot be made, even on paper.
  init(_ error: WhatIfError) {
    switch error {
    case .malformed, .contradiction: self.init(.usage, error.description)
    case .selector(let error): self.init(error)
    case .impossible: self.init(.not, error.description)
    }
  }
}
