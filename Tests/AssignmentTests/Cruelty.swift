import Assignment
import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

/// One act done to a machine in every bad way there is: each effect fails in turn, each pair of effects fails, it is
/// called off before each effect, and the program is killed after each of its wishes.
struct Cruelty {
  /// The machine and its journal just before the act.
  var host: SimulatedHost
  var journal = MemoryJournal()
  /// The machine before anything that the journal has in force.
  var origin: SimulatedHost
  var intent: Intent
  /// How many bad ends were tried.
  private(set) var tried = 0
  /// What else the plan is to do.
  var more: (Plan) -> Plan = { $0 }

  init(_ intent: Intent, on host: SimulatedHost) {
    self.intent = intent
    self.host = host
    origin = host
  }

  /// The same after an act that went well.
  init?(_ intent: Intent, after first: Intent, on host: SimulatedHost) {
    self.init(intent, on: host)
    guard (try? Rig.act(first, on: &self.host, &journal)) == .done else { return nil }
    // What a restore has brought back is where everything comes from now.
    if first.verb == .restore { origin = self.host }
  }

  /// How many steps the plan has; nil where it is refused.
  var steps: Int? { (try? Rig.plan(intent, on: host, journal))?.steps.count }

  mutating func run() throws {
    guard let planned = try? Rig.plan(intent, on: host, journal) else { return }
    let plan = more(planned)
    for failure in FailingHost<SimulatedHost>.Failure.allCases {
      for turn in plan.steps.indices { try fail(plan, [turn], failure) }
    }
    for first in plan.steps.indices {
      for second in 1...(2 * plan.steps.count) { try fail(plan, [first, first + second], .before) }
    }
    for turn in plan.steps.indices { callOff(plan, turn) }
    try kill(plan)
  }

  /// Before the effect of this turn somebody wants it ended: what was done is taken back.
  private mutating func callOff(_ plan: Plan, _ turn: Int) {
    var (end, kept) = (host, journal)
    var transaction = Rig.transaction(plan, journal)
    var asked = 0
    let outcome = Acting.run(
      &transaction, on: &end, journal: &kept,
      mayGoOn: {
        asked += 1
        return asked <= turn
      })
    tried += 1
    let what = "\(intent.verb) called off before effect \(turn)"
    // An effect whose goal holds already is not done: there may be fewer than steps.
    if asked <= turn { return #expect(outcome == .done, "\(what)") }
    guard case .takenBack(_, .calledOff) = outcome else {
      Issue.record("\(what): \(String(describing: outcome))")
      return
    }
    #expect(transaction.sentence()?.hasPrefix("Called off before step") == true)
    expect(end, host, what)
    #expect(kept == journal, "\(what)")
  }

  /// Whole machines are too long to read: what differs is told by function. Nodes whose number was not the lowest may
  /// have another one, for the kernel gives out the lowest that is free to whoever comes.
  private func expect(_ end: SimulatedHost, _ wanted: SimulatedHost, _ what: String) {
    let isNumbered = [host, origin, wanted].contains { $0.world.devices.contains { $0.nodeNumber ?? 0 > 0 } }
    let isSame = isNumbered ? Unnumbered(end) == Unnumbered(wanted) : end == wanted
    let differing = zip(end.inventory.functions, wanted.inventory.functions).filter { $0 != $1 }.map { found, wanted in
      "\(found.address): \(found.driver) \(found.driverOverride), not \(wanted.driver) \(wanted.driverOverride)"
    }
    #expect(isSame, "\(what): \(differing)")
  }

  private mutating func fail(_ plan: Plan, _ turns: Set<Int>, _ failure: FailingHost<SimulatedHost>.Failure) throws {
    var failing = FailingHost(host, failing: turns, failure, with: .enomem)
    var kept = journal
    var transaction = Rig.transaction(plan, journal)
    let outcome = Rig.run(&transaction, on: &failing, &kept)
    guard let first = turns.min(), failing.begun > first else { return }
    tried += 1
    let what = "\(intent.verb) with \(turns.sorted()) failing \(failure): \(outcome)"
    switch outcome {
    case .takenBack:
      expect(failing.base, host, what)
      #expect(kept == journal, "\(what)")
    case .stuck where turns.count > 1:
      var end = failing.base
      let last = try Rig.restoreAll(&end, &kept)
      #expect(last == .done, "\(what), then \(last)")
      expect(end, origin, what)
      #expect(kept.entries().isEmpty)
    case .done where failure == .silently && turns.allSatisfy({ Self.expectsNothing(plan.steps[$0].effect) }): break
    default:
      Issue.record("\(what)")
    }
  }

  /// A probe that expects no driver has done its work when none came.
  private static func expectsNothing(_ effect: Effect) -> Bool {
    if case .probe(_, nil) = effect { true } else { false }
  }

  /// After each wish that was granted the program ends, and whoever comes next restores all.
  private mutating func kill(_ plan: Plan) throws {
    var wishes = 0
    var isOver = false
    while !isOver {
      var (end, kept) = (host, journal)
      var transaction = Rig.transaction(plan, journal)
      var told: Transaction.Told?
      var isForgotten = false
      for _ in 0..<wishes where !isOver {
        let wish = transaction.next(told)
        switch wish {
        case .save(let entry):
          kept.save(entry)
          told = .saved
        case .forget(let number):
          kept.remove(number)
          told = .saved
          isForgotten = true
        case .look(let subject): told = Acting.look(at: subject, on: &end)
        case .perform(let effect): told = end.begin(effect) == .done ? .performed : nil
        case .finished(let outcome):
          #expect(outcome == .done)
          isOver = true
        }
      }
      tried += 1
      // A restore that has forgotten its own entry came to its end: nothing of it is left to be taken back. Older
      // entries than the one that it took back are.
      let expected = intent.verb == .restore && intent.entry == nil && isForgotten ? end : origin
      let last = try Rig.restoreAll(&end, &kept)
      #expect(last == .done, "\(intent.verb) killed after \(wishes): \(last)")
      expect(end, expected, "\(intent.verb) killed after \(wishes) wishes")
      #expect(kept.entries().isEmpty, "\(intent.verb) killed after \(wishes): \(kept.entries())")
      wishes += 1
    }
  }
}

/// A machine without the numbers of its vfio nodes.
private struct Unnumbered: Equatable {
  var functions: [Function]
  var groups: [Group]
  var devices: [Device]
  var facts: [GroupFacts]
  var ledger: Ledger

  init(_ host: SimulatedHost) {
    functions = host.inventory.functions.map { function in
      var function = function
      if function.details?.vfioDevice.value != nil { function.details?.vfioDevice = .value("vfioN") }
      if function.details?.deviceNode.value != nil { function.details?.deviceNode = .absent }
      return function
    }
    devices = host.world.devices.map { device in
      var device = device
      device.nodeNumber = nil
      return device
    }
    (groups, facts, ledger) = (host.inventory.groups, host.world.groups, host.world.ledger)
  }
}

@Suite struct CruelPlanTests {
  static let scenarios = ScenarioMachines.all

  /// Every verb on every function and every group.
  private static func intents(on host: SimulatedHost) -> [Intent] {
    let functions = host.inventory.functions.map(\.address)
    return [Intent.Verb.release, .assign, .restore].flatMap { verb in
      host.inventory.groups.map { Intent(verb, groups: [$0.id]) } + functions.map { Intent(verb, named: [$0]) }
        + functions.map { Intent(verb, named: [$0], onlyNamed: true) }
    }
  }

  @Test(arguments: scenarios.indices)
  func `whatever fails and whenever it is killed, a scenario's machine is as it was`(place: Int) throws {
    let host = Self.scenarios[place].host
    var tried = 0
    for intent in Self.intents(on: host) {
      var cruelty = Cruelty(intent, on: host)
      try cruelty.run()
      tried += cruelty.tried
    }
    #expect(tried > 20, "\(Self.scenarios[place].name)")
  }

  @Test(arguments: [Intent.Verb.release, .assign, .restore])
  func `an act after another act can be cut off anywhere`(verb: Intent.Verb) throws {
    var tried = 0
    for first in [Intent.Verb.release, .assign] {
      for whole in [true, false] {
        let named = whole ? [] : [Rig.nic]
        let groups = whole ? [Scene.group] : []
        let host = Rig.seed(bridge: whole ? "shpchp" : nil)
        let found = Cruelty(
          Intent(verb, named: named, groups: groups), after: Intent(first, groups: [Scene.group]), on: host)
        var cruelty = try #require(found)
        try cruelty.run()
        tried += cruelty.tried
      }
    }
    #expect(tried > 40)
  }

  @Test func `taking back one entry of two can be cut off anywhere`() throws {
    var cruelty = Cruelty(Intent(.restore, entry: 2), on: Rig.seed())
    #expect(try Rig.act(Intent(.assign, groups: [Scene.group]), on: &cruelty.host, &cruelty.journal) == .done)
    let assigned = cruelty.host
    #expect(try Rig.act(Intent(.release, named: [Rig.hba]), on: &cruelty.host, &cruelty.journal) == .done)
    #expect(cruelty.host != assigned)
    try cruelty.run()
    #expect(try Rig.act(cruelty.intent, on: &cruelty.host, &cruelty.journal) == .done)
    #expect(cruelty.host == assigned)
    #expect(cruelty.journal.entries().map(\.number) == [1])
    #expect(try Rig.restoreAll(&cruelty.host, &cruelty.journal) == .done)
    #expect(cruelty.host == cruelty.origin)
  }

  @Test func `virtual functions that are made can be unmade wherever it stops`() throws {
    let host = Rig.rehearsed()
    for count in [1, 4] {
      var cruelty = Cruelty(Intent(.virtualFunctions, named: [Rig.physical], count: count), on: host)
      try cruelty.run()
      #expect(cruelty.tried > 5)
      let four = Intent(.virtualFunctions, named: [Rig.physical], count: 5)
      var again = try #require(Cruelty(cruelty.intent, after: four, on: host))
      #expect(again.steps == 2)
      try again.run()
      #expect(again.tried > 5)
    }
  }

  @Test(arguments: SmallMachines.all.indices)
  func `small machines survive everything`(place: Int) throws {
    let host = SmallMachines.all[place]
    let first = SmallMachines.member(0)
    for verb in [Intent.Verb.release, .assign, .restore] {
      for intent in [
        Intent(verb, named: [first]), Intent(verb, named: [first], onlyNamed: true), Intent(verb, groups: [GroupID(5)]),
      ] {
        var cruelty = Cruelty(intent, on: host)
        try cruelty.run()
        if var after = Cruelty(Intent(.restore, groups: [GroupID(5)]), after: intent, on: host) { try after.run() }
      }
    }
  }
}

/// Every machine of one group with up to two members, each with one of five drivers; the first may be a bridge.
enum SmallMachines {
  static let drivers: [DriverName?] = [nil, "e1000", "vfio-pci", "pci-stub", "pcieport"]

  static let all: [SimulatedHost] = (1...2).flatMap { count in
    [false, true].flatMap { hasBridge in combinations(count).compactMap { machine($0, hasBridge: hasBridge) } }
  }

  static func member(_ place: Int) -> Address { Address(domain: 0, bus: 2, device: UInt8(place + 1), function: 0) }

  private static func combinations(_ count: Int) -> [[DriverName?]] {
    count == 0 ? [[]] : combinations(count - 1).flatMap { rest in drivers.map { rest + [$0] } }
  }

  private static func machine(_ drivers: [DriverName?], hasBridge: Bool) -> SimulatedHost? {
    if hasBridge, drivers[0] == "vfio-pci" { return nil }
    let parts = drivers.enumerated().map { place, driver in
      let isBridge = hasBridge && place == 0
      return Part(
        PortFacts(address: member(place), parent: .root("pci0000:02"), leadsToABus: isBridge),
        Identity(vendor: 1, device: UInt16(place), classCode: ClassCode(isBridge ? 0x060400 : 0x020000)),
        driver: driver, hostDrivers: ["e1000", "pcieport"], statedGroup: GroupID(5))
    }
    return SimulatedHost(Machine(name: "small", parts: parts), rules: Rules(.explicitLinux))
  }
}
