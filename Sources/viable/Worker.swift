import Assignment
import CLinux
import Console
import HostAccess
import Ownership
import Synchronization
import Topology

/// The thread that looks at the machine, so that a look that hangs in the kernel never holds the screen.
///
/// It builds observer and performer itself, and nothing of them ever leaves it: jobs go in and answers come out by value.
/// Looks that pile up while it is busy become one. An act is done step by step between looks; what a child waits for it
/// does not wait for.
final class Worker: Sendable {
  /// What came of a job.
  enum Answer: Sendable {
    case inventory(Inventory)
    case difference(Difference, Stale, Set<HostEvent.Source>)
    /// What the rules of a simulated machine know.
    case stage(World, Rules)
    /// What became of an event there.
    case happened(Event, Ownership.Answer, World, Difference)
    case planned(Plan, Preview)
    case refused(Refusal)
    case act(ActNews)
    /// What attaching, or detaching, comes to.
    case offered(AttachPlan)
    case attach(AttachNews)
    /// An act concerns groups that are attached here, which come first.
    case attachedFirst([GroupID])
    /// Everything that was attached is given back, with what to tell of it.
    case left([String])
    /// Something that cannot be had, in words.
    case sorry(String)
    /// Why a group is one.
    case explained(Explained)
    /// Devices written down, line by line; or why they are not.
    case exported(ExportFormat, [String])
    case unexported(ExportFormat, String)
    /// What changes on paper would make of the groups.
    case supposed(Supposition)
    /// Or that nothing is known of it.
    case unexplained(GroupID)
    case failed(HostError)
    /// The machine could not be looked at again: what was seen last stays.
    case unseen(HostError)
    /// What the journal has in force.
    case recorded(Recorded)
  }

  private struct Desk {
    var stale = Stale()
    var sources: Set<HostEvent.Source> = []
    var answers: [Answer] = []
    var events: [Event] = []
    var rules: RuleSet?
    var startsAgain = false
    var aim: Aim?
    var plan: Plan?
    var unexplained: GroupID?
    var exports: [Export] = []
    var question: Supposition.Question?
    var attachment: AttachPlan?
    var isLeaving = false
  }

  private let desk = Mutex(Desk())
  let work: Bell
  /// Rings when an answer is ready; the loop polls it.
  let answered: Bell

  /// Whether the journal is brought up to date where nothing is to be done on the machine.
  let maySettle: Bool

  /// Starts the thread; its first answer is the whole machine.
  init(maySettle: Bool = true, open: @escaping @Sendable () throws(HostError) -> any Ground) throws(HostError) {
    self.maySettle = maySettle
    work = try Bell()
    answered = try Bell()
    work.ring()
    let start = Start(worker: self, open: open)
    let status = unsafe cl_thread(
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<Start>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(start).toOpaque())
    guard status >= 0 else { throw HostError("start a thread", on: "worker", Errno(rawValue: Int32(-status))) }
  }

  /// Asks for a look at what `stale` names.
  func reread(_ stale: Stale, because sources: Set<HostEvent.Source> = []) {
    desk.withLock { desk in
      desk.stale.form(union: stale)
      desk.sources.formUnion(sources)
    }
    work.ring()
  }

  /// Makes something happen, where the machine is simulated; elsewhere nothing does.
  func happen(_ event: Event) {
    desk.withLock { $0.events.append(event) }
    work.ring()
  }

  /// Explains a group; of several that are asked for while it is busy, the last one.
  func explain(_ group: GroupID) {
    desk.withLock { $0.unexplained = group }
    work.ring()
  }

  /// Writes devices down.
  func export(_ wanted: Export) {
    desk.withLock { $0.exports.append(wanted) }
    work.ring()
  }

  /// Works out what changes on paper would make of the groups; of several questions the last one.
  func suppose(_ question: Supposition.Question) {
    desk.withLock { $0.question = question }
    work.ring()
  }

  /// Lets other rules answer there.
  func setRules(_ rules: RuleSet) {
    desk.withLock { $0.rules = rules }
    work.ring()
  }

  /// Puts it back to how it was before anything happened.
  func startAgain() {
    desk.withLock { $0.startsAgain = true }
    work.ring()
  }

  /// Makes a plan; one that is not begun yet is forgotten for it.
  func plan(_ aim: Aim) {
    desk.withLock { $0.aim = aim }
    work.ring()
  }

  /// Runs a plan that was agreed to.
  func run(_ plan: Plan) {
    desk.withLock { $0.plan = plan }
    work.ring()
  }

  /// Makes the calls of a plan that was agreed to.
  func run(_ plan: AttachPlan) {
    desk.withLock { $0.attachment = plan }
    work.ring()
  }

  /// Lets an act that is under way end, gives back whatever is attached, and waits for both, so long at most; what to
  /// tell of them. `hear` is told what becomes of the act. What is closed later is closed by the kernel when the
  /// program ends.
  func finish(within milliseconds: UInt64, hearing hear: (ActNews) -> Void) -> [String] {
    desk.withLock { $0.isLeaving = true }
    work.ring()
    let end = Clock.milliseconds + milliseconds
    var told: [String] = []
    while true {
      let now = Clock.milliseconds
      guard now < end else {
        return told + ["viable ended before everything was given back; the kernel closes what is open still"]
      }
      var waits = [cl_wait(descriptor: answered.descriptor, ready: 0)]
      _ = unsafe cl_poll(&waits, waits.count, Int32(end - now))
      for answer in takeAnswers() {
        if case .act(let news) = answer {
          hear(news)
          if case .over(let transaction, _) = news, let sentence = transaction.sentence() { told.append(sentence) }
        }
        if case .left(let words) = answer { return told + words }
      }
    }
  }

  /// Everything that came back since the last time.
  func takeAnswers() -> [Answer] {
    answered.silence()
    return desk.withLock { desk in
      defer { desk.answers = [] }
      return desk.answers
    }
  }

  func put(_ answer: Answer) {
    desk.withLock { $0.answers.append(answer) }
    answered.ring()
  }

  /// What the thread is handed.
  private final class Start: Sendable {
    let worker: Worker
    let open: @Sendable () throws(HostError) -> any Ground

    init(worker: Worker, open: @escaping @Sendable () throws(HostError) -> any Ground) {
      self.worker = worker
      self.open = open
    }

    func run() {
      do throws(HostError) {
        worker.serve(try open())
      } catch {
        worker.put(.failed(error))
      }
    }
  }

  private func serve<G: Ground>(_ first: G) {
    var ground = first
    var known: Inventory?
    var deed = Deed()
    var paper: Paper?
    var custody = Custody()
    var recorded = Recorded()
    var trouble: HostError?
    while true {
      deed.wait(beside: work)
      let (stale, sources) = desk.withLock { desk in
        defer { (desk.stale, desk.sources) = (Stale(), []) }
        return (desk.stale, desk.sources)
      }
      let question = desk.withLock { desk in
        defer { desk.question = nil }
        return desk.question
      }
      // Whoever keeps the machine as it was keeps it from changing in place.
      if question == nil || !stale.isEmpty { paper = nil }
      guard known != nil else {
        do throws(HostError) {
          let first = try ground.observer.inventory(.listing)
          known = first
          note(ground, &recorded)
          put(.inventory(first))
          if let stage = ground.stage { put(.stage(stage.world, stage.rules)) }
        } catch {
          put(.failed(error))
        }
        continue
      }
      // Nothing else holds the machine while it changes, so that it changes in place.
      let observer = ground.observer
      if !stale.isEmpty, let inventory = known {
        do throws(HostError) {
          let difference = try observer.reread(stale, in: inventory)
          known?.apply(difference)
          trouble = nil
          if !difference.isEmpty || !sources.isEmpty || stale.everything { note(ground, &recorded) }
          put(.difference(difference, stale, sources))
        } catch {
          again(stale, sources, after: error, &trouble)
        }
      }
      perform(on: &ground, &known)
      explain(with: ground.observer, known)
      if let question, let known { put(.supposed(Paper.answer(question, with: ground.observer, known, &paper))) }
      let isSettled = take(&deed, &custody, on: &ground, &known)
      deed.goOn(on: &ground, &known, self)
      if deed.isOver || isSettled { note(ground, &recorded) }
      leave(&custody, after: deed)
    }
  }

  /// What is told where the machine could not be looked at again.
  static func note(unseen error: HostError) -> Note {
    Note(.error, "what is shown may be old: \(Clean.visible(error.description))")
  }

  /// What could not be read is read with whatever is stale next; the same trouble is told once.
  private func again(
    _ stale: Stale, _ sources: Set<HostEvent.Source>, after error: HostError, _ trouble: inout HostError?
  ) {
    desk.withLock { desk in
      desk.stale.form(union: stale)
      desk.sources.formUnion(sources)
    }
    if trouble != error { put(.unseen(error)) }
    trouble = error
  }

  /// Tells what the journal has in force, when that is something else than before.
  private func note(_ ground: some Ground, _ recorded: inout Recorded) {
    let now = ground.recorded()
    guard now != recorded else { return }
    recorded = now
    put(.recorded(now))
  }

  /// Gives everything back once that is wanted and no act is in the middle of anything.
  private func leave(_ custody: inout Custody, after deed: Deed) {
    let isLeaving = desk.withLock { desk in
      guard desk.isLeaving, !deed.isUnderWay else { return false }
      desk.isLeaving = false
      return true
    }
    if isLeaving { put(.left(custody.giveBackAll())) }
  }

  /// What is to be planned, run and taken. Whether the journal was changed for it.
  private func take<G: Ground>(
    _ deed: inout Deed, _ custody: inout Custody, on ground: inout G, _ known: inout Inventory?
  ) -> Bool {
    var isSettled = false
    let (aim, plan, attachment) = desk.withLock { desk in
      defer { (desk.aim, desk.plan, desk.attachment) = (nil, nil, nil) }
      return (desk.aim, desk.plan, desk.attachment)
    }
    let exports = desk.withLock { desk in
      defer { desk.exports = [] }
      return desk.exports
    }
    if let known { for export in exports { answer(export, on: &ground, known) } }
    switch aim {
    case .attach, .detach: aim.map { custody.offer($0, on: ground, &known, self) }
    case .act, .undo:
      if let aim, let known { isSettled = answer(aim, on: &ground, known, apartFrom: custody.groups) }
    case nil: break
    }
    if let plan, let known { deed.begin(plan, on: &ground, known, apartFrom: custody.groups, self) }
    if let attachment { custody.run(attachment, on: ground, &known, self) }
    return isSettled
  }

  /// Reads the registers that decide about a group, and explains it. A suspended device is left asleep.
  private func explain(with observer: any Observer, _ known: Inventory?) {
    let asked = desk.withLock { desk in
      defer { desk.unexplained = nil }
      return desk.unexplained
    }
    guard let asked else { return }
    guard let known, let group = known[asked] else { return put(.unexplained(asked)) }
    let configs = observer.configSpaces(of: Ties.deciding(group.members, in: known), waking: false)
    let ties = Ties(known, observer.ports(of: known, configs))
    guard let tied = ties[asked] else { return put(.unexplained(asked)) }
    put(
      .explained(
        Explained(
          tied, by: Witness(known, ties, configs: configs), resets: observer.resets(of: group.members, in: known))))
  }

  /// Makes happen what was asked for, in order, and tells what an observer sees of each.
  private func perform<G: Ground>(on ground: inout G, _ known: inout Inventory?) {
    let (events, rules, startsAgain) = desk.withLock { desk in
      defer { (desk.events, desk.rules, desk.startsAgain) = ([], nil, false) }
      return (desk.events, desk.rules, desk.startsAgain)
    }
    if startsAgain {
      ground.startAgain()
      put(.recorded(ground.recorded()))
    }
    guard !events.isEmpty || rules != nil || startsAgain, var stage = ground.stage else { return }
    defer { ground.stage = stage }
    if let rules { stage.rules.set = rules }
    if rules != nil || startsAgain {
      put(.stage(stage.world, stage.rules))
      if let difference = Self.news(of: stage, &known) { put(.difference(difference, Stale(), [])) }
    }
    for event in events {
      let answer = stage.happen(event)
      put(.happened(event, answer, stage.world, Self.news(of: stage, &known) ?? Difference()))
    }
  }

  static func news(of stage: any Stage, _ known: inout Inventory?) -> Difference? {
    guard let inventory = known, let difference = try? stage.reread(Stale(everything: true), in: inventory) else {
      return nil
    }
    known?.apply(difference)
    return difference
  }
}
