import ArgumentParser
import Assignment
import CLinux
import HostAccess
import HostLinux
import Ownership
import Topology

/// A command that does one act: the verb, and what is named.
protocol ActCommand: GlobalCommand {
  static var verb: Intent.Verb { get }
  var agree: AgreeOptions { get }
  /// What is wanted, once the machine was looked at.
  func intent<Place: ActPlace>(on act: inout Act<Place>) throws -> Intent
}

extension ActCommand {
  func run() throws {
    let session = try Session(global.chosen)
    try Deed(session, agree).perform { (act: inout Act<LivePlace>) in
      try intent(on: &act)
    } rehearsed: { (act: inout Act<RehearsedPlace>) in
      try intent(on: &act)
    }
  }
}

/// An act that changes the drivers of what is named.
protocol DriverActCommand: ActCommand {
  var act: ActOptions { get }
}

extension DriverActCommand {
  var agree: AgreeOptions { act.agree }

  /// The intent for selectors; those found by interface or disk take a closer look first.
  func intent<Place: ActPlace>(
    _ texts: [String], on act: inout Act<Place>
  ) throws -> Intent {
    let selectors = try Selection.read(texts)
    if selectors.contains(where: \.needsDetails) { try act.lookAtAll() }
    return try self.act.intent(Self.verb, selectors, in: act.inventory)
  }
}

/// What every act takes that is about devices or groups by name.
struct NamedActOptions: ParsableArguments {
  @Argument(help: "Devices or groups.", completion: Completion.selectors)
  var selector: [String]

  @OptionGroup
  var act: ActOptions

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  mutating func validate() throws { try act.agree.check(beside: global.chosen) }
}

/// An act on devices or groups that are named, and nothing else.
protocol NamedActCommand: DriverActCommand {
  var named: NamedActOptions { get }
}

extension NamedActCommand {
  var act: ActOptions { named.act }
  var global: GlobalOptions { named.global }
  func intent<Place: ActPlace>(on act: inout Act<Place>) throws -> Intent { try intent(named.selector, on: &act) }
}

/// Doing what a command wants, with what is printed on the way.
struct Deed {
  let session: Session
  let options: AgreeOptions

  init(_ session: Session, _ options: AgreeOptions) {
    self.session = session
    self.options = options
  }

  /// Chooses the place by the global options and does it there.
  func perform(
    _ live: (inout Act<LivePlace>) throws -> Intent, rehearsed: (inout Act<RehearsedPlace>) throws -> Intent
  ) throws {
    if let host = try HostChoice.simulated(session.options, session.here) {
      var act = try Act(on: RehearsedPlace(host))
      return try finish(&act, try act.plan(try rehearsed(&act)))
    }
    var act = try Act(on: try HostChoice.live(session))
    try finish(&act, try act.plan(try live(&act)))
    try act.checkUndamaged()
  }

  /// Shows the plan, has it agreed to, and runs it.
  func finish<Place: ActPlace>(_ act: inout Act<Place>, _ wanted: Plan) throws {
    var plan = wanted
    plan.options = session.options.chosenBy.acts
    let report = PlanReport(plan, act)
    if options.dryRun {
      if plan.steps.isEmpty, !session.options.json { Session.complain("nothing has to be done") }
      return try session.print { page in
        if options.script {
          report.script(into: &page)
        } else if session.options.json {
          report.json(into: &page)
        } else {
          report.dryRun(into: &page)
        }
      }
    }
    if !session.options.json { try session.print { report.text(into: &$0) } }
    if plan.steps.isEmpty {
      try settle(&act, plan)
      guard session.options.json else { return }
      return try session.print { report.json(into: &$0) }
    }
    try allow(plan, act)
    do throws(Failure) {
      try options.consent(in: session.here).settle(plan, ask: Consent.ask)
    } catch {
      throw error.knowing(act.inventory)
    }
    let progress = ActProgress(session, plan)
    let ending = try act.run(plan, at: cl_wall_clock(), under: try ActWatch()) { progress.tell($0) }
    let result = ActReport(
      plan, ending, isReal: act.place.isReal, virtual: ending.outcome == .done ? act.virtualFunctions(of: plan) : [])
    try tell(result)
    guard result.exit == .done else { throw result.exit }
  }

  /// What was done is said on standard error where its report finds no way out.
  private func tell(_ result: ActReport) throws {
    do throws(Failure) {
      try session.print { page in
        if session.options.json { result.json(into: &page) } else { result.text(into: &page) }
      }
    } catch {
      Session.complain("the report could not be written: \(result.sentence)")
      throw error
    }
  }

  /// What is back already leaves the journal alone to be brought up to date: an act that was killed before its first
  /// write is on record, and nothing of it is in force.
  private func settle<Place: ActPlace>(_ act: inout Act<Place>, _ plan: Plan) throws {
    guard plan.intent.verb == .restore, act.hasRecords, !session.options.readOnly,
      act.place.observer.place.isPrivileged
    else { return }
    let ending = try act.run(plan, at: cl_wall_clock(), under: try ActWatch()) { _ in }
    let result = ActReport(plan, ending, isReal: act.place.isReal)
    guard result.exit == .done else { throw result.exit }
  }

  /// Root alone may write to /sys.
  private func allow<Place: ActPlace>(_ plan: Plan, _ act: Act<Place>) throws(Failure) {
    guard !session.options.readOnly else {
      throw Failure(
        .not, "--read-only: nothing was changed; without it: \(plan.commandLine)", Grounds(kind: "read-only"))
    }
    guard !act.place.isReal || act.place.observer.place.isPrivileged else {
      throw Failure(.privilege, "acting needs root, and nothing was changed: sudo \(plan.commandLine)")
    }
  }
}
