import ArgumentParser
import Topology

/// `viable show`.
struct ShowCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show all that is known about a device or a group.",
    usage: "viable show <selector> [<options>]",
    discussion: """
      Each fact has the file that says so beside it, and what is not known has the
      reason; some facts need root. Of each device it says whether it can be reset
      alone, and whom a reset of its bus also hits ('resets' in JSON).

      Examples:
        viable show 03:00.0
        viable show eth0
        viable show group:13 --json
      """)

  @Argument(help: "A device or a group.", completion: Completion.selectors)
  var selector: String

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func run() throws {
    let session = try Session(global.chosen)
    let found = try session.look(at: try Selection.read([selector]), .named)
    let report = ShowReport(
      survey: found.survey, targets: found.targets, resets: found.resets, configured: try session.configured())
    try session.print { page in
      if global.json { report.json(into: &page) } else { report.text(into: &page) }
    }
  }
}
