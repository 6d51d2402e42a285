import ArgumentParser
import Assignment
import Catalogue
import HostSimulated
import Ownership

/// Two or more uAPIs, with commas between: `explicit,implicit`.
struct ModelList: ExpressibleByArgument {
  let models: [RuleSet]

  init?(argument: String) {
    let words = argument.split(separator: ",", omittingEmptySubsequences: false)
    let models = words.compactMap { RuleSet(rawValue: String($0)) }
    guard models.count == words.count, Set(models).count == models.count else { return nil }
    self.models = models
  }
}

/// `viable demo`.
struct DemoCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Run one user program against several uAPIs, side by side.",
    usage: "viable demo [<scenario>] [--models <a,b>] [<options>]",
    discussion: """
      Nothing of it touches this machine, and it needs no privilege. On a terminal
      it opens the demo screen; elsewhere, with --line or with --json it runs the
      story to its end. Ends with 1 when a scenario comes out otherwise than it says
      it has to, under any model that it speaks of.

      Examples:
        viable demo
        viable demo nic-and-hba --models explicit,implicit
        viable demo mine.toml --json | jq '.steps[].answers.implicit.trace'
      """)

  @Argument(
    help: "A shipped scenario, or a file; else the seed scene.",
    completion: .custom { _, _, _ in ScenarioCatalogue().names })
  var scenario: String?

  @Option(
    help: ArgumentHelp(
      "The uAPIs to compare, of \(Model.allValueStrings.joined(separator: ", ")); else the scenario's.",
      valueName: "a,b"), completion: .list(Model.allValueStrings))
  var models: ModelList?

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  /// Whoever left the screen early, or looked at some of the models alone, is told all the same where the story comes
  /// out otherwise than it says.
  private static func judge(_ scenario: Scenario) throws {
    let deviations = DemoReport.deviations(of: scenario)
    for deviation in deviations { Session.complain(deviation.sentence) }
    guard deviations.isEmpty else { throw Exit.not }
  }

  func validate() throws {
    guard global.root == nil, !global.rehearse else {
      throw ValidationError("a demo tells a story and looks at no machine; leave --root and --rehearse out")
    }
    guard scenario == nil || global.scenario == nil else {
      throw ValidationError("two stories are named; leave --scenario out")
    }
  }

  /// How many interfaces stand side by side unless others are named.
  private static let most = 4

  func run() throws {
    let session = try Session(global.chosen)
    let shelf = DemoShelf(global.chosen, first: scenario, models: models?.models)
    if session.here.inputIsTerminal, session.here.outputIsTerminal, !global.json {
      let told = try shelf.tell(shelf.first)
      if try DemoLoop.run(session, told, shelf) { return try Self.judge(HostChoice.scenario(named: shelf.first)) }
    }
    let chosen = try HostChoice.scenario(named: shelf.first)
    let comparison = Comparison(Demonstration(chosen), models: models?.models ?? Array(chosen.models.prefix(Self.most)))
    let isLinear = global.line || session.here.wantsLineMode
    let report = DemoReport(comparison, isLinear: isLinear, deviations: DemoReport.deviations(of: chosen))
    try session.print { page in
      if global.json { report.json(into: &page) } else { report.text(into: &page) }
    }
    guard report.exit == .done else { throw report.exit }
  }
}
