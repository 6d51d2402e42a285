import Assignment
import Topology

/// What was written down for somebody, for people and for programs.
struct ExportReport {
  let format: ExportFormat
  let handover: Handover
  let document: Handover.Document

  init(_ format: ExportFormat, _ handover: Handover, plan: Plan? = nil) throws(Failure) {
    self.format = format
    self.handover = handover
    do throws(Refusal) {
      document = try handover.document(format, plan: plan)
    } catch {
      throw Failure(error)
    }
  }

  /// What has to be known beside a bare text, a line each.
  var notes: [String] {
    document.caveats.map { caveat in
      (caveat.comesFirst ? "first: " : "note: ") + caveat.text
        + (caveat.next.isEmpty ? "" : " (\(caveat.next.joined(separator: "; ")))")
    }
  }

  /// `export --json`.
  func json(into page: inout Page) {
    JSONWriter.document(&page) { json in
      json.key("caveats")
      json.lines(document.caveats) { json, caveat in
        json.object {
          $0.field("address", caveat.address?.description)
          $0.field("first", caveat.comesFirst)
          $0.field("kind", caveat.kind.rawValue)
          $0.strings("next", caveat.next)
          $0.field("text", caveat.text)
        }
      }
      json.strings("endpoints", document.endpoints.map(\.description))
      json.field("format", format.rawValue)
      json.key("groups")
      json.array(handover.groups) { $0.number($1.id.number) }
      json.key("lines")
      json.lines(document.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()) {
        $0.string(String($1))
      }
      json.schema()
    }
  }
}
