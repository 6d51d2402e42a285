import Ownership
import Topology

/// What a simulated machine is in the middle of: the world that its rules know, who is at the keyboard, and what was
/// begun and is not through yet.
struct Rehearsal: Sendable {
  /// The world as the stage told it last.
  var world: World
  /// Whose rules answer.
  var rules: Rules
  /// Whoever can make calls.
  var users: [User]
  /// Who makes them now, an index into `users`.
  var user = 0
  /// Whether the rest of a group may stay unused (IOASID_IMPLICIT_GROUP).
  var allowsUnused = false
  /// A wish on its way, call by call.
  var pursuit: Pursuit?
  /// A wish of which one call at a time is made: asking for a status leaves no trace by which to go on.
  var stepping: Pursuit?
  /// Wishes that come after the one on its way, while each succeeds.
  var wishes: [Wish] = []
  /// What comes after the event that is under way, while each succeeds.
  var queue: [Event] = []
  /// Cards that can be plugged in: those in the drawer, and whatever was taken out.
  var cards: [Address: Device]
  /// Which of the caller's address spaces is attached to and mapped into, from 0; beyond the last one it is a new one.
  var place = 0

  /// Who makes the calls.
  var caller: User { users[user] }

  /// Whoever has something open already comes first, then the machine's own users. A second owner and an ordinary user
  /// are there in any case.
  init(world: World, rules: Rules, cast: Cast) {
    self.world = world
    self.rules = rules
    let usual = [
      User(process: 4001, name: "qemu", uid: 0), User(process: 4002, name: "qemu-b", uid: 0),
      User(process: 4003, name: "dpdk", uid: 1000),
    ]
    let others = cast.users.count > 1 ? [] : usual
    users = world.ledger.processes.map(\.user)
    for one in cast.users + others where !users.contains(where: { $0.process == one.process || $0.name == one.name }) {
      users.append(one)
    }
    cards = Dictionary(cast.cards.map { ($0.address, $0) }) { first, _ in first }
  }

  /// How a device is wanted now.
  var attaching: Attaching { Attaching(allowUnused: allowsUnused, space: space) }

  /// The place of the address space that is used.
  var space: Int { min(place, spaces.count) }

  /// The first call of the next wish that takes any.
  mutating func beginNext() -> Event? {
    while !wishes.isEmpty {
      var next = Pursuit(wishes.removeFirst(), under: rules.set, in: world)
      guard let event = next.next(in: world) else { continue }
      pursuit = next
      return event
    }
    return nil
  }

  /// The numbers of the address spaces in the context that the caller has open first.
  var spaces: [Int] {
    let contexts = world.ledger.descriptors(of: caller) { if case .context = $0 { true } else { false } }
    guard let file = contexts.first.flatMap({ world.ledger.file($0, of: caller) }),
      case .context(let context) = world.ledger.files[file]
    else { return [] }
    return context.objects.entries.compactMap { if case .space = $0.element { $0.number } else { nil } }
  }
}

/// One thing that can be done on a simulated machine, or why not.
struct Deed: Hashable, Sendable {
  /// How it is done.
  enum Way: Hashable, Sendable {
    /// Call by call, until it is done or refused.
    case pursue(Wish)
    /// Several, each as the one before it left the world.
    case inTurn([Wish])
    /// The next call of it alone.
    case step(Wish)
    /// One after another, while each succeeds.
    case events([Event])
    /// From now on the caller's address space at this place is used.
    case space(Int)
  }
  /// The action that has a key for it; nil where only the menu has it.
  var action: Action.ID?
  var title: String
  /// What comes of it, shortly.
  var detail: String
  var way: Way
  /// Why it cannot be done; nil when it can. What the rules would refuse can be done: the refusal is what is shown.
  var reason: String?
}
