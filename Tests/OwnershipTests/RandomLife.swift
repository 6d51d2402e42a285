import Ownership
import Randomness
import Topology

/// Days in the life of a machine: users who attach, map and crash, administrators who bind and unbind, cards that
/// come and go, and calls that make no sense.
struct RandomLife {
  let rules: Rules
  var dice: Dice
  var world = RandomLife.start
  private(set) var events: [Event] = []

  static let users = [
    User(process: 100, name: "qemu", uid: 0), User(process: 200, name: "dpdk", uid: 1000, memoryLimit: 0x20_0000),
    User(process: 300, name: "spdk", uid: 1001, descriptorLimit: 8),
  ]

  /// The seed scene with a third card; a card of two functions; one function alone, whose firmware wants a region.
  static let start: World = {
    let alone = Device(
      address: Scene.address("0000:04:00.0"), group: GroupID(11), hostDrivers: ["nvme"], hasDirectRegion: true)
    let nodeOwner: [Address: UInt32] = [Scene.nic: 1000, Scene.fn0: 1001, Scene.fn1: 1001]
    var devices = Scene.seed().devices + Scene.dual(fn0: "vfio-pci", fn1: nil).devices + [Scene.thirdCard, alone]
    for place in devices.indices { devices[place].nodeOwner = nodeOwner[devices[place].address] ?? 0 }
    let groups = [GroupFacts(id: Scene.group, nodeOwner: 1000), GroupFacts(id: GroupID(9), nodeOwner: 1001)]
    return World(devices: devices, groups: groups)
  }()

  static let cards = start.devices

  init(_ rules: Rules, seed: UInt64) {
    self.rules = rules
    dice = Dice(state: seed)
  }

  /// Lives until `count` events happened; returns what was violated, at the event where it was.
  mutating func live(_ count: Int) -> [String] {
    while events.count < count, !world.ledger.isStopped {
      let violations = chapter()
      if !violations.isEmpty { return violations }
    }
    return []
  }

  private mutating func chapter() -> [String] {
    let user = dice.one(of: Self.users)
    let address = dice.one(of: Self.cards).address
    switch dice.next() % 12 {
    case 0...3: return pursue(.attach(address, by: user, how()))
    case 4: return pursue(.own(address, by: user, how()))
    case 5: return pursue(dice.one(of: [.detach(address, by: user), .close(address, by: user), .closeOwner(by: user)]))
    case 6: return happen(dice.one(of: [.exit(user), .kill(user)]))
    case 7...8: return happen(administration(address))
    default:
      let last = 3 + (world.ledger.process(of: user)?.descriptors.entries.count ?? 0)
      return happen(.call(dice.one(of: SmallWorlds.calls(upTo: min(last, 8), in: world)), by: user))
    }
  }

  private mutating func how() -> Attaching {
    Attaching(
      allowUnused: dice.next() % 2 == 0, space: Int(dice.next() % 2),
      memory: dice.next() % 2 == 0 ? Mapping(iova: 0x1000 * (dice.next() % 4), size: 0x1000) : nil)
  }

  private mutating func administration(_ address: Address) -> Event {
    if world[address] == nil, let card = Self.cards.first(where: { $0.address == address }) { return .hotAdd(card) }
    let host = world[address]?.hostDrivers.first ?? "e1000"
    switch dice.next() % 9 {
    case 0: return .unplug(address)
    case 8: return .chown(dice.one(of: [.device(address), .group(Scene.group)]), uid: dice.one(of: Self.users).uid)
    case 1...3: return .unbind(address)
    case 4: return .probe(address)
    default: return .bind(address, dice.one(of: ["vfio-pci", "vfio-pci", "pci-stub", host]))
    }
  }

  private mutating func pursue(_ wish: Wish) -> [String] {
    var pursuit = Pursuit(wish, under: rules.set, in: world)
    var answer: Answer?
    while let event = pursuit.next(in: world, after: answer) {
      let got = rules.answer(to: event, in: world)
      let violations = take(event, got)
      if !violations.isEmpty { return violations }
      answer = got
    }
    return []
  }

  private mutating func happen(_ event: Event) -> [String] { take(event, rules.answer(to: event, in: world)) }

  private mutating func take(_ event: Event, _ answer: Answer) -> [String] {
    events.append(event)
    let after = world.after(answer)
    defer { world = after }
    return Invariant.violations(rules, before: world, event, answer, after: after)
  }

  /// Whether a list of events, from the start, leads to a violation; or leaves something behind when all users exit.
  static func violations(_ events: [Event], _ rules: Rules) -> [String] {
    var world = start
    for event in events + users.map(Event.exit) {
      let answer = rules.answer(to: event, in: world)
      let after = world.after(answer)
      let violations = Invariant.violations(rules, before: world, event, answer, after: after)
      if !violations.isEmpty { return violations }
      world = after
    }
    return world.ledger == Ledger() || world.ledger.isStopped ? [] : ["something stays when all users are gone"]
  }
}
