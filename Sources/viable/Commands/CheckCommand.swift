import ArgumentParser
import Assignment
import Ownership
import Topology

/// The uAPIs whose rules a command can follow.
struct Model: ExpressibleByArgument, Hashable {
  let rules: RuleSet

  init(_ rules: RuleSet) { self.rules = rules }

  init?(argument: String) {
    guard let rules = RuleSet(rawValue: argument) else { return nil }
    self.rules = rules
  }

  static let allValueStrings = RuleSet.allCases.map(\.rawValue)
  var defaultValueDescription: String { rules.rawValue }
}

/// `viable check`.
struct CheckCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say whether groups are viable: who blocks, and what to do next.",
    usage: "viable check <selector> ... [--model <model>] [<options>]",
    discussion: """
      Ends with 0 when everything named could be handed out now, with 1 when not,
      and with 4 when that cannot be told. With --model it also tells what each
      uAPI would answer if they were taken now: a device by itself, a group with
      every endpoint.

      Examples:
        viable check 03:00.0
        viable check eth0 group:13
        viable check 8086:1572 --model explicit-2021 --json
        viable check 03:00.0 --model implicit
      """)

  @Argument(help: "Devices or groups.", completion: Completion.selectors)
  var selector: [String]

  @Option(
    help: ArgumentHelp(
      "Judge by the rules of this uAPI, and forecast what each would answer; else by those of the kernel's VFIO.",
      valueName: "model"), completion: .list(Model.allValueStrings))
  var model: Model?

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func run() throws {
    let session = try Session(global.chosen)
    let found = try session.look(at: try Selection.read(selector), .named, rules: model?.rules)
    let targets = Array(zip(selector, found.targets)).map { (text: $0.0, target: $0.1) }
    let footing = try model.map { _ in try session.footing(found.survey.inventory) }
    var report = CheckReport(found.survey, targets, forecasting: footing)
    if let line = found.survey.inventory.host.commandLine.value, KernelCommandLine(line).acsOverride != nil {
      report = report.warning(of: try session.lookAtTies(at: try Selection.read(selector)))
    }
    report = report.noting(try session.configured())
    for place in report.results.indices {
      report.results[place].next = report.results[place].next.map(session.options.chosenBy.acts.put(in:))
    }
    try session.print { page in
      if global.json { report.json(into: &page) } else { report.text(into: &page) }
    }
    guard report.exit == .done else { throw report.exit }
  }
}
