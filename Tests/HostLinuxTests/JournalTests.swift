import Glibc
import HostAccess
import Ownership
import Testing
import Topology

@testable import HostLinux

/// The journal and its lock, in real directories.
@Suite struct JournalTests {
  private let nic = address("0000:02:01.0")

  private func entry(_ number: Int, _ state: Record.State = .pending) -> Entry {
    let before = Binding(
      address: nic, identity: .absent, path: "sys/devices/pci0000:00/0000:02:01.0", driver: .value("e1000"),
      override: .value("odd name"), group: .value(GroupID(5)))
    let record = Record(
      .unbind(nic, from: "e1000"), inverse: [.setOverride(nic, "e1000"), .probe(nic, expecting: "e1000")],
      before: .function(before), state: state)
    return Entry(
      number: number, title: "viable release group:5", time: 1_763_866_000,
      session: Entry.Session(boot: "boot", machine: ""), records: [record])
  }

  @Test func `what was saved is read again, replaced, and forgotten`() throws {
    let machine = Fixture()
    let journal = FileJournal(in: machine.state)
    #expect(try journal.entries().isEmpty)
    #expect(!machine.exists("state"))
    for number in [12, 2, 1_000_000] { try journal.save(entry(number)) }
    #expect(try journal.entries() == [entry(2), entry(12), entry(1_000_000)])
    try journal.save(entry(12, .done))
    #expect(try FileJournal(in: machine.state).entries() == [entry(2), entry(12, .done), entry(1_000_000)])
    try journal.remove(2)
    try journal.remove(2)
    #expect(try journal.entries().map(\.number) == [12, 1_000_000])
    #expect(machine.exists("state/journal/000012.entry"))
  }

  @Test func `files are their owner's alone`() throws {
    let machine = Fixture()
    try FileJournal(in: machine.state).save(entry(1))
    let modes = ["state", "state/journal", "state/journal/000001.entry"].map { name in
      var status = stat()
      _ = unsafe lstat(machine.path(name), &status)
      return status.st_mode & 0o777
    }
    #expect(modes == [0o700, 0o700, 0o600])
  }

  @Test func `a file or directory that others may write is not believed, and neither is another user's`() throws {
    let machine = Fixture()
    let journal = FileJournal(in: machine.state)
    try journal.save(entry(1))
    let file = machine.path("state/journal/000001.entry")
    _ = unsafe chmod(file, 0o620)
    let error = #expect(throws: HostError.self) { try journal.entries() }
    #expect(error?.description.contains("\(file), which others may write (look at it, then run chmod go-w)") == true)
    _ = unsafe chmod(file, 0o600)
    _ = unsafe chmod(machine.path("state/journal"), 0o777)
    #expect(throws: HostError.self) { try journal.entries() }
    #expect(throws: HostError.self) { try journal.save(entry(2)) }
    _ = unsafe chmod(machine.path("state/journal"), 0o700)
    #expect(try journal.entries() == [entry(1)])
    guard geteuid() == 0 else { return }
    _ = unsafe chown(file, 12_345, 0)
    let other = #expect(throws: HostError.self) { try journal.entries() }
    #expect(other?.object == "\(file), which user 12345 owns (look at it, then give it to root or move it away)")
  }

  @Test func `a link in an entry's place is not followed`() throws {
    let machine = Fixture()
    let journal = FileJournal(in: machine.state)
    try journal.save(entry(1))
    machine.link("state/journal/000002.entry", to: "000001.entry")
    #expect(throws: HostError("open", on: machine.path("state/journal/000002.entry"), Errno(rawValue: 40))) {
      try journal.entries()
    }
  }

  @Test func `a garbled entry is named with its line, and stays`() throws {
    let machine = Fixture()
    let journal = FileJournal(in: machine.state)
    try journal.save(entry(1))
    let name = "state/journal/000001.entry"
    let good = machine.text(name)
    let lines = good.split(separator: "\n", omittingEmptySubsequences: false)
    let bad: [(String, Int)] = [
      (lines.dropLast(2).joined(separator: "\n") + "\n", lines.count - 1), ("", 1),
      (good.replacing("e1000", with: "..", maxReplacements: 1), 4), (good.replacing("entry 1 ", with: "entry 3 "), 2),
    ]
    for (text, line) in bad {
      machine.file(name, text)
      _ = unsafe chmod(machine.path(name), 0o600)
      let error = #expect(throws: HostError.self) { try journal.entries() }
      #expect(error?.object.hasPrefix("\(machine.path(name)):\(line) (expected ") == true, "\(text)")
      #expect(error?.errno == .ebadmsg)
      #expect(machine.text(name) == text)
    }
    try journal.save(entry(2))
    let found = try journal.legible()
    #expect(found.entries == [entry(2)] && found.damaged.map(\.number) == [1])
    try journal.remove(2)
    machine.file(name, good)
    #expect(try journal.entries() == [entry(1)])
  }

  @Test func `a state directory that is a file is named, with what to give instead`() throws {
    let machine = Fixture()
    machine.file("state", "a file")
    let error = #expect(throws: HostError.self) { try FileJournal(in: machine.state).entries() }
    #expect(error?.errno == .enotdir)
    #expect(error?.object.hasSuffix("state/journal (name a directory with --state-dir)") == true)
  }

  @Test func `an entry with a number after which none comes is refused, and named`() throws {
    let machine = Fixture()
    let journal = FileJournal(in: machine.state)
    try journal.save(entry(.max))
    let error = #expect(throws: HostError.self) { try journal.entries() }
    #expect(error?.object.hasPrefix("\(machine.path("state/journal"))/\(Int.max).entry:2 (expected ") == true)
  }

  @Test func `what a killed process left half written is no entry, and in nobody's way`() throws {
    let machine = Fixture()
    let journal = FileJournal(in: machine.state)
    try journal.save(entry(1))
    machine.file("state/journal/000001.entry.new", "viable-jour")
    machine.file("state/journal/000002.entry.new", "")
    machine.file("state/journal/notes", "mine")
    #expect(try journal.entries() == [entry(1)])
    try journal.save(entry(2))
    try journal.save(entry(1, .done))
    #expect(try journal.entries() == [entry(1, .done), entry(2)])
  }

  @Test func `where a journal is kept is asked for, root's, or the person's own`() {
    func path(_ asked: String?, _ isRoot: Bool, _ state: String?, _ home: String?) -> String {
      StateDirectory(asked: asked, isRoot: isRoot, stateHome: state, home: home).path
    }
    #expect(path("here", true, "/x", "/h") == "here")
    #expect(path(nil, true, "/x", "/h") == "/var/lib/viable")
    #expect(path("", false, "/x", "/h") == "/x/viable")
    #expect(path(nil, false, "relative", "/h") == "/h/.local/state/viable")
    #expect(path(nil, false, nil, nil) == "/var/lib/viable")
  }

  @Test func `a state directory that cannot be made says where`() throws {
    let machine = Fixture()
    machine.file("state", "a file")
    let error = #expect(throws: HostError.self) { try FileJournal(in: machine.state).save(entry(1)) }
    #expect(error?.object.hasPrefix(machine.path("state")) == true)
  }
}
