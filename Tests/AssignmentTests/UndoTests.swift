import Assignment
import HostAccess
import HostSimulated
import Testing
import Topology

@Suite struct UndoTests {
  private var host = Rig.seed()
  private var journal = MemoryJournal()
  private var undo = Undo()
  private let assign = Intent(.assign, groups: [Scene.group])
  private let release = Intent(.release, named: [Rig.hba], onlyNamed: true)

  private var now: Journal { Journal(journal.entries(), in: Rig.session) }

  private mutating func act(_ intent: Intent) throws {
    #expect(try Rig.act(intent, on: &host, &journal) == .done)
    undo.note(intent, in: now)
  }

  @Test mutating func `acts are undone newest first, and redone the other way round`() throws {
    let start = host
    #expect(undo.undo(in: now) == nil && undo.redo == nil)
    try act(assign)
    let assigned = host
    try act(release)
    let released = host
    try act(try #require(undo.undo(in: now)))
    #expect(host == assigned && undo.redo == release)
    try act(try #require(undo.undo(in: now)))
    #expect(host == start && undo.redo == assign)
    #expect(undo.undo(in: now) == nil)
    for end in [assigned, released] {
      try act(try #require(undo.redo))
      #expect(host == end)
    }
    #expect(undo.redo == nil)
  }

  @Test mutating func `another act ends what could be redone`() throws {
    try act(assign)
    try act(try #require(undo.undo(in: now)))
    #expect(undo.redo == assign)
    try act(release)
    #expect(undo.redo == nil)
    #expect(undo.undo(in: now) == Intent(.restore, entry: 1))
  }

  @Test mutating func `a restore of everything can be redone act by act`() throws {
    try act(assign)
    try act(release)
    try act(Intent(.restore, named: now.recorded, onlyNamed: true))
    #expect(undo.redo == assign)
    try act(assign)
    #expect(undo.redo == release)
  }

  @Test mutating func `an entry of which a part is given back is settled part by part`() throws {
    let start = host
    try act(assign)
    try act(Intent(.restore, named: [Rig.nic], onlyNamed: true))
    let entry = try #require(journal.entries().first)
    #expect(entry.isOpen && now.recorded == [Rig.hba])
    let settled = entry.records.filter { $0.effect.address == Rig.nic }
    #expect(!settled.isEmpty && settled.allSatisfy { $0.state == .takenBack })
    try act(Intent(.restore, named: now.recorded, onlyNamed: true))
    #expect(host == start && journal.entries().isEmpty)
  }

  @Test mutating func `what somebody gave back by hand is settled with the rest, and not done again`() throws {
    let start = host
    try act(assign)
    let byHand: [Effect] = [
      .setOverride(Rig.nic, "e1000"), .unbind(Rig.nic, from: "vfio-pci"), .probe(Rig.nic, expecting: "e1000"),
      .setOverride(Rig.nic, nil),
    ]
    for effect in byHand { #expect(host.begin(effect) == .done) }
    #expect(now.recorded == [Rig.nic, Rig.hba], "the journal does not know")
    let plan = try Rig.plan(Intent(.restore, named: now.recorded, onlyNamed: true), on: host, journal)
    #expect(plan.touched == [Rig.hba])
    try act(Intent(.restore, named: now.recorded, onlyNamed: true))
    #expect(host == start && journal.entries().isEmpty)
  }
}
