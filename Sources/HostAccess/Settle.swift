/// Collects events until they settle: the first one opens a window of 50 ms, each further one holds it open,
/// and 300 ms after the first it closes whatever comes. Pure: time is an argument, in milliseconds.
public struct Settle: Hashable, Sendable {
  /// How long nothing must happen.
  public var quiet: UInt64
  /// How long the first event may wait.
  public var limit: UInt64
  private var stale = Stale()
  private var sources: Set<HostEvent.Source> = []
  private var first: UInt64?
  private var last: UInt64 = 0

  /// The windows of the live view.
  public init(quiet: UInt64 = 50, limit: UInt64 = 300) {
    self.quiet = quiet
    self.limit = limit
  }

  /// Takes an event in.
  public mutating func note(_ event: HostEvent, at now: UInt64) {
    switch event.subject {
    case .function(let address): stale.functions.insert(address)
    case .group(let group): stale.groups.insert(group)
    case .nodes: stale.nodes = true
    case .details(let address): stale.details.insert(address)
    case .lost: stale.everything = true
    }
    sources.insert(event.source)
    if first == nil { first = now }
    last = now
  }

  /// When to come back, or nil while nothing is waiting.
  public var deadline: UInt64? {
    first.map { min(last + quiet, $0 + limit) }
  }

  /// What has settled by now, once; nil while it has not.
  public mutating func drain(at now: UInt64) -> (stale: Stale, sources: Set<HostEvent.Source>)? {
    guard let deadline, now >= deadline else { return nil }
    defer { self = Settle(quiet: quiet, limit: limit) }
    return (stale, sources)
  }
}
