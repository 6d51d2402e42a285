import Assignment
import Topology

/// What scripts are told of a refusal beside its words: what kind it is, who is in the way, what to agree to.
struct Grounds: Hashable {
  /// A word that scripts tell apart; nil leaves it to the exit code.
  var kind: String?
  /// Who is in the way.
  var culprits: [Refusal.Culprit] = []
  /// What has to be agreed to; nil where consent is not what is missing.
  var consent: Needed?

  /// Consent that is missing.
  struct Needed: Hashable {
    /// How grave the act is.
    var severity: Severity
    /// The words to add to the command: `--yes`, or `--consent` and `5`; empty where no flag stands for it.
    var flags: [String]
    /// Whether some of it can only be typed at a terminal.
    var isTyped: Bool
    /// What it would cost.
    var findings: [Finding]
  }
}

extension Grounds {
  init(_ refusal: Refusal) { self.init(kind: refusal.kind, culprits: refusal.culprits) }
}

extension Failure {
  /// The same with what the machine says of each culprit: its driver and its group, where the refusal does not.
  func knowing(_ inventory: Inventory) -> Failure {
    var failure = self
    for (place, culprit) in grounds.culprits.enumerated() {
      guard let function = culprit.address.flatMap({ inventory[$0] }) else { continue }
      failure.grounds.culprits[place].driver = culprit.driver ?? function.driver.value
      failure.grounds.culprits[place].group = culprit.group ?? function.group.value
    }
    return failure
  }
}

extension Exit {
  /// The kind of a refusal that says no more than its code.
  var kind: String {
    switch self {
    case .done, .not: "refused"
    case .takenBack: "taken-back"
    case .stuck: "stuck"
    case .cannotTell: "unknown"
    case .usage: "usage"
    case .malformed: "malformed"
    case .notFound: "not-found"
    case .unavailable: "unavailable"
    case .output: "output"
    case .privilege: "needs-root"
    case .hangUp, .interrupted, .quitSignal, .terminated, .brokenPipe: "signal"
    }
  }
}
