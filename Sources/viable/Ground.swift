import Assignment
import HostAccess
import HostLinux
import HostSimulated
import Topology

/// What a worker looks at, and where it acts when it is asked to: built and used on its thread.
protocol Ground {
  associatedtype Place: ActPlace
  /// Whoever looks.
  var observer: any Observer { get }
  /// The machine as a stage, where it is simulated.
  var stage: (any Stage)? { get set }
  /// Whoever looks at the machine that we run on, where that is the one: its own calls can be made. Nil elsewhere.
  var live: SysfsObserver? { get }
  /// What the journal has in force.
  func recorded() -> Recorded
  /// Where plans are made for and run. The first time it is entered, which may take a while and may be refused.
  mutating func enter() throws(Failure) -> Place
  /// The place as an act left it.
  mutating func keep(_ place: Place)
  /// Puts a simulated machine back to how it was before anything happened; others are what they are.
  mutating func startAgain()
}

extension Ground {
  mutating func startAgain() {}
}

/// What the journal has in force, as far as one may look.
struct Recorded: Hashable, Sendable {
  /// The functions concerned: they count as asked for.
  var functions: Set<Address> = []
  /// Whether there is an act to undo; nil where that is not known.
  var canUndo: Bool?

  /// Nothing is known.
  init() {}

  /// What a journal says; nil is one in which nothing was ever written.
  init(_ journal: Journal?) {
    functions = Set(journal?.recorded ?? [])
    canUndo = journal.map { !$0.open.isEmpty } ?? false
  }
}

/// A simulated machine: whoever looks, acts and plays is the same.
struct SimulatedGround: Ground {
  private var place: RehearsedPlace
  private let first: SimulatedHost

  init(_ host: SimulatedHost) {
    place = RehearsedPlace(host)
    first = host
  }

  var observer: any Observer { place.door }
  var live: SysfsObserver? { nil }
  var stage: (any Stage)? {
    get { place.door }
    set { if let host = newValue as? SimulatedHost { place.door = host } }
  }
  func recorded() -> Recorded { Recorded(Journal(place.store.entries(), in: place.session)) }
  mutating func enter() -> RehearsedPlace { place }
  mutating func keep(_ place: RehearsedPlace) { self.place = place }

  /// The rules stay whose they are: somebody chose them.
  mutating func startAgain() {
    let rules = place.door.rules
    place = RehearsedPlace(first)
    place.door.rules = rules
  }
}

/// This machine, which is only looked at until somebody wants a plan.
struct LiveGround: Ground {
  let live: SysfsObserver?
  let observer: any Observer
  let state: StateDirectory
  private var place: LivePlace?

  init(_ observer: SysfsObserver, state: StateDirectory) {
    (self.observer, live) = (observer, observer)
    self.state = state
  }

  var stage: (any Stage)? {
    get { nil }
    set {}
  }

  func recorded() -> Recorded {
    guard observer.place.isPrivileged else { return Recorded() }
    do throws(HostError) {
      return Recorded(try HostChoice.journal(in: state).journal)
    } catch {
      return Recorded()
    }
  }
  mutating func enter() throws(Failure) -> LivePlace {
    if let place { return place }
    let fresh = try LivePlace(observer, state: state)
    place = fresh
    return fresh
  }
  mutating func keep(_ place: LivePlace) { self.place = place }
}

/// An image of a machine: plans are made for it, and none is run.
struct ImageGround: Ground {
  let observer: any Observer
  let root: String

  var live: SysfsObserver? { nil }
  var stage: (any Stage)? {
    get { nil }
    set {}
  }
  func recorded() -> Recorded { Recorded(nil) }
  mutating func enter() throws(Failure) -> ImagePlace { try ImagePlace(observer, root: root) }
  mutating func keep(_ place: ImagePlace) {}
}
