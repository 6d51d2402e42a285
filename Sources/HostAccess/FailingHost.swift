public import Ownership
public import Topology

/// A stage on which one thing goes wrong: the nth event is refused with an error number of our choice, whatever the
/// rules would have said, and changes nothing; or chosen effects fail, in a way of our choice. For tests that fail
/// every step of something in turn.
public struct FailingHost<Base: Stage>: Stage {
  /// The stage behind it.
  public private(set) var base: Base
  /// Which event is refused, from 0.
  public let turn: Int
  /// With what.
  public let errno: Errno
  /// How many events were asked for.
  public private(set) var asked = 0

  /// Which effects fail, from 0.
  public let effects: Set<Int>
  /// How they fail.
  public let failure: Failure
  /// How many effects were begun.
  public private(set) var begun = 0

  /// How an effect fails.
  public enum Failure: Hashable, Sendable, CaseIterable {
    /// It is refused, and nothing was changed.
    case before
    /// It is reported as failed after all was done.
    case after
    /// It is reported as done, and nothing was changed.
    case silently
  }

  /// A stage on which these effects fail, from 0.
  public init(_ base: Base, failing effects: Set<Int>, _ failure: Failure, with errno: Errno) {
    self.base = base
    self.effects = effects
    self.failure = failure
    self.errno = errno
    turn = -1
  }

  /// A stage that refuses event `turn`, from 0.
  public init(_ base: Base, refusing turn: Int, with errno: Errno) {
    self.base = base
    self.turn = turn
    effects = []
    failure = .before
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
  public func reread(_ stale: Stale, in inventory: Inventory) throws(HostError) -> Difference {
    try base.reread(stale, in: inventory)
  }
  /// As the stage sees it.
  public func burden(of addresses: [Address], in inventory: Inventory) -> Burden {
    base.burden(of: addresses, in: inventory)
  }
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
  /// As the stage sees it.
  public func configured(state: String) -> Configured { base.configured(state: state) }

  /// Makes it happen on the stage, unless it is its turn to be refused.
  public mutating func happen(_ event: Event) -> Answer {
    defer { asked += 1 }
    guard asked == turn else { return base.happen(event) }
    return Answer(outcome: .refused(errno), ledger: base.world.ledger)
  }
}

extension FailingHost: Answering where Base: Answering {
  /// As the stage does.
  public mutating func ask(_ call: Call, as user: User) -> Answer { base.ask(call, as: user) }
}

extension FailingHost: Performer where Base: Performer {
  /// As the stage sees it: looking never fails.
  public mutating func binding(of address: Address) throws(HostError) -> Binding { try base.binding(of: address) }
  /// As the stage sees it.
  public mutating func text(of file: ConfigurationFile) throws(HostError) -> String? { try base.text(of: file) }
  /// As the stage sees it.
  public mutating func node(_ node: DeviceNode) throws(HostError) -> Node { try base.node(node) }
  /// As the stage does: what waits goes on.
  public mutating func progress(of work: Work) -> Progress { base.progress(of: work) }

  /// Begins it on the stage, unless it is its turn to fail.
  public mutating func begin(_ effect: Effect) -> Progress {
    defer { begun += 1 }
    guard effects.contains(begun) else { return base.begin(effect) }
    switch failure {
    case .silently: return .done
    case .before: break
    case .after: _ = base.begin(effect)
    }
    return .failed(HostError("do", on: effect.words.joined(separator: " "), errno))
  }
}

extension FailingHost: Equatable where Base: Equatable {}
extension FailingHost: Sendable where Base: Sendable {}
