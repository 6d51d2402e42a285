import Assignment
import Topology

/// Why a command did not do what was asked: what `--json` prints in place of the answer. The same words, for people, are
/// on standard error.
struct RefusalReport {
  let failure: Failure

  /// Nil where there is nothing to say, or nowhere to say it: a signal ended it, or output cannot be written.
  init?(_ failure: Failure) {
    guard !failure.message.isEmpty, failure.exit != .output else { return nil }
    self.failure = failure
  }

  /// What is in the way: the lines of the message that are not set in.
  var message: [String] { lines.filter { !$0.hasPrefix("  ") } }
  /// What to do about it: those that are.
  var next: [String] { lines.filter { $0.hasPrefix("  ") }.map { String($0.dropFirst(2)) } }

  private var lines: [String] { failure.message.split(separator: "\n").map(String.init) }

  private var outcome: String {
    switch failure.exit {
    case .takenBack: "taken-back"
    case .stuck: "stuck"
    default: "refused"
    }
  }

  func json(into page: inout Page) {
    JSONWriter.document(&page) { json in
      json.key("consent")
      if let consent = failure.grounds.consent { json.consent(consent) } else { json.null() }
      json.key("culprits")
      json.lines(failure.grounds.culprits) { json, culprit in json.culprit(culprit) }
      json.field("exit", Int(failure.exit.rawValue))
      json.field("kind", failure.grounds.kind ?? failure.exit.kind)
      json.strings("message", message)
      json.strings("next", next)
      json.field("outcome", outcome)
      json.schema()
    }
  }
}

extension JSONWriter {
  fileprivate mutating func culprit(_ culprit: Refusal.Culprit) {
    object { json in
      json.field("address", culprit.address?.description)
      json.field("driver", culprit.driver)
      json.field("group", culprit.group?.number)
      json.field("name", culprit.name)
      json.key("owner")
      guard let owner = culprit.owner else { return json.null() }
      json.object {
        $0.field("command", owner.command)
        $0.field("process", owner.process)
        $0.field("uid", owner.uid)
      }
    }
  }

  fileprivate mutating func consent(_ needed: Grounds.Needed) {
    object { json in
      json.key("findings")
      json.lines(needed.findings) { json, finding in
        json.object {
          $0.field("address", finding.address.description)
          $0.field("kind", finding.kind.rawValue)
          $0.field("severity", finding.severity.rawValue)
          $0.field("text", finding.text)
        }
      }
      json.strings("flags", needed.flags)
      json.field("severity", needed.severity.rawValue)
      json.field("typed", needed.isTyped)
    }
  }
}
