import ArgumentParser

/// `viable watch`.
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Print changes as they happen, one a line.",
    usage: "viable watch [<options>]",
    discussion: """
      Runs until it is interrupted or its output is closed.

      Examples:
        viable watch
        viable watch --json | jq -r 'select(.event == "driver-changed") | .address'
      """)

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func run() throws {
    try Seam.watch(try Session(global))
  }
}
