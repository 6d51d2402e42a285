import ArgumentParser

/// `viable keys`.
struct KeysCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Print the console's key map.",
    usage: "viable keys [<options>]",
    discussion: """
      Examples:
        viable keys
        viable keys --json
      """)

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func run() throws {
    let report = KeysReport(lines: KeyLine.all)
    try Session(global.chosen).print { page in
      if global.json { report.json(into: &page) } else { report.text(into: &page) }
    }
  }
}
