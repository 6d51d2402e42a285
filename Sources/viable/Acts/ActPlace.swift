import Assignment
import CLinux
import HostAccess
import HostLinux
import HostSimulated
import Ownership
import Topology

/// Somewhere that can be acted on: a door that does things, whoever looks, and the journal.
protocol ActPlace {
  associatedtype Door: Performer
  associatedtype Store: JournalStore

  /// Looks at the machine as it is now.
  var observer: any Observer { get }
  /// Does what is done.
  var door: Door { get set }
  /// Keeps what it takes to take it back.
  var store: Store { get set }
  /// Which boot of which machine it is.
  var session: Entry.Session { get }
  /// Which drivers there are for handing devices out.
  var drivers: VFIODrivers { get }
  /// The state directory, where assignments that last are recorded.
  var statePath: String { get }
  /// Whether what is done here lasts; a rehearsal's does not.
  var isReal: Bool { get }

  /// How much memory a user may lock, as far as configuration says.
  func lockLimit(of grantee: Grantee) -> Known<LockLimit>

  /// Nobody else acts from here on. Throws where somebody does, and says who.
  mutating func takeLock(_ command: String) throws(Failure)
  /// Others may act again.
  mutating func leaveLock()
  /// Returns when there may be news of a child, or something to read from `signals`, and after half a second at most, so
  /// that the time that has passed can be told. False where there will never be news.
  func wait(for work: Work, or signals: Int32) -> Bool
}

extension ActPlace {
  /// A machine that is none of ours says nothing of its users.
  func lockLimit(of grantee: Grantee) -> Known<LockLimit> { .unknown(.notRecorded) }
}

/// This machine.
struct LivePlace: ActPlace {
  let observer: any Observer
  var door: LinuxPerformer
  var store: FileJournal
  let session: Entry.Session
  let drivers: VFIODrivers
  var isReal: Bool { true }
  private let state: StateDirectory
  var statePath: String { state.path }

  init(_ observer: any Observer, state: StateDirectory) throws(Failure) {
    self.observer = observer
    self.state = state
    store = FileJournal(in: state)
    do throws(HostError) {
      door = try LinuxPerformer()
      session = try door.session
      drivers = VFIODrivers(try DriverModules())
    } catch {
      throw Failure(error)
    }
  }

  mutating func takeLock(_ command: String) throws(Failure) {
    let answer: JournalLock.Outcome
    do throws(HostError) {
      answer = try JournalLock.take(in: state, command: command)
      if case .taken(let lock) = answer { door = try LinuxPerformer(lock: lock) }
    } catch {
      throw Failure(writing: error)
    }
    guard case .busy(let holder) = answer else { return }
    let who = Clean.visible(holder.description)
    throw Failure(
      .not, "somebody else is acting: \(who). Nothing was changed; try again once that has ended",
      Grounds(kind: "busy", culprits: [Refusal.Culprit(name: state.path)]))
  }

  func lockLimit(of grantee: Grantee) -> Known<LockLimit> { LockLimits.limit(of: grantee.name) }

  /// The next act looks and writes through a door of its own, without the lock of this one.
  mutating func leaveLock() {
    if let fresh = try? LinuxPerformer() { door = fresh }
  }

  func wait(for work: Work, or signals: Int32) -> Bool {
    var waits = [work.descriptor, signals].map { cl_wait(descriptor: $0, ready: 0) }
    _ = unsafe cl_poll(&waits, waits.count, 500)
    return true
  }
}

/// A simulated machine: what is done there is gone when the program ends.
struct RehearsedPlace: ActPlace {
  var door: SimulatedHost
  var store = MemoryJournal()
  let session = Entry.Session(boot: "rehearsal", machine: "")
  let drivers: VFIODrivers
  var observer: any Observer { door }
  var statePath: String { "/var/lib/viable" }
  var isReal: Bool { false }

  init(_ host: SimulatedHost) {
    door = host
    drivers = VFIODrivers(registered: ["vfio-pci"], aliases: .unknown(.notRecorded))
  }

  func takeLock(_ command: String) {}
  func leaveLock() {}
  func wait(for work: Work, or signals: Int32) -> Bool { false }
}

extension VFIODrivers {
  /// What the running kernel has.
  init(_ modules: DriverModules) {
    self.init(
      registered: modules.registered, aliases: modules.aliasLines.map { lines in lines.compactMap { Alias($0) } })
  }
}
