import Catalogue
import HostSimulated

/// The machines that shipped scenarios begin with, one of each kind.
enum ScenarioMachines {
  static let all: [Scenario] = ScenarioCatalogue().scenarios.reduce(into: []) { found, scenario in
    if !found.contains(where: { $0.host.inventory == scenario.host.inventory }) { found.append(scenario) }
  }
}
