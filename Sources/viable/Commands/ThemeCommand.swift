import ArgumentParser
import Catalogue
import Console
import Topology

/// `viable theme`.
struct ThemeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "theme",
    abstract: "List the themes, or measure one.",
    usage: "viable theme <command>",
    discussion: """
      Examples:
        viable theme list
        viable theme check ~/.config/viable/themes/mine.toml
      """,
    subcommands: [ThemeListCommand.self, ThemeCheckCommand.self])
}

/// `viable theme list`.
struct ThemeListCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the themes that can be chosen, with their figures.",
    usage: "viable theme list [<options>]",
    discussion: """
      Examples:
        viable theme list
        viable --theme high-contrast
      """)

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func run() throws {
    let session = try Session(global.chosen)
    let catalogue = ThemeCatalogue(directories: session.here.themeDirectories)
    let list = ThemeList(reports: catalogue.themes.map { ThemeReport(of: $0) })
    try session.print { page in
      if global.json { list.json(into: &page) } else { list.text(into: &page) }
    }
    for error in catalogue.errors { Session.complain(error.description) }
  }
}

/// `viable theme check`.
struct ThemeCheckCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Measure a theme's contrast, and how well its colours are told apart.",
    usage: "viable theme check <file> [<options>]",
    discussion: """
      Ends with 0 when the theme passes, 1 when not, and 65 when its file is
      malformed; the line and what was expected there are named.

      Examples:
        viable theme check mine.toml
        viable theme check default-dark --json
      """)

  @Argument(help: "A theme file, or the name of a theme.", completion: .file(extensions: ["toml"]))
  var file: String

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func run() throws {
    let session = try Session(global.chosen)
    let report = ThemeReport(of: try theme(in: session.here))
    try session.print { page in
      if global.json {
        ThemeList.json(of: report, into: &page)
      } else {
        page.append(raw: report.text)
      }
    }
    guard report.passes else { throw Exit.not }
  }

  private func theme(in here: Surroundings) throws(Failure) -> Theme {
    let catalogue = ThemeCatalogue(directories: here.themeDirectories)
    do throws(DocumentError) {
      let isName = catalogue.names.contains(file)
      return isName ? try catalogue.theme(named: file) : try catalogue.theme(file: file)
    } catch {
      throw Failure(error)
    }
  }
}
