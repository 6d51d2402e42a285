public import HostAccess
public import Ownership
import Topology

/// A kernel, and the rules of its uAPI going along with it step by step.
///
/// Every call goes to the kernel, whose answer stands. The rules answer it too: where both say the same, the rules say
/// why, and know who has what afterwards. Where they differ, that is kept, and what can be seen of the machine has to
/// explain the kernel's answer.
public struct Mirror<Host: Answering>: Playground {
  /// What the calls are made on.
  public private(set) var host: Host
  /// What goes along.
  public let rules: Rules
  /// The machine, as the rules have it after every call so far.
  public private(set) var world: World
  /// Where the kernel did not do what the rules say, in order.
  public private(set) var differences: [Difference] = []
  /// The kernel granted something that no rule leads to: from here on the rules do not know what is open.
  public private(set) var isLost = false
  private let circumstances: Circumstances

  /// A call that the kernel answered in its own way.
  public struct Difference: Hashable, Sendable {
    /// The call.
    public var event: Event
    /// What the rules say.
    public var expected: Answer
    /// What the kernel answered, with whatever explains it.
    public var answer: Answer
    /// The world before it.
    public var world: World
  }

  /// A kernel whose machine is `world`; `circumstances` is what else can be seen of it.
  public init(_ host: Host, rules: Rules, world: World, circumstances: Circumstances = Circumstances()) {
    self.host = host
    self.rules = rules
    self.world = world
    self.circumstances = circumstances
  }

  /// Makes a call, or ends a process, which closes what it has open. Nothing else can be made to happen here: ENOTTY.
  public mutating func happen(_ event: Event) -> Answer {
    switch event {
    case .call(let call, let user): return make(call, by: user)
    case .exit(let user), .kill(let user): return end(user, by: event)
    case .bind, .unbind, .probe, .hotAdd, .chown, .unplug: return Answer(outcome: .refused(.enotty))
    }
  }

  private mutating func make(_ call: Call, by user: User) -> Answer {
    let event = Event.call(call, by: user)
    var answer = host.ask(call, as: user)
    guard !isLost else { return answer }
    let expected = rules.answer(to: event, in: world)
    if expected.outcome == answer.outcome {
      world = world.after(expected)
      return expected
    }
    let before = world
    if let grant = granted(event, as: answer.outcome) {
      (world.ledger, answer.ledger) = (grant.ledger, grant.ledger)
    } else if let value = answer.value, !value.onlyTells {
      isLost = true
    }
    if answer.errno != nil {
      answer.reason = circumstances.reason(for: answer, to: call, in: world)
      answer.ledger = world.ledger
    }
    differences.append(Difference(event: event, expected: expected, answer: answer, world: before))
    return answer
  }

  /// A process' descriptors are closed lowest first when it ends (fs/file.c `close_files`).
  private mutating func end(_ user: User, by event: Event) -> Answer {
    let expected = rules.answer(to: event, in: world)
    for descriptor in world.ledger.descriptors(of: user, where: { _ in true }) {
      _ = host.ask(.close(descriptor), as: user)
    }
    world = world.after(expected)
    return expected
  }

  /// What the rules would say if nothing stood in the way that they may know wrongly: drivers that have just left,
  /// modes of nodes, interrupts. Nil where even that does not lead to what the kernel answered.
  private func granted(_ event: Event, as outcome: Outcome) -> Answer? {
    guard case .success = outcome, case .call(let call, let user) = event else { return nil }
    let devices = world.devices.map { device in
      var device = device
      if case .host = rules.set.standing(of: device) { device.driver = nil }
      (device.interruptsAreIsolated, device.isCoherent, device.hasDirectRegion) = (true, true, false)
      return device
    }
    let groups = world.groups.map { group in
      GroupFacts(id: group.id, nodeOwner: group.nodeOwner, reserved: [], isNoIOMMU: group.isNoIOMMU)
    }
    var easy = World(devices: devices, groups: groups, aperture: .max)
    easy.ledger = world.ledger
    let root = User(process: user.process, name: user.name, uid: 0)
    let answer = rules.answer(to: call, by: root, in: easy)
    return answer.outcome == outcome ? answer : nil
  }
}

extension Value {
  /// Whether nothing has changed by a call that answers so.
  fileprivate var onlyTells: Bool {
    switch self {
    case .status, .number: true
    case .nothing, .descriptor, .object, .deviceID, .table, .unmapped, .iova: false
    }
  }
}

extension Mirror: Sendable where Host: Sendable {}
