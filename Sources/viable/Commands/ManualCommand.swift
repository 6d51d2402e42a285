import ArgumentParser

/// `viable manual`: how docs/viable.1 is made. Hidden, since a reader has the page itself.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page in roff.", shouldDisplay: false)

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func run() throws {
    let text = try ManualPage.text()
    try Session(global.chosen).print { $0.append(raw: text) }
  }
}
