import ArgumentParser
import Catalogue

/// A command that takes the options of all.
protocol GlobalCommand: ParsableCommand {
  var global: GlobalOptions { get }
}

/// The options that every command takes, before or after its name.
struct GlobalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Look at an image of a machine instead of this one.", valueName: "dir"),
    completion: .directory)
  var root: String?

  @Option(
    help: ArgumentHelp(
      "Look at a simulated machine: a name that 'viable scenarios' lists, or a file.", valueName: "name"),
    completion: .custom { _, _, _ in ScenarioCatalogue().names })
  var scenario: String?

  @Flag(help: "Work on a simulated copy of the machine or image.")
  var rehearse = false

  @Flag(help: "Print JSON, also of what is refused.")
  var json = false

  @Option(help: ArgumentHelp("Whether output is coloured.", valueName: "when"))
  var color = ColorChoice.auto

  @Option(
    help: ArgumentHelp("The colours to use; 'viable theme list' has the names.", valueName: "name"),
    completion: .custom { _, _, _ in ThemeCatalogue(directories: Surroundings.current().themeDirectories).names })
  var theme: String?

  @Flag(help: "Draw with ASCII characters only.")
  var ascii = false

  @Flag(help: "Line mode for the console: whole sentences, no full screen.")
  var line = false

  @Flag(help: "Refuse whatever would change something; the console offers the command line for it instead.")
  var readOnly = false

  @Option(help: ArgumentHelp("Keep the journal, copies and saved logs here.", valueName: "dir"), completion: .directory)
  var stateDir: String?
}

extension GlobalOptions {
  mutating func validate() throws {
    guard scenario == nil || root == nil else {
      throw ValidationError("--scenario and --root choose two machines; give one of them")
    }
    guard scenario == nil || !rehearse else {
      throw ValidationError("--scenario is simulated anyway; --rehearse is for real machines and images")
    }
    guard !line || !json else {
      throw ValidationError("--line and --json are two forms of one output; give one of them")
    }
    stateDir = try stateDir.map(Options.place)
  }

  /// What was chosen.
  var chosen: Options {
    Options(
      root: root, scenario: scenario, rehearse: rehearse, json: json, color: color, theme: theme, ascii: ascii,
      line: line, readOnly: readOnly, stateDir: stateDir)
  }
}
