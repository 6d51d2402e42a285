import Console
import HostSimulated
import Ownership
import Topology

/// What `scenarios` prints.
struct ScenarioList {
  let scenarios: [Scenario]

  /// A table: name, title, and under it the models.
  func text(into page: inout Page) {
    let width = (scenarios.map { Width.of($0.name) } + ["NAME".utf8.count]).max() ?? 0
    page.put("NAME", .title)
    page.tab(to: width + 2)
    page.put("WHAT IT SHOWS, AND UNDER WHICH MODELS", .title)
    page.endLine()
    for scenario in scenarios {
      page.put(Clean.visible(scenario.name))
      page.tab(to: width + 2)
      page.putLast(Clean.visible(scenario.title))
      page.endLine()
      page.tab(to: width + 2)
      page.putLast(scenario.models.map(\.rawValue).joined(separator: ", "), .dim)
      page.endLine()
    }
  }

  /// `scenarios --json`.
  func json(into page: inout Page) {
    JSONWriter.document(&page) { json in
      json.key("scenarios")
      json.lines(scenarios) { json, scenario in
        json.object {
          $0.key("models")
          $0.array(scenario.models) { $0.string($1.rawValue) }
          $0.field("name", scenario.name)
          $0.field("title", scenario.title)
        }
      }
      json.schema()
    }
  }
}
