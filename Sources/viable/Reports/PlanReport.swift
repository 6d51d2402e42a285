import Assignment
import Console
import HostAccess
import Ownership
import Topology

/// A plan before it is run: what a person reads, the bare writes, and the document that `viable apply` takes.
struct PlanReport {
  let plan: Plan
  let preview: Preview

  init<Place: ActPlace>(_ plan: Plan, _ act: Act<Place>) {
    self.plan = plan
    preview = act.preview(of: plan)
  }

  /// For people.
  func text(into page: inout Page) {
    page.line(preview.title, .title)
    for section in preview.sections {
      page.line(section.subject.rawValue, .dim)
      for line in section.lines { put(line, section.subject, &page) }
    }
  }

  private func put(_ line: Preview.Line, _ subject: Preview.Section.Subject, _ page: inout Page) {
    let number = line.step.map { "\($0 + 1)" } ?? line.severity.map(Self.mark) ?? ""
    let margin = "  " + number + String(repeating: " ", count: max(1, 3 - number.utf8.count))
    // What is written and what is typed stays in one piece: people copy it.
    guard ![.steps, .files, .command].contains(subject) else { return page.line(margin + line.text) }
    let width = max(30, min(page.look.columns ?? 100, 100) - margin.utf8.count)
    let role: Role = line.severity.map { $0 == .low ? .text : .stateWarning } ?? .text
    for (place, part) in Paragraph.wrap(line.text, to: width).enumerated() {
      page.put(place == 0 ? margin : String(repeating: " ", count: margin.utf8.count))
      page.line(part, role)
    }
  }

  private static func mark(_ severity: Severity) -> String {
    switch severity {
    case .low: "-"
    case .medium: "!"
    case .lockout: "!!"
    }
  }

  /// `--dry-run`: the exact writes and programs, and above them as comments what to know of them.
  func dryRun(into page: inout Page) {
    for line in plan.notes + plan.dryRun { page.line(line) }
  }

  /// `--dry-run --script`: the same as a shell script, its comments with it.
  func script(into page: inout Page) {
    for line in plan.reviewedScript { page.append(raw: line + "\n") }
  }

  /// `viable plan`, and `--dry-run --json`.
  func json(into page: inout Page) {
    page.append(raw: PlanDocument(plan, preview).text)
    page.endLine()
  }
}
