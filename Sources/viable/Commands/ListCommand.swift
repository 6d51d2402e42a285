import ArgumentParser
import Topology

/// `viable list`.
struct ListCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List groups, their members, drivers and verdicts.",
    usage: "viable list [<selector> ...] [--tree] [--full] [<options>]",
    discussion: """
      A group is listed whole, even when only one of its members is named.

      Examples:
        viable list
        viable list --tree
        viable list 03:00.0 group:13 --full
        viable list --json | jq '.groups[] | select(.viable)'
      """)

  @Argument(help: "Devices or groups to list; all of them when none is named.", completion: Completion.selectors)
  var selector: [String] = []

  @Flag(help: "Draw the PCI tree, with a group beside each function.")
  var tree = false

  @Flag(help: "Read and print every fact of each device.")
  var full = false

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func validate() throws {
    guard !tree || !global.json else {
      throw ValidationError("--tree draws and --json does not ('parent' has the tree there); give one of them")
    }
  }

  func run() throws {
    try Self.run(try Session(global.chosen), selectors: selector, tree: tree, full: full)
  }

  static func run(
    _ session: Session, selectors: [String] = [], tree: Bool = false, full: Bool = false
  ) throws(Failure) {
    let found = try session.look(at: try Selection.read(selectors), full ? .full : .listing)
    let report = ListReport(survey: found.survey, selection: found.selection, full: full)
    try session.print { page in
      if session.options.json {
        report.json(into: &page)
      } else if tree {
        report.tree(into: &page)
      } else {
        report.text(into: &page)
      }
    }
  }
}
