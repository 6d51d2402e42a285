import Assignment
import Console
import HostAccess
import Topology

/// What is configured, with its sources, and what of it does not go with the machine.
struct ConfiguredReport {
  let configured: Configured
  /// Of what it says, what matters on this machine.
  let statements: [Configured.Statement]
  let findings: [Finding]

  /// Nothing is configured.
  init() { (configured, statements, findings) = (Configured(), [], []) }

  init(_ configured: Configured, in inventory: Inventory) {
    self.configured = configured
    self.statements = configured.mattering(on: inventory)
    findings = Findings.misplaced(configured, in: inventory)
  }

  /// A line a statement, then what is wrong, then what nobody could read; nothing where nothing is configured.
  func text(into page: inout Page) {
    guard !statements.isEmpty || !configured.unread.isEmpty else { return }
    page.endLine()
    for finding in findings { page.line("! \(finding.address): \(finding.text)", .stateWarning) }
    for statement in statements {
      page.put(Clean.visible("\(statement.source)"), .dim)
      page.put(": ")
      page.line(statement.what.sentence)
    }
    for unread in configured.unread {
      page.line("\(Clean.visible(unread.path)): could not be read (\(unread.why))", .dim)
    }
  }

  func json(into json: inout JSONWriter) {
    json.configured(statements)
    json.key("configured_unread")
    json.array(configured.unread) { json, unread in
      json.object {
        $0.field("path", unread.path)
        $0.field("reason", "\(unread.why)")
      }
    }
  }
}

extension JSONWriter {
  /// `"configured": [{kind, source, text}]`.
  mutating func configured(_ statements: [Configured.Statement]) {
    key("configured")
    lines(statements) { json, statement in
      json.object {
        $0.field("kind", statement.what.word)
        $0.field("source", "\(statement.source)")
        $0.field("text", statement.what.sentence)
      }
    }
  }
}
