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

  /// How a function was before anything that is in force was done to it; nil where nothing is. With an entry's
  /// number: before that one.
  public func origin(of address: Address, before number: Int? = nil) -> Binding? {
    origin(of: .function(address), before: number)?.binding
  }

  /// The same of a file or a node as well.
  public func origin(of subject: Subject, before number: Int? = nil) -> Reading? {
    for entry in open {
      if let number, entry.number != number { continue }
      let record = entry.records.first { $0.isOpen && $0.effect.subject == subject }
      if let before = record?.before { return before }
    }
    return nil
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

  /// The open entries as they are once these are back where they were; with a number, that one alone.
  public func settled(_ subjects: Set<Subject>, number: Int? = nil) -> [Entry] {
    open.compactMap { entry in
      if let number, entry.number != number { return nil }
      var settled = entry
      for place in settled.records.indices {
        guard settled.records[place].isOpen, let subject = settled.records[place].effect.subject,
          subjects.contains(subject)
        else { continue }
        settled.records[place].state = .takenBack
      }
      return settled == entry ? nil : settled
    }
  }
}
