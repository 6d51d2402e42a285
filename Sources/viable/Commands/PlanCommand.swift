import ArgumentParser
import Assignment
import Catalogue
import HostAccess
import Topology

/// `viable plan`.
struct PlanCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Print what an act would do as a document that 'viable apply' carries out.",
    usage: "viable plan <verb> <selector> ... [--persist] [<options>]",
    discussion: """
      The plan says what it assumes: devices, drivers, members. Review it, keep it,
      send it to somebody; once the machine is no longer like that it is refused.

      Examples:
        viable plan assign group:13 > fix.json
        viable plan restore 03:00.0
        viable plan vfs 03:00.0 4
      """)

  /// The verbs that have plans of their own.
  enum Verb: String, ExpressibleByArgument, CaseIterable {
    case release, assign, restore, vfs
    var verb: Intent.Verb {
      switch self {
      case .release: .release
      case .assign: .assign
      case .restore: .restore
      case .vfs: .virtualFunctions
      }
    }
  }

  @Argument(help: "What to do.")
  var verb: Verb

  @Argument(
    help: "Devices or groups; for vfs a physical function and how many.", completion: Completion.selectors)
  var selector: [String]

  @Flag(help: "Stay with what is named; else every member of its groups is concerned.")
  var onlyNamed = false

  @Flag(help: "With assign and restore: also after the next boot.")
  var persist = false

  @Flag(help: "Wait for a device that somebody has open, for as long as it takes.")
  var wait = false

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  mutating func validate() throws {
    guard !persist || verb == .assign || verb == .restore else {
      throw ValidationError("--persist goes with assign and restore: \(verb.rawValue) does not last")
    }
    guard verb != .vfs || !(onlyNamed || wait) else {
      throw ValidationError(
        "\(onlyNamed ? "--only-named" : "--wait") goes with release, assign and restore: vfs concerns one function")
    }
  }

  func run() throws {
    let session = try Session(global.chosen)
    if let host = try HostChoice.simulated(global.chosen, session.here) {
      var act = try Act(on: RehearsedPlace(host))
      return try print(&act, session)
    }
    var act = try Act(on: try HostChoice.live(session))
    try print(&act, session)
  }

  private func print<Place: ActPlace>(_ act: inout Act<Place>, _ session: Session) throws {
    var plan = try act.plan(try intent(on: &act))
    plan.options = session.options.chosenBy.acts
    act.tellDamaged()
    let report = PlanReport(plan, act)
    try session.print { report.json(into: &$0) }
    try act.checkUndamaged()
  }
}

extension PlanCommand {
  private func intent<Place: ActPlace>(on act: inout Act<Place>) throws -> Intent {
    if verb == .vfs {
      guard selector.count == 2, let count = Int(selector[1]), (0...0xffff).contains(count) else {
        throw Failure(.usage, "plan vfs takes one physical function and how many: viable plan vfs 03:00.0 4")
      }
      return try VfsCommand.intent(selector[0], count, on: &act)
    }
    let selectors = try Selection.read(selector)
    if selectors.contains(where: \.needsDetails) { try act.lookAtAll() }
    var options = ActOptions()
    (options.onlyNamed, options.wait) = (onlyNamed, wait)
    var intent = try options.intent(verb.verb, selectors, in: act.inventory)
    intent.persists = persist
    return intent
  }
}

/// `viable apply`.
struct ApplyCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Carry out a plan that 'viable plan' printed.",
    usage: "viable apply <file> [--dry-run] [--yes] [--consent <group>] [<options>]",
    discussion: """
      What it costs is looked up on the machine as it is now, and consented to as
      for any other act. A plan is refused when a device, a driver, an override or
      a group's members are not what it assumed, or when its steps are not those that
      viable itself takes for it here. '-' reads standard input.

      Examples:
        viable apply fix.json --dry-run
        viable apply fix.json --consent 13
      """)

  @Argument(help: "The plan.", completion: .file(extensions: ["json"]))
  var file: String

  @OptionGroup
  var agree: AgreeOptions

  @Flag(help: "Wait for a device that somebody has open, also where the plan does not say so.")
  var wait = false

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  mutating func validate() throws { try agree.check(beside: global.chosen) }

  func run() throws {
    let session = try Session(global.chosen)
    var plan = try Self.read(file)
    if wait, plan.intent.verb != .virtualFunctions { plan.intent.mayWait = true }
    let deed = Deed(session, agree)
    if let host = try HostChoice.simulated(global.chosen, session.here) {
      var act = try Act(on: RehearsedPlace(host))
      return try deed.finish(&act, try Self.weighed(plan, &act))
    }
    var act = try Act(on: try HostChoice.live(session))
    act.tellDamaged(apartFrom: plan.intent.entry)
    if plan.intent.isAll { act.tellVoid() }
    try deed.finish(&act, try Self.weighed(plan, &act))
    try act.checkUndamaged()
  }

  /// The plan with what it would cost now, unless it is stale. A document is no way around what a plan may do: its steps
  /// are taken only where they are those that its intent leads to on this machine.
  private static func weighed<Place: ActPlace>(_ plan: Plan, _ act: inout Act<Place>) throws(Failure) -> Plan {
    if let refusal = try act.staleness(of: plan) { throw Failure(refusal).knowing(act.inventory) }
    let own = try act.plan(plan.intent)
    guard own.steps == plan.steps else {
      throw Failure(
        .malformed,
        "the steps are not those of '\(plan.commandLine)' on this machine, and nothing was changed: the document was "
          + "edited, or something else has changed; make it again with viable plan")
    }
    return own
  }

  private static func read(_ file: String) throws(Failure) -> Plan {
    let name = file == "-" ? "standard input" : Clean.visible(file)
    let bytes: [UInt8]
    do throws(DocumentError) {
      bytes = try file == "-" ? DocumentFile.readStandardInput() : DocumentFile.read(file)
    } catch {
      throw Failure(error)
    }
    do throws(PlanDocument.Malformed) {
      return try PlanDocument(reading: bytes).plan()
    } catch {
      throw Failure(.malformed, "\(name): \(error.words)")
    }
  }
}
