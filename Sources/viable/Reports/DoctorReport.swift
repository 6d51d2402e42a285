import Assignment
import Console
import HostAccess
import Topology

/// Which uAPI works here, and what is missing for the others.
struct DoctorReport {
  let place: Place
  let capabilities: [Capability]
  var configured = ConfiguredReport()

  /// A line for each capability, and below it what to do where it is missing.
  func text(into page: inout Page) {
    let width = capabilities.map(\.subject.rawValue.utf8.count).max() ?? 0
    for capability in capabilities {
      page.put(Self.word(capability.status), Self.role(capability.status))
      page.tab(to: 9)
      page.put(capability.subject.rawValue, .title)
      page.tab(to: 9 + width + 2)
      page.put(Clean.visible(capability.finding))
      page.endLine()
      guard !capability.remedy.isEmpty else { continue }
      page.tab(to: 9 + width + 2)
      page.put(Clean.visible(capability.remedy), .dim)
      page.endLine()
    }
    configured.text(into: &page)
  }

  private static func word(_ status: Capability.Status) -> String { status == .works ? "ok" : status.rawValue }

  private static func role(_ status: Capability.Status) -> Role {
    switch status {
    case .works: .stateGood
    case .missing: .stateWarning
    case .unknown: .dim
    }
  }

  /// `doctor --json`.
  func json(into page: inout Page) {
    JSONWriter.document(&page) { json in
      json.key("capabilities")
      json.lines(capabilities) { json, capability in
        json.object {
          $0.field("finding", capability.finding)
          $0.field("remedy", capability.remedy.isEmpty ? nil : capability.remedy)
          $0.field("status", capability.status.rawValue)
          $0.field("subject", capability.subject.rawValue)
        }
      }
      configured.json(into: &json)
      json.key("findings")
      json.lines(configured.findings) { json, finding in
        json.object {
          $0.field("address", finding.address.description)
          $0.field("kind", finding.kind.rawValue)
          $0.field("text", finding.text)
        }
      }
      json.key("host")
      json.object {
        $0.field("kind", place.kind.rawValue)
        $0.field("name", place.name)
      }
      json.schema()
    }
  }
}
