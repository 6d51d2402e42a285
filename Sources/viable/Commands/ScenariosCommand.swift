import ArgumentParser
import Catalogue
import HostSimulated
import Ownership
import Topology

/// `viable scenarios`.
struct ScenariosCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "scenarios",
    abstract: "List the simulated machines and their stories.",
    usage: "viable scenarios [<options>]",
    discussion: """
      Each is a machine that --scenario opens for every command, and a story that
      is run under the models named beside it.

      Examples:
        viable scenarios
        viable --scenario nic-and-hba list --tree
        viable scenarios --json | jq -r '.scenarios[].name'
      """)

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func run() throws {
    let session = try Session(global.chosen)
    var scenarios: [Scenario] = []
    for name in ScenarioCatalogue().names { scenarios.append(try HostChoice.scenario(named: name)) }
    let list = ScenarioList(scenarios: scenarios)
    try session.print { page in
      if global.json { list.json(into: &page) } else { list.text(into: &page) }
    }
  }
}
