import ArgumentParser
import Console

/// When output is coloured.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}

/// The options that every command takes, before or after its name.
struct GlobalOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Look at an image of a machine instead of this one.", valueName: "dir"),
    completion: .directory)
  var root: String?

  @Flag(help: "Print JSON.")
  var json = false

  @Option(help: ArgumentHelp("Colour output: auto, always or never.", valueName: "when"))
  var color = ColorChoice.auto

  @Option(
    help: ArgumentHelp("The colours to use; 'viable theme list' has the names.", valueName: "name"),
    completion: .custom { _, _, _ in Seam.themes.map(\.name) })
  var theme: String?

  @Flag(help: "Draw with ASCII characters only.")
  var ascii = false

  @Flag(help: "Line mode for the console: whole sentences, no full screen.")
  var line = false

  @Option(help: ArgumentHelp("Keep copies and saved logs here.", valueName: "dir"), completion: .directory)
  var stateDir: String?
}

extension GlobalOptions {
  /// The options of a command line without any.
  static var defaults: GlobalOptions { (try? GlobalOptions.parse([])) ?? GlobalOptions() }

  /// How output looks under these options here. An unknown theme is the typist's error.
  func look(in here: Surroundings) throws(Failure) -> Look {
    let chosen = try chosenTheme()
    let inks = here.wantsColor(color) ? Inks(theme: chosen, depth: here.colorDepth) : .none
    return Look(inks: inks, isASCII: ascii || !here.isUTF8, columns: here.outputIsTerminal ? here.columns : nil)
  }

  private func chosenTheme() throws(Failure) -> Theme {
    guard let theme else { return Seam.themes[0] }
    guard let found = Seam.themes.first(where: { $0.name == theme }) else {
      throw Failure(
        .notFound, "--theme \(theme): no such theme; there are " + Seam.themes.map(\.name).joined(separator: ", "))
    }
    return found
  }
}
