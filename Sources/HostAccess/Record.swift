/// What is kept of one step of an act until it is taken back: the effect, and how the function gets back to where it
/// was before.
public struct Record: Hashable, Sendable {
  /// What is, or was, done.
  public var effect: Effect
  /// What takes it back, in order; empty where nothing can. What stands before the last change of a driver only
  /// prepares that, and is not needed where its goal holds.
  public var inverse: [Effect]
  /// What it changes as it was before the act; nil for a module.
  public var before: Reading?
  /// How far it came.
  public var state: State

  /// How far a step came. The raw values are the journal's words.
  public enum State: String, Hashable, Sendable, CaseIterable {
    /// Not begun, as far as the journal knows; the write may have happened all the same.
    case pending
    case done
    /// There was nothing to do: its goal held before.
    case skipped
    case failed
    case takenBack = "taken-back"
    /// It could not be taken back; somebody has to look.
    case stuck
  }

  /// A step before it is begun.
  public init(_ effect: Effect, inverse: [Effect], before: Reading?, state: State = .pending) {
    self.effect = effect
    self.inverse = inverse
    self.before = before
    self.state = state
  }

  /// Whether it may still be in force. What was begun may have happened, and so may what was never reported.
  public var isOpen: Bool {
    switch state {
    case .skipped, .takenBack: return false
    case .pending, .done, .failed, .stuck: break
    }
    // What a probe bound that expected nothing, only the machine can tell.
    if case .probe(_, nil) = effect { return true }
    return !inverse.isEmpty
  }
}

/// One act in the journal: everything it takes to bring the machine back, on disk before the first write.
public struct Entry: Hashable, Sendable {
  /// Its number, one more than the highest that the journal has.
  public var number: Int
  /// What was wanted, as a command line: `viable assign group:5`.
  public var title: String
  /// When, in seconds since 1970.
  public var time: Int64
  /// Which boot of which machine; on another one the records are void.
  public var session: Session
  /// The steps, in the order in which they are done.
  public var records: [Record]

  /// `/proc/sys/kernel/random/boot_id` and `/etc/machine-id`.
  public struct Session: Hashable, Sendable {
    /// The boot.
    public var boot: String
    /// The machine; empty where it has no id.
    public var machine: String
    /// Both.
    public init(boot: String, machine: String) {
      self.boot = boot
      self.machine = machine
    }
  }

  /// All of it.
  public init(number: Int, title: String, time: Int64, session: Session, records: [Record]) {
    self.number = number
    self.title = title
    self.time = time
    self.session = session
    self.records = records
  }

  /// Whether something of it may still be in force.
  public var isOpen: Bool { records.contains(where: \.isOpen) }
}

/// Where acts are kept until they are taken back. One process acts at a time.
public protocol JournalStore {
  /// The entries that there are, oldest first. A file that is no entry, or that others could have written, throws.
  mutating func entries() throws(HostError) -> [Entry]

  /// The entries that can be read, oldest first, and those that cannot: what stands in them is no entry any more.
  mutating func legible() throws(HostError) -> (entries: [Entry], damaged: [DamagedEntry])

  /// Writes an entry so that it outlasts a crash, in place of the one with its number.
  mutating func save(_ entry: Entry) throws(HostError)

  /// Forgets an entry: nothing of it is in force any more.
  mutating func remove(_ number: Int) throws(HostError)
}

extension JournalStore {
  /// All of them, where none can be damaged.
  public mutating func legible() throws(HostError) -> (entries: [Entry], damaged: [DamagedEntry]) {
    (try entries(), [])
  }
}

/// A file in an entry's place that is none.
public struct DamagedEntry: Hashable, Sendable {
  /// Its number, which its name still says.
  public var number: Int
  /// Which file, which line, and what was expected there: EBADMSG.
  public var error: HostError

  /// Both.
  public init(number: Int, error: HostError) {
    self.number = number
    self.error = error
  }
}
