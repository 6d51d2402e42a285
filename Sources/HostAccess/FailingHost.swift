public import Ownership
public import Topology

/// A stage on which one thing goes wrong: the nth event is refused with an error number of our choice, whatever the
/// rules would have said, and changes nothing. For tests that fail every step of something in turn.
public struct FailingHost<Base: Stage>: Stage {
  /// The stage behind it.
  public private(set) var base: Base
  /// Which event is refused, from 0.
  public let turn: Int
  /// With what.
  public let errno: Errno
  /// How many events were asked for.
  public private(set) var asked = 0

  /// A stage that refuses event `turn`, from 0.
  public init(_ base: Base, refusing turn: Int, with errno: Errno) {
    self.base = base
    self.turn = turn
    self.errno = errno
  }

  /// The stage's own.
  public var place: Place { base.place }
  /// The stage's own.
  public var world: World { base.world }
  /// The stage's own.
  public var rules: Rules {
    get { base.rules }
    set { base.rules = newValue }
  }

  /// As the stage sees it: looking never fails.
  public func inventory(_ depth: Depth) throws(HostError) -> Inventory { try base.inventory(depth) }
  /// As the stage does.
  public func reread(_ stale: Stale, in inventory: Inventory) -> Difference { base.reread(stale, in: inventory) }
  /// As the stage does.
  public func configSpaces(of functions: [Address], waking: Bool) -> [Address: Known<ConfigSpace>] {
    base.configSpaces(of: functions, waking: waking)
  }
  /// As the stage does.
  public func resetMethods(of functions: [Address]) -> [Address: Known<[ResetMethod]>] {
    base.resetMethods(of: functions)
  }
  /// As the stage does.
  public func ports(of inventory: Inventory, _ configs: [Address: Known<ConfigSpace>]) -> [PortFacts] {
    base.ports(of: inventory, configs)
  }
  /// As the stage does.
  public func capabilities() -> [Capability] { base.capabilities() }

  /// Makes it happen on the stage, unless it is its turn to be refused.
  public mutating func happen(_ event: Event) -> Answer {
    defer { asked += 1 }
    guard asked == turn else { return base.happen(event) }
    return Answer(outcome: .refused(errno), ledger: base.world.ledger)
  }
}

extension FailingHost: Equatable where Base: Equatable {}
extension FailingHost: Sendable where Base: Sendable {}
