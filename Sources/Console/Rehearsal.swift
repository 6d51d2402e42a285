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
  /// What comes after the event that is under way, while each succeeds.
  var queue: [Event] = []
  /// Cards that were taken out, to be plugged in again.
  var unplugged: [Address: Device] = [:]

  /// Who makes the calls.
  var caller: User { users[user] }

  /// Two programs with every right, and one of an ordinary user. Whoever has something open already comes first.
  init(world: World, rules: Rules) {
    self.world = world
    self.rules = rules
    let usual = [
      User(process: 4001, name: "qemu", uid: 0), User(process: 4002, name: "qemu-b", uid: 0),
      User(process: 4003, name: "dpdk", uid: 1000),
    ]
    let there = world.ledger.processes.map(\.user)
    users = there + usual.filter { one in !there.contains { $0.process == one.process } }
  }
}

/// One thing that can be done on a simulated machine, or why not.
struct Deed: Hashable, Sendable {
  /// How it is done.
  enum Way: Hashable, Sendable {
    /// Call by call, until it is done or refused.
    case pursue(Wish)
    /// The next call of it alone.
    case step(Wish)
    /// One after another, while each succeeds.
    case events([Event])
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
