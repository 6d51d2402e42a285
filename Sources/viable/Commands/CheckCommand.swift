import ArgumentParser
import Ownership
import Topology

/// The uAPIs whose rules a check can follow.
enum Model: String, ExpressibleByArgument, CaseIterable {
  case explicit
  case explicit2021 = "explicit-2021"

  var rules: RuleSet {
    switch self {
    case .explicit: .explicitLinux
    case .explicit2021: .explicit2021
    }
  }
}

/// `viable check`.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say whether groups are viable: who blocks, and what to do next.",
    usage: "viable check <selector> ... [--model <model>] [<options>]",
    discussion: """
      Ends with 0 when everything named could be handed out now, with 1 when not,
      and with 4 when that cannot be told.

      Examples:
        viable check 03:00.0
        viable check eth0 group:13
        viable check 8086:1572 --model explicit-2021 --json
      """)

  @Argument(help: "Devices or groups.", completion: Completion.selectors)
  var selector: [String]

  @Option(
    help: ArgumentHelp(
      "Judge by the rules of VFIO since Linux 5.19 (explicit) or before (explicit-2021); else by those of the kernel.",
      valueName: "model"))
  var model: Model?

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func run() throws {
    let session = try Session(global)
    let found = try session.look(at: try Selection.read(selector), .named, rules: model?.rules)
    let report = CheckReport(found.survey, Array(zip(selector, found.targets)).map { (text: $0.0, target: $0.1) })
    try session.print { page in
      if global.json { report.json(into: &page) } else { report.text(into: &page) }
    }
    guard report.exit == .done else { throw report.exit }
  }
}
