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
}
