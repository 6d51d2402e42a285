public import HostAccess
public import Topology

/// What the journal's entries mean here and now: which of them are in force, and where a function came from.
public struct Journal: Hashable, Sendable {
  /// Every entry, oldest first.
  public let entries: [Entry]
  /// This boot of this machine.
  public let session: Entry.Session
  /// A number that is given away already, by an entry that cannot be read.
  private let last: Int

  /// Entries as a store has them, seen from a session.
  public init(_ entries: [Entry] = [], in session: Entry.Session, after last: Int = 0) {
    self.last = last
    self.entries = entries.sorted { $0.number < $1.number }
    self.session = session
  }

  /// The number of the next act.
  public var nextNumber: Int { max(last, entries.last?.number ?? 0) + 1 }

  /// Entries of which something may be in force, oldest first.
  public var open: [Entry] { entries.filter { $0.session == session && $0.isOpen } }

  /// Entries of another boot or another machine: nothing of them is in force, and they are never replayed.
  public var void: [Entry] { entries.filter { $0.session != session } }

  /// Entries of this boot of which nothing is in force any more, or ever was.
  public var spent: [Entry] { entries.filter { $0.session == session && !$0.isOpen } }

  /// Every function of which something may be in force.
  public var recorded: [Address] { subjects.compactMap(\.function) }

  /// Every file and node of which something may be in force.
  public var recordedPlaces: [Subject] { subjects.filter { $0.function == nil } }

  private var subjects: [Subject] {
    Set(open.flatMap { $0.records.filter(\.isOpen).compactMap(\.effect.subject) }).sorted()
  }

  /// How a card was before anything that is in force was done to it; nil where nothing is. With an entry's number:
  /// before that one. What is recorded of another card that was in its place is void, and skipped.
  public func origin(of now: Binding, before number: Int? = nil) -> Binding? {
    records(of: .function(now.address), in: number).lazy.compactMap { $0.record.before?.binding }
      .first { $0.isSameDevice(as: now) }
  }

  /// The same of a file or a node; and of a function that is not there to be compared, whichever card it was.
  public func origin(of subject: Subject, before number: Int? = nil) -> Reading? {
    records(of: subject, in: number).lazy.compactMap(\.record.before).first
  }

  /// What is recorded of other cards in a function's place, with the entries that have it, oldest first: void.
  public func others(than now: Binding, in number: Int? = nil) -> [(card: Binding, entry: Int)] {
    records(of: .function(now.address), in: number).reduce(into: []) { found, item in
      guard let card = item.record.before?.binding, !card.isSameDevice(as: now), found.last?.entry != item.entry else {
        return
      }
      found.append((card, item.entry))
    }
  }

  /// How many virtual functions a card had before viable changed that; nil where it did not.
  public func count(of now: Binding, before number: Int? = nil) -> Known<Int>? {
    let counts = records(of: .function(now.address), in: number).lazy.compactMap { item -> Known<Int>? in
      guard case .setVirtualFunctions = item.record.effect, let before = item.record.before?.binding,
        before.isSameDevice(as: now)
      else { return nil }
      return before.virtualFunctions
    }
    return counts.first
  }

  /// The newest entry after this one that has something in force of the same thing, and which: each leads back to just
  /// before itself, so that the later one comes first. Of cards that are not those that are there nothing is in force.
  public func later(than number: Int, seeing now: [Address: Binding]) -> (subject: Subject, entry: Int)? {
    func inForce(in entry: Entry) -> [Subject] {
      entry.records.compactMap { record in
        guard record.isOpen, let subject = record.effect.subject else { return nil }
        guard let address = subject.function else { return subject }
        guard let card = now[address], record.before?.binding?.isSameDevice(as: card) ?? true else { return nil }
        return subject
      }
    }
    guard let entry = open.first(where: { $0.number == number }) else { return nil }
    let subjects = Set(inForce(in: entry))
    for later in open.reversed() where later.number > number {
      if let subject = inForce(in: later).first(where: { subjects.contains($0) }) { return (subject, later.number) }
    }
    return nil
  }

  private func records(of subject: Subject, in number: Int?) -> [(record: Record, entry: Int)] {
    open.filter { number == nil || $0.number == number }.flatMap { entry in
      entry.records.filter { $0.isOpen && $0.effect.subject == subject }.map { ($0, entry.number) }
    }
  }

  /// Whether a file or a node is as some act that is in force found or left it, and not as somebody else made it since;
  /// with an entry's number: as that one did.
  public func explains(_ now: Reading, in number: Int? = nil) -> Bool {
    let records = open.filter { number == nil || $0.number == number }.flatMap(\.records)
    return records.contains { record in
      guard record.isOpen, record.effect.subject == now.subject, let before = record.before else { return false }
      return record.effect.explains(now, after: before)
    }
  }

  /// The open entries as they are once the records for which this holds, each with its entry's number, are settled;
  /// those that stay as they are are left out.
  func settled(where isOver: (Record, Int) -> Bool) -> [Entry] {
    open.compactMap { entry in
      var settled = entry
      for (place, record) in entry.records.enumerated() where record.isOpen {
        if isOver(record, entry.number) { settled.records[place].state = .takenBack }
      }
      return settled == entry ? nil : settled
    }
  }

  /// Entries of earlier boots of this machine as they are once they were told: with nothing to be told any more.
  /// Assignments that last are on record elsewhere. Whose an entry is that names another machine, or none, is not known
  /// here.
  var outlived: [Entry] {
    void.filter { $0.session.machine == session.machine && !session.machine.isEmpty }.map { entry in
      var told = entry
      for place in told.records.indices { told.records[place].state = .takenBack }
      return told
    }
  }
}
