import Assignment
import Console
import Ownership
import Topology

/// Groups and verdicts as they would be, beside today's.
struct WhatIfReport {
  let whatIf: WhatIf
  let today: Survey
  let then: Survey
  let outcomes: [WhatIf.Outcome]
  let witness: Witness

  init(_ texts: [String], _ found: TiedFindings) throws(Failure) {
    var whatIf = WhatIf(
      found.survey.inventory, found.ports, virtual: found.configs.compactMapValues { $0.value?.sriov.value })
    do throws(WhatIfError) {
      for text in texts { try whatIf.apply(try WhatIf.Change(text, in: found.survey.inventory)) }
    } catch {
      throw Failure(error)
    }
    self.whatIf = whatIf
    today = found.survey
    witness = found.witness
    outcomes = whatIf.outcomes()
    then = Survey(today.place, whatIf.machine(outcomes), rules: today.rules)
  }

  /// Groups that would be others than today.
  var changed: [WhatIf.Outcome] { outcomes.filter(\.isNew) }

  /// Groups of today that would not be any more, or not be the same.
  var affected: [GroupID] {
    let kept = Set(outcomes.filter { !$0.isNew }.map(\.id))
    return today.inventory.groups.filter { !$0.members.isEmpty && !kept.contains($0.id) }.map(\.id)
  }

  /// Whether anything that decides is not known.
  var isCertain: Bool { changed.allSatisfy(\.isCertain) }

  /// For people: today on the left, then on the right of an arrow, group by group.
  func text(into page: inout Page) {
    page.line("if " + whatIf.changes.map(\.condition).joined(separator: ", and ") + ":", .title)
    if changed.isEmpty, affected.isEmpty {
      page.line("  the groups would be what they are today.")
    } else {
      page.line("  today", .dim)
      for id in affected { group("group \(id)", today.inventory[id]?.members ?? [], today.verdict(on: id), &page) }
      page.line("  then", .dim)
      for outcome in changed {
        let verdict = then.verdict(on: outcome.id)
        group(title(outcome), outcome.members, verdict, &page)
        if !outcome.isCertain { page.line("      not certain: registers that decide were not read", .changed) }
      }
    }
    for note in whatIf.notes { page.line("  note: " + note, .dim) }
  }

  private func title(_ outcome: WhatIf.Outcome) -> String {
    guard let old = outcome.was.first else { return "a new group" }
    return outcome.was.count == 1
      ? "of group \(old)" : "of groups " + outcome.was.map(\.description).joined(separator: ", ")
  }

  private func group(_ title: String, _ members: [Address], _ verdict: Verdict?, _ page: inout Page) {
    page.put("    \(title)  ")
    if let verdict { page.put(verdict.state.word, verdict.state.role) }
    page.endLine()
    for member in members {
      let driver = today.inventory[member]?.driver.value.map { "  " + Clean.visible($0) } ?? ""
      page.line("      \(witness.call(member))\(driver)")
    }
  }

  /// The fields of the JSON object `what_if`.
  func fields(_ json: inout JSONWriter) {
    json.key("affected")
    json.array(affected) { $0.number($1.number) }
    json.key("changes")
    json.array(whatIf.changes) { $0.string($1.description) }
    json.key("groups")
    json.array(changed) { json, outcome in
      let verdict = then.verdict(on: outcome.id)
      json.object {
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
    json.array(whatIf.notes) { $0.string($1) }
  }
}

extension Failure {
  /// A change that cannot be made, even on paper.
  init(_ error: WhatIfError) {
    switch error {
    case .malformed: self.init(.usage, error.description)
    case .selector(let error): self.init(error)
    case .impossible: self.init(.not, error.description)
    }
  }
}
