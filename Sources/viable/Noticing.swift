import HostAccess
import HostLinux
import Topology

/// Everything that keeps a view true, for whoever polls: the watcher's descriptors, the settling of their events, and
/// the slow reconcile for changes that announce themselves nowhere.
struct Noticing {
  /// How long the slow look waits, in milliseconds.
  static let reconcileEvery: UInt64 = 5000
  /// How many functions it looks at.
  static let reconcileLimit = 200

  /// Nil where nothing happens that is not told: in a simulated world.
  private let watcher: Watcher?
  private var settle = Settle()
  private var nextReconcile: UInt64?

  init(watcher: Watcher?, now: UInt64) {
    self.watcher = watcher
    nextReconcile = watcher?.sources.reconcile == nil ? nil : now + Self.reconcileEvery
  }

  /// What to poll for reading.
  var descriptors: [Int32] { watcher?.descriptors ?? [] }
  /// How each source stands now.
  var sources: Sources { watcher?.sources ?? Sources(uevents: .notNeeded, inotify: .notNeeded, reconcile: nil) }

  /// When to come back, whatever happens; nil when nothing is due.
  var deadline: UInt64? {
    [settle.deadline, nextReconcile].compactMap(\.self).min()
  }

  /// Takes in what a descriptor has to say.
  mutating func drain(_ descriptor: Int32, now: UInt64) {
    for event in watcher?.drain(descriptor) ?? [] { settle.note(event, at: now) }
  }

  /// Arms watches for what is there now. True when there were any to arm: then a look from before may have missed
  /// something, while a kernel that tells by itself was listened to all the time.
  @discardableResult
  mutating func follow(_ inventory: Inventory) -> Bool {
    guard let watcher else { return false }
    watcher.watch(inventory)
    return watcher.sources.uevents == .notNeeded
  }

  /// Arms watches for what is new.
  mutating func follow(_ difference: Difference) { watcher?.watch(difference) }

  /// Whether it is the slow look's turn.
  func isReconcileDue(at now: UInt64) -> Bool { nextReconcile.map { $0 <= now } ?? false }

  /// What to read again by now. `watched` is what the slow look concerns; it counts when it is its turn.
  mutating func due(now: UInt64, watched: Set<Address>) -> (stale: Stale, sources: Set<HostEvent.Source>)? {
    var (stale, sources) = settle.drain(at: now) ?? (Stale(), [])
    if isReconcileDue(at: now) {
      nextReconcile = now + Self.reconcileEvery
      let functions = Set(watched.sorted().prefix(Self.reconcileLimit))
      stale.form(union: Stale(functions: functions, details: functions, nodes: true))
      sources.insert(.poll)
    }
    return stale.isEmpty ? nil : (stale, sources)
  }
}
