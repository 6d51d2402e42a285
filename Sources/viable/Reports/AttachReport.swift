import Assignment
import Console
import Ownership
import Topology

/// Devices taken by an interface's own calls and given back: each call with its answer, and why it was refused.
struct AttachReport {
  let attempt: Attempt
  /// What a kernel said beside the calls; nil on a simulated machine.
  var notes: Notes?

  /// Whether nothing is left of it.
  var isAsBefore: Bool { attempt.isAsBefore && (notes?.changed.isEmpty ?? true) }

  /// How the command ends: all attached and everything back, refused, or something that did not come back.
  var exit: Exit { attempt.isAttached ? .done : .not }

  /// `attached` or `refused`.
  var outcome: String { attempt.isAttached ? "attached" : "refused" }

  /// For people: calls as the golden traces write them, each refusal with its words.
  func text(into page: inout Page) {
    taking(into: &page)
    givingBack(into: &page)
  }

  /// The calls up to the last or to the refusal, and what became of it.
  func taking(into page: inout Page) {
    for line in attempt.lines.prefix(attempt.taken) { put(line, &page) }
    page.put(outcome, attempt.isAttached ? .stateGood : .stateWarning)
    let who = attempt.devices.map(\.short).joined(separator: ", ")
    page.line(" under \(attempt.model.rawValue): \(who)")
    notes?.taking(into: &page)
  }

  /// The calls that give everything back.
  func givingBack(into page: inout Page) {
    let back = attempt.lines.dropFirst(attempt.taken)
    guard !back.isEmpty else { return }
    page.line("giving back:", .dim)
    for line in back { put(line, &page) }
    page.line(isAsBefore ? "everything is as it was" : "NOT everything is as it was", isAsBefore ? .dim : .stateWarning)
    notes?.givingBack(into: &page)
  }

  private func put(_ line: Comparison.Line, _ page: inout Page) {
    page.line("  " + line.text, line.isSuccess ? .text : .stateWarning)
    for news in line.news { paragraph(news, "    - ", &page) }
    guard let why = line.why else { return }
    paragraph(why.line, "    ", &page)
    for next in why.next { paragraph("Next: " + next, "    ", &page) }
  }

  private func paragraph(_ text: String, _ margin: String, _ page: inout Page) {
    let width = max(30, min(page.look.columns ?? 100, 100) - margin.utf8.count)
    for (place, line) in Paragraph.wrap(text, to: width).enumerated() {
      page.line((place == 0 ? margin : String(repeating: " ", count: margin.utf8.count)) + line, .dim)
    }
  }

  /// `attach --json`.
  func json(into page: inout Page) {
    JSONWriter.document(&page) { json in
      json.field("as_before", isAsBefore)
      json.key("calls")
      json.lines(attempt.lines.prefix(attempt.taken)) { json, line in json.call(line) }
      json.strings("devices", attempt.devices.map(\.description))
      notes?.facts(into: &json)
      json.key("given_back")
      json.lines(attempt.lines.dropFirst(attempt.taken)) { json, line in json.call(line) }
      notes?.memory(into: &json)
      json.field("model", attempt.model.rawValue)
      json.field("outcome", outcome)
      json.schema()
    }
  }
}
