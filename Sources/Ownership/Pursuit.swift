import Topology

/// A wish on its way through one interface, call by call: what a careful program would do there. Whoever drives it
/// performs each event and hands the answer back; a refusal ends it, and leaves open what was opened.
public struct Pursuit: Hashable, Sendable {
  /// What is wanted.
  public let wish: Wish
  /// Whose calls are made.
  public let rules: RuleSet
  private var moves: [Move]

  /// The way to `wish` from `world` on.
  public init(_ wish: Wish, under rules: RuleSet, in world: World) {
    self.wish = wish
    self.rules = rules
    moves = wish.moves(under: rules, in: world)
  }

  /// The next event, or nil when the wish is fulfilled or was refused.
  public mutating func next(in world: World, after answer: Answer? = nil) -> Event? {
    if let answer, answer.value == nil {
      moves = []
      return nil
    }
    let has = Possessions(world: world, user: wish.user)
    while let move = moves.first {
      moves.removeFirst()
      if !move.isDone(has) { return move.event(has, under: rules) }
    }
    return nil
  }
}

extension Wish {
  /// Who makes the calls; for what administrators and slots do, root.
  var user: User {
    switch self {
    case .own(_, let user, _), .attach(_, let user, _), .detach(_, let user), .map(_, _, let user),
      .free(_, let user), .ask(_, let user), .reset(_, let user), .open(_, let user), .close(_, let user),
      .closeOwner(let user), .exit(let user), .kill(let user):
      user
    case .give, .release, .grant, .hotAdd, .unplug: User(process: 0, name: "root", uid: 0)
    }
  }

  func moves(under rules: RuleSet, in world: World) -> [Move] {
    switch self {
    case .give(let address, let driver):
      world[address]?.driver == driver ? [] : [.event(.bind(address, driver))]
    case .release(let address):
      world[address].map { $0.driver == nil } ?? false ? [] : [.event(.unbind(address))]
    case .grant(let node, let uid): [.event(.chown(node, uid: uid))]
    case .open(let node, _): [Self.opening(node)]
    case .hotAdd(let device): [.event(.hotAdd(device))]
    case .unplug(let address): [.event(.unplug(address))]
    case .exit(let user): [.event(.exit(user))]
    case .kill(let user): [.event(.kill(user))]
    case .own(let address, let user, let how):
      rules.hasContexts
        ? joining(address, user, how, rules, world) : Self.containing(address, how, in: world)
    case .attach(let address, let user, let how):
      rules.hasContexts
        ? joining(address, user, how, rules, world) + Self.attaching(address, how, rules)
        : Self.containing(address, how, in: world) + [.setIOMMU] + Self.mapping(how)
          + [.getDevice(address, token: how.token)]
    case .detach(let address, _):
      // A group leaves its container as a whole, when its descriptors are closed.
      rules.hasContexts ? [.detach(address)] : [.closeDevice(address)]
    case .map(let mapping, let space, _): [.map(mapping, space: space)]
    // A container is its one space, which nobody frees.
    case .free(let space, _): rules.hasContexts ? [.free(space: space)] : []
    case .ask(let address, _): [.ask(address)]
    case .reset(let address, _): [.reset(address)]
    case .close(let address, _): [.closeDevice(address)]
    case .closeOwner:
      rules.hasContexts
        ? [.closeContext]
        : world.ledger.groupFiles.map { _ in .closeGroup } + [.closeContainer]
    }
  }

  private static func opening(_ node: Openable) -> Move {
    switch node {
    case .container: .openContainer
    case .group(let group): .openGroup(group)
    case .context: .openContext
    case .device(let address): .openDevice(address)
    case .virtualMachine: .openAnew(.virtualMachine)
    }
  }

  private static func containing(_ address: Address, _ how: Attaching, in world: World) -> [Move] {
    // A device that is not there has no group; its number is then asked for in vain.
    let group = world[address]?.group ?? GroupID(.max)
    let open = how.opensAnew ? Move.openAnew(.group(group)) : .openGroup(group)
    return [.openContainer, open, .status(group), .setContainer(group)]
  }

  private func joining(
    _ address: Address, _ user: User, _ how: Attaching, _ rules: RuleSet, _ world: World
  ) -> [Move] {
    let flag = rules == .implicitApril && how.allowUnused
    let file = Possessions(world: world, user: user).file(address)
    // The flag goes with JOIN: who joined without it has to start over.
    let isJoinedWithout = flag && file?.context != nil && file?.implicitGroup == false
    return (isJoinedWithout ? [.closeDevice(address)] : [])
      + [.openContext, .openDevice(address), .join(address, implicitGroup: flag)]
  }

  /// In May an IOASID takes no command before a device is attached; in April the sketch ends with ATTACH.
  private static func attaching(_ address: Address, _ how: Attaching, _ rules: RuleSet) -> [Move] {
    let create = (0...max(0, how.space)).map { Move.create(space: $0) }
    let attach = Move.attach(address, space: how.space)
    return switch rules {
    case .implicitApril, .autoUnbind: create + [attach]
    case .implicitRFC1: create + [attach] + mapping(how)
    case .implicitRFC2, .iommufd, .explicitLinux, .explicit2021: create + mapping(how) + [attach]
    }
  }

  private static func mapping(_ how: Attaching) -> [Move] {
    how.memory.map { [.map($0, space: how.space)] } ?? []
  }
}
