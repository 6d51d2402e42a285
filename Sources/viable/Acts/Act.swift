import Assignment
import HostAccess
import Ownership
import Topology

/// One act from the intent to its end: planned, shown, consented to, run.
struct Act<Place: ActPlace> {
  var place: Place
  /// The machine as it was when the plan was made.
  private(set) var inventory: Inventory
  private var journal = Journal(in: Entry.Session(boot: "", machine: ""))
  /// Files of the journal that say nothing any more.
  private(set) var damaged: [DamagedEntry] = []

  /// Looks at the machine, every fact of what the act may concern.
  init(on place: Place) throws(Failure) {
    self.place = place
    do throws(HostError) {
      inventory = try place.observer.inventory(.listing)
    } catch {
      throw Failure(error)
    }
    try readJournal()
  }

  /// Starts from a machine that was looked at already.
  init(on place: Place, knowing inventory: Inventory) throws(Failure) {
    self.place = place
    self.inventory = inventory
    try readJournal()
  }

  /// A number whose file is damaged is not given away again.
  private mutating func readJournal() throws(Failure) {
    do throws(HostError) {
      let found = try place.store.legible()
      damaged = found.damaged
      journal = Journal(found.entries, in: place.session, after: damaged.map(\.number).max() ?? 0)
    } catch {
      throw Failure(error)
    }
  }

  /// What is kept of good entries can be taken back beside a damaged one. Nothing new is done beside it: what it kept
  /// might be of the same device.
  private func object(to intent: Intent) throws(Refusal) {
    let inTheWay = damaged.first { intent.verb != .restore || intent.entry == $0.number }
    if let inTheWay { throw Refusal(.unreadable(inTheWay.error)) }
  }

  /// Reads the details of everything, for selectors that are found by interfaces or disks.
  mutating func lookAtAll() throws(Failure) {
    do throws(HostError) {
      inventory = try place.observer.inventory(.full)
    } catch {
      throw Failure(error)
    }
  }

  var rules: RuleSet { .inForce(on: inventory.host.kernelRelease) }
  /// The number that an act done now is kept as.
  var number: Int { journal.nextNumber }
  /// Whether the journal has anything at all.
  var hasRecords: Bool { !journal.entries.isEmpty }
  /// Functions of which something is in force.
  var recorded: [Address] { journal.recorded }
  /// Files and nodes of which something is in force.
  var recordedPlaces: [Subject] { journal.recordedPlaces }
  /// What takes the newest act back that is in force; nil where none is.
  var undo: Intent? { journal.open.last.map { Intent(.restore, entry: $0.number) } }
  /// What files and the command line say.
  var configured: Configured { place.observer.configured(state: place.statePath) }
  /// Entries of other boots or machines: told, never replayed.
  var void: [Entry] { journal.void }

  /// The plan, with what it would cost.
  mutating func plan(_ intent: Intent) throws(Failure) -> Plan {
    do throws(Refusal) {
      return try propose(intent)
    } catch {
      throw Failure(error).knowing(inventory)
    }
  }

  /// The groups of every function that an intent leads to.
  func groups(concernedBy intent: Intent) -> Set<GroupID> {
    Set(intent.concerned(in: inventory, journal).compactMap { inventory.group(of: $0)?.id })
  }

  /// The same, with what is in the way as it is.
  mutating func propose(_ intent: Intent) throws(Refusal) -> Plan {
    try object(to: intent)
    let concerned = intent.concerned(in: inventory, journal)
    do throws(HostError) {
      inventory.apply(
        try place.observer.reread(
          Stale(groups: Set(concerned.compactMap { inventory.group(of: $0)?.id }), details: Set(concerned)),
          in: inventory))
    } catch {
      throw Refusal(.unreadable(error))
    }
    let configured = place.observer.configured(state: place.statePath)
    let places = intent.places(on: inventory, journal, configured)
    let basis = Basis(
      inventory, bindings: try bindings(concerned), readings: try readings(places), configured: configured,
      journal: journal, drivers: place.drivers, rules: rules)
    var plan = try Plan(intent, on: basis)
    plan.findings = findings(of: plan, configured)
    foresee(&plan)
    return plan
  }

  /// The plan as a person reads it.
  func preview(of plan: Plan) -> Preview { plan.preview(in: inventory, rules: rules, number: number) }

  /// Functions as they are; who is gone is left out, and nobody else.
  private mutating func bindings(_ addresses: [Address]) throws(Refusal) -> [Binding] {
    try readings(addresses.map(Subject.function)).compactMap(\.binding)
  }

  /// Files and nodes as they are; what is gone is left out.
  private mutating func readings(_ places: [Subject]) throws(Refusal) -> [Reading] {
    var readings: [Reading] = []
    for place in places {
      switch Acting.look(at: place, on: &self.place.door) {
      case .saw(let reading): if let reading { readings.append(reading) }
      case .failed(let error): throw Refusal(.unreadable(error))
      case .saved, .notSaved, .performed, .calledOff: break
      }
    }
    return readings
  }

  /// Whoever loses a driver, or goes, is asked what it carries.
  private func findings(of plan: Plan, _ configured: Configured) -> [Finding] {
    let losing = plan.losing(in: inventory)
    let given = plan.intent.verb == .assign ? plan.touched : []
    let limit = plan.intent.grantee.map { place.lockLimit(of: $0) } ?? .absent
    let named = Set(plan.touched).union(plan.readings.compactMap(\.file?.address)).sorted()
    return Assignment.Findings.on(
      losing, place.observer.burden(of: losing, in: inventory), in: inventory,
      resets: place.observer.resets(of: given, in: inventory))
      + Assignment.Findings.giving(plan, limit, in: inventory)
      + Assignment.Findings.configured(on: named, configured, in: inventory, for: plan)
  }

  /// Which groups new virtual functions will be in: the registers that decide are read.
  private func foresee(_ plan: inout Plan) {
    guard plan.intent.verb == .virtualFunctions, !plan.steps.isEmpty else { return }
    let configs = place.observer.configSpaces(of: Ties.deciding(plan.touched, in: inventory), waking: false)
    plan.foresee(
      in: inventory, place.observer.ports(of: inventory, configs),
      virtual: configs.mapValues(\.sriov))
  }

  /// The virtual functions of what a plan changed, as they are now.
  func virtualFunctions(of plan: Plan) -> [Function] {
    guard plan.intent.verb == .virtualFunctions, let now = try? place.observer.inventory(.listing) else { return [] }
    return now.functions.filter { $0.physicalFunction.map(plan.touched.contains) ?? false }
  }

  /// Why the plan may not be run any more; nil while all that it assumed holds.
  mutating func staleness(of plan: Plan) throws(Failure) -> Refusal? {
    let groups = Set(plan.groups.map(\.id))
    do throws(HostError) {
      inventory.apply(
        try place.observer.reread(
          Stale(functions: Set(plan.assumptions.map(\.address)), groups: groups), in: inventory))
    } catch {
      throw Failure(error)
    }
    do throws(Refusal) {
      return plan.staleness(
        against: try bindings(plan.assumptions.map(\.address)), readings: try readings(plan.readings.map(\.subject)),
        groups: inventory.groups.filter { groups.contains($0.id) })
    } catch {
      return error
    }
  }

  /// Runs a plan that was consented to. Nobody else acts meanwhile; what the plan assumed is read once more first.
  /// A signal that would end us is `watch`'s: no act is cut off between two effects.
  mutating func run(
    _ plan: Plan, at time: Int64, under watch: ActWatch, tell: (Acting.News) -> Void
  ) throws(Failure) -> Ending {
    var transaction = try begin(plan, at: time)
    var left: Work?
    let waiting = place
    var (door, store) = (place.door, place.store)
    defer { (place.door, place.store) = (door, store) }
    let outcome = Acting.run(
      &transaction, on: &door, journal: &store,
      wait: { work in
        if !waiting.wait(for: work, or: watch.descriptor) || watch.wantsToLeave(work) { left = work }
        return left == nil
      }, mayGoOn: watch.mayGoOn, tell: tell)
    return Ending(transaction: transaction, outcome: outcome, left: left)
  }

  /// Takes the lock and looks whether all still is as the plan assumed, and costs what was agreed to; then the first
  /// step can be done.
  mutating func begin(_ plan: Plan, at time: Int64) throws(Failure) -> Transaction {
    try place.takeLock(plan.commandLine)
    if let refusal = try staleness(of: plan) { throw Failure(refusal).knowing(inventory) }
    try readJournal()
    let now = try self.plan(plan.intent)
    if let refusal = plan.staleness(against: now) { throw Failure(refusal).knowing(inventory) }
    return Transaction(now, in: journal, at: time)
  }

  /// Brings the journal up to date where what was to be taken back is back already.
  mutating func settle(_ plan: Plan, at time: Int64) throws(Failure) {
    var transaction = try begin(plan, at: time)
    var (door, store) = (place.door, place.store)
    _ = Acting.run(&transaction, on: &door, journal: &store)
    (place.door, place.store) = (door, store)
    place.leaveLock()
    try readJournal()
  }

  /// How an act ended.
  struct Ending {
    let transaction: Transaction
    /// Nil when a child was left to wait.
    let outcome: Transaction.Outcome?
    let left: Work?
  }
}
