import Assignment
import Goldens
import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

/// A journal of which one write fails.
private struct FailingJournal: JournalStore {
  var base = MemoryJournal()
  var turn: Int
  var asked = 0

  func entries() -> [Entry] { base.entries() }
  mutating func save(_ entry: Entry) throws(HostError) {
    try count()
    base.save(entry)
  }
  mutating func remove(_ number: Int) throws(HostError) {
    try count()
    base.remove(number)
  }
  private mutating func count() throws(HostError) {
    defer { asked += 1 }
    if asked == turn { throw HostError("write", on: "/var/lib/viable/journal/1", .enospc) }
  }
}

@Suite struct TransactionTests {
  private let nic = Rig.nic
  private let hba = Rig.hba

  @Test func `the entry is on disk before the first write, and after every step`() throws {
    let host = Rig.seed()
    let plan = try Rig.plan(Intent(.assign, named: [nic], onlyNamed: true), on: host)
    var (end, journal) = (host, MemoryJournal())
    var transaction = Rig.transaction(plan, journal)
    var wishes: [String] = []
    let outcome = Acting.run(
      &transaction, on: &end, journal: &journal,
      tell: { news in
        guard case .wishes(let wish) = news else { return }
        switch wish {
        case .save(let entry): wishes.append("save " + entry.records.map(\.state.rawValue).joined(separator: " "))
        case .forget(let number): wishes.append("forget \(number)")
        case .look(let address): wishes.append("look \(address)")
        case .perform(let effect): wishes.append(effect.words.joined(separator: " "))
        case .finished: wishes.append("finished")
        }
      })
    #expect(outcome == .done)
    #expect(
      wishes == [
        "save pending pending pending", "look 0000:02:01.0", "override 0000:02:01.0 vfio-pci", "look 0000:02:01.0",
        "save done pending pending", "look 0000:02:01.0", "unbind 0000:02:01.0 e1000", "look 0000:02:01.0",
        "save done done pending", "look 0000:02:01.0", "probe 0000:02:01.0 vfio-pci", "look 0000:02:01.0",
        "save done done done", "finished",
      ])
    #expect(end.inventory[nic]?.driver == .value("vfio-pci"))
    #expect(transaction.next() == .finished(.done))
  }

  @Test func `wherever the journal cannot be written, the machine is taken back or was not begun`() throws {
    let host = Rig.seed()
    let plan = try Rig.plan(Intent(.assign, groups: [Scene.group]), on: host)
    for turn in 0...plan.steps.count {
      var (end, journal) = (host, FailingJournal(turn: turn))
      var transaction = Rig.transaction(plan, journal.base)
      let outcome = Acting.run(&transaction, on: &end, journal: &journal)
      #expect(end == host)
      switch outcome {
      case .notBegun: #expect(turn == 0)
      case .takenBack(let step, .journal): #expect(step == turn - 1)
      default: Issue.record("\(outcome)")
      }
      #expect(journal.entries().isEmpty)
    }
  }

  @Test func `a journal that fails at the end is told of, whichever of its entries it was`() throws {
    var (host, journal) = (Rig.seed(), MemoryJournal())
    for address in [nic, hba] {
      #expect(try Rig.act(Intent(.assign, named: [address], onlyNamed: true), on: &host, &journal) == .done)
    }
    let restore = Intent(
      .restore, named: Journal(journal.entries(), in: Rig.session).recorded, onlyNamed: true)
    let plan = try Rig.plan(restore, on: host, journal)
    var told = 0
    for turn in 0... {
      var (end, failing) = (host, FailingJournal(base: journal, turn: turn))
      var transaction = Rig.transaction(plan, journal)
      let outcome = Acting.run(&transaction, on: &end, journal: &failing)
      if failing.asked <= turn { break }
      guard outcome == .done else { continue }
      told += 1
      #expect(transaction.leftover?.errno == .enospc, "turn \(turn)")
      #expect(transaction.sentence()?.contains("The journal could not be brought up to date") == true)
    }
    #expect(told == 3, "its own entry, and the two that it settles")
  }

  @Test func `an act is undone from its entry alone, wherever it was cut off`() throws {
    let host = Rig.seed(bridge: "shpchp")
    let plan = try Rig.plan(Intent(.assign, groups: [Scene.group]), on: host)
    for limit in 0...plan.steps.count {
      var (end, journal) = (host, MemoryJournal())
      var transaction = Rig.transaction(plan, journal)
      var told: Transaction.Told?
      var done = 0
      cutting: while true {
        switch transaction.next(told) {
        case .save(let entry):
          journal.save(entry)
          told = .saved
        case .look(let subject): told = Acting.look(at: subject, on: &end)
        case .perform(let effect):
          if done == limit { break cutting }
          done += 1
          told = end.begin(effect) == .done ? .performed : nil
        case .forget, .finished: break cutting
        }
      }
      let number = try #require(journal.entries().first).number
      #expect(try Rig.act(Intent(.restore, entry: number), on: &end, &journal) == .done)
      #expect(end == host, "cut off after \(limit) effects")
      #expect(journal.entries().isEmpty)
    }
  }

  @Test func `a card that was swapped on the way is left alone`() throws {
    let host = Rig.seed()
    let plan = try Rig.plan(Intent(.assign, groups: [Scene.group]), on: host)
    var (end, journal) = (host, MemoryJournal())
    var transaction = Rig.transaction(plan, journal)
    var told: Transaction.Told?
    var touched: [Effect] = []
    var outcome: Transaction.Outcome?
    while outcome == nil {
      switch transaction.next(told) {
      case .save(let entry):
        journal.save(entry)
        told = .saved
      case .forget(let number):
        journal.remove(number)
        told = .saved
      case .look(let address):
        told = Acting.look(at: address, on: &end)
        if address == .function(hba), case .saw(.function(var found)?) = told {
          found.identity = .value(Identity(vendor: 1, device: 2, classCode: ClassCode(3)))
          told = .saw(.function(found))
        }
      case .perform(let effect):
        touched.append(effect)
        told = end.begin(effect) == .done ? .performed : nil
      case .finished(let end): outcome = end
      }
    }
    guard case .takenBack(_, .otherDevice) = outcome else {
      Issue.record("\(String(describing: outcome))")
      return
    }
    #expect(!touched.contains { $0.address == hba })
    #expect(end == host)
  }

  @Test func `an unbind waits for whoever holds the device, and goes on when he lets go`() throws {
    var (host, journal) = (Rig.seed(nic: "vfio-pci", hba: "vfio-pci"), MemoryJournal())
    let calls: [Call] = [
      .open(.container), .open(.group(Scene.group)), .ioctl(Descriptor(4), .groupSetContainer(Descriptor(3))),
      .ioctl(Descriptor(3), .setIOMMU(.type1v2)), .ioctl(Descriptor(4), .groupGetDeviceFD(nic)),
    ]
    for call in calls { #expect(host.ask(call, as: Scene.qemu).errno == nil) }
    let intent = Intent(.release, named: [nic], onlyNamed: true, mayWait: true)
    var transaction = Rig.transaction(try Rig.plan(intent, on: host), journal)
    var waited = 0
    let outcome = Rig.drive(&transaction, on: &host, journal: &journal) { effect, machine in
      var progress = machine.begin(effect)
      while case .waiting(let work) = progress {
        waited += 1
        #expect((try? machine.binding(of: nic))?.driver == .absent)
        if waited == 3 { _ = machine.happen(.exit(Scene.qemu)) }
        progress = machine.progress(of: work)
      }
      return .performed
    }
    #expect(waited == 3)
    #expect(outcome == .done)
    #expect(host.inventory[nic]?.driver == .absent)
  }

  /// Each is a machine on which something goes wrong, and what is said of it.
  @Test func `every end is told in a sentence that names step and cause`() throws {
    var texts: [String] = []
    func tell(
      _ intent: Intent, on host: SimulatedHost, failing: Set<Int>,
      _ failure: FailingHost<SimulatedHost>.Failure = .before,
      with errno: Errno = .eacces, journal turn: Int = -1
    ) throws {
      var end = FailingHost(host, failing: failing, failure, with: errno)
      var journal = FailingJournal(turn: turn)
      var transaction = Rig.transaction(try Rig.plan(intent, on: host), journal.base)
      #expect(transaction.sentence() == nil)
      _ = Acting.run(&transaction, on: &end, journal: &journal)
      texts.append(transaction.sentence(Scene.labels) ?? "")
    }
    let assign = Intent(.assign, groups: [Scene.group])
    let release = Intent(.release, named: [hba], onlyNamed: true)
    try tell(assign, on: Rig.seed(), failing: [])
    try tell(Intent(.restore, named: [nic], onlyNamed: true), on: Rig.seed(nic: "vfio-pci"), failing: [])
    for step in [0, 1, 2, 4] { try tell(assign, on: Rig.seed(), failing: [step]) }
    for step in [0, 1, 2] { try tell(assign, on: Rig.seed(), failing: [step], .silently) }
    try tell(assign, on: Rig.seed(), failing: [4, 6])
    try tell(assign, on: Rig.seed(), failing: [4, 5, 7])
    try tell(release, on: Rig.seed(), failing: [0], with: .enodev)
    try tell(assign, on: Rig.seed(), failing: [], journal: 0)
    try tell(assign, on: Rig.seed(), failing: [], journal: 2)
    let make = Intent(.virtualFunctions, named: [Rig.physical], count: 2)
    try tell(make, on: Rig.rehearsed(), failing: [0], with: .enoent)
    try tell(make, on: Rig.rehearsed(), failing: [0], .silently)
    let restore = Intent(.restore, named: [nic], onlyNamed: true)
    var (host, journal) = (Rig.seed(), MemoryJournal())
    #expect(try Rig.act(Intent(.assign, named: [nic], onlyNamed: true), on: &host, &journal) == .done)
    var failing = FailingHost(host, failing: [2], .before, with: .einval)
    var transaction = Rig.transaction(try Rig.plan(restore, on: host, journal), journal)
    _ = Acting.run(&transaction, on: &failing, journal: &journal)
    texts.append(transaction.sentence(Scene.labels) ?? "")
    #expect(Golden.check(texts.map { $0 + "\n" }.joined(), "outcomes").matches)
  }
}
