import Assignment
import Console
import Topology

extension WhyReport {
  /// `why --json`.
  func json(into page: inout Page) {
    JSONWriter.document(&page) { json in
      json.key("groups")
      json.lines(groups) { json, group in json.tied(group, found.witness, found.resets) }
      json.key("foreign")
      json.array(foreign) { $0.number($1.id.number) }
      json.host(found.survey.place, found.survey.inventory.host)
      if let pair {
        json.key("path")
        if let path = pair.path { json.array(path) { $0.edge($1) } } else { json.null() }
        if pair.path == nil { json.apart(found.witness.apart(pair.first, pair.second)) }
      }
      json.schema()
      if needsRoot { json.field("sudo", retry) }
      json.key("ungrouped")
      json.addresses(loose)
      if let whatIf {
        json.key("what_if")
        json.object { whatIf.fields(&$0) }
      }
    }
  }
}

extension JSONWriter {
  /// One group with its reasons.
  mutating func tied(_ group: TiedGroup, _ witness: Witness, _ resets: [ResetReach]?) {
    let doubt = group.doubts.first.map { "\($0.about): \(witness.ignorance(of: $0.about)?.description ?? "not known")" }
    object { json in
      json.field("agrees", group.agrees)
      if group.agrees == nil { json.field("agrees_reason", doubt ?? "not known") }
      json.field("asserted", group.isAsserted)
      json.field("cause", group.cause?.word)
      json.key("edges")
      json.array(group.ties) { $0.edge($1) }
      json.field("id", group.id.number)
      json.key("members")
      json.addresses(group.members)
      json.key("predicted")
      if let predicted = group.predicted { json.addresses(predicted) } else { json.null() }
      if group.predicted == nil { json.field("predicted_reason", doubt ?? "not known") }
      json.key("reasons")
      json.array(witness.whys(of: group)) { json, why in json.why(why) }
      json.key("resets")
      if let resets {
        json.array(resets.filter { group.members.contains($0.address) }) { $0.reset($1, witness) }
      } else {
        json.null()
        json.field("resets_reason", "not read for every group at once")
      }
    }
  }

  fileprivate mutating func apart(_ apart: Apart) {
    key("apart")
    object { json in
      json.field("alarm", apart.isAlarm)
      json.key("evidence")
      json.array(apart.evidence) { $0.string($1) }
      json.field("sentence", apart.sentence)
    }
    field("path_reason", "different groups")
  }

  fileprivate mutating func edge(_ tie: Tie) {
    object { json in
      json.field("at", tie.at.description)
      json.field("from", tie.member.description)
      json.field("kind", tie.kind.rawValue)
      json.field("to", tie.to.description)
    }
  }

  private mutating func why(_ why: Why) {
    object { json in
      json.field("at", why.reason.at.description)
      json.key("binds")
      json.addresses(why.reason.binds)
      json.key("evidence")
      json.array(why.evidence) { $0.string($1) }
      json.key("keeps")
      json.array(why.keeps) { $0.string($1) }
      json.field("kind", why.reason.kind.rawValue)
      json.field("risk", why.risk)
      json.field("sentence", why.sentence)
      json.key("splits")
      json.array(why.splits) { $0.string($1) }
    }
  }
}

extension TiedGroup.Cause {
  /// What stands in the JSON field `cause`.
  var word: String {
    switch self {
    case .override(let option), .commandLine(let option): option
    case .proposedRule: "switch rule of September 2025"
    case .platform(let iommu): iommu
    }
  }
}
