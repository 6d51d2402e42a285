import Assignment
import Glibc
import HostAccess
import Topology

/// What somebody agreed to: on the command line, or asked at a terminal.
struct Consent: Hashable {
  /// `--yes`.
  var yes = false
  /// `--consent GROUP`, each.
  var groups: Set<GroupID> = []
  /// Whether questions can be asked.
  var mayAsk = false

  /// What is asked before a plan runs: one question a gravity, the worst last.
  enum Question: Hashable {
    case proceed
    case group(GroupID)
    case lockout
  }

  /// The questions that a plan leaves open. An act without a group takes a yes in place of its number.
  func questions(for plan: Plan) -> [Question] {
    var open: [Question] = []
    if plan.severity >= .medium {
      let numbers = plan.groupsAtStake
      open += numbers.filter { !groups.contains($0) }.map { .group($0) }
      if numbers.isEmpty, !yes { open.append(.proceed) }
    } else if !yes, groups.isDisjoint(with: plan.groups.map(\.id)) {
      open.append(.proceed)
    }
    if plan.severity == .lockout { open.append(.lockout) }
    return open
  }

  /// Asks what is open, one line each. Throws where nobody can be asked, or where the answer is another one.
  func settle(_ plan: Plan, ask: (String) -> String?) throws(Failure) {
    let open = questions(for: plan)
    let grounds = Self.grounds(open, plan)
    guard mayAsk || open.isEmpty else { throw Failure(.not, Self.demand(open, plan), grounds) }
    for question in open {
      let answer = ask(Self.words(question)) ?? ""
      guard Self.accepts(question, answer) else {
        throw Failure(.not, "not consented to: nothing was changed", grounds)
      }
    }
  }

  /// All that is still to be agreed to, and not the first of it alone.
  private static func grounds(_ open: [Question], _ plan: Plan) -> Grounds {
    let flags = open.flatMap { question in
      switch question {
      case .proceed: ["--yes"]
      case .group(let group): ["--consent", "\(group)"]
      case .lockout: [String]()
      }
    }
    let needed = Grounds.Needed(
      severity: plan.severity, flags: flags, isTyped: open.contains(.lockout), findings: plan.told)
    return Grounds(kind: "consent", culprits: Refusal.Culprit.named(by: plan.findings), consent: needed)
  }

  private static func words(_ question: Question) -> String {
    switch question {
    case .proceed: "Go ahead? [y/N] "
    case .group(let group): "Type the group's number (\(group)) to go ahead: "
    case .lockout: "This may lock you out of the machine or stop it. Type LOCKOUT to go ahead: "
    }
  }

  private static func accepts(_ question: Question, _ answer: String) -> Bool {
    switch question {
    case .proceed: ["y", "yes"].contains(answer.lowercased())
    case .group(let group): answer == "\(group)"
    case .lockout: answer == "LOCKOUT"
    }
  }

  /// What to type instead, where nobody can be asked: all of it. Beside what no flag agrees to flags are of no use.
  private static func demand(_ open: [Question], _ plan: Plan) -> String {
    guard !open.contains(.lockout) else {
      return "the plan may lock somebody out or stop the machine, and nothing was changed: run it at a terminal, where "
        + "it can be confirmed by typing \(plan.acknowledgement.joined(separator: " and ")); no flag agrees to it"
    }
    let groups = open.compactMap { if case .group(let group) = $0 { "\(group)" } else { nil } }
    guard let last = groups.last else { return "not consented to, and nothing was changed: add --yes" }
    let flags = groups.map { "--consent \($0)" }.joined(separator: " ")
    let who = groups.count == 1 ? "group \(last) carries" : "groups \(groups.joined(separator: ", ")) carry"
    return "\(who) what the plan lists, and nothing was changed: add \(flags)"
  }
}

extension Consent {
  /// Asks on the terminal itself, wherever output goes.
  static func ask(_ question: String) -> String? {
    Output(descriptor: 2).write(Array(question.utf8))
    return readLine()
  }
}
