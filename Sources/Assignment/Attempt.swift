public import HostAccess
public import Ownership
public import Topology

/// Devices taken by one interface's own calls, on a stage or on a kernel, and given back: nothing of it lasts.
public struct Attempt: Hashable, Sendable {
  /// Whose calls are made.
  public let model: RuleSet
  /// The devices asked for, in order.
  public let devices: [Address]
  /// Every call so far, with its answer.
  public private(set) var lines: [Comparison.Line] = []
  /// How many of them were made before anything was given back.
  public private(set) var taken = 0
  /// Whether all devices were attached.
  public private(set) var isAttached = false
  /// Whether everything is as it was before.
  public private(set) var isAsBefore = true
  private let taking: Taking
  private var start: World?

  /// Before the first call. `allowUnused` says IOASID_IMPLICIT_GROUP where there is such a thing; `memory` is what is
  /// mapped on the way.
  public init(
    _ model: RuleSet, taking devices: [Address], allowUnused: Bool = false,
    by user: User = User(process: 1000, name: "viable", uid: 0), mapping memory: Mapping? = nil,
    labels: [Address: String] = [:]
  ) {
    self.model = model
    self.devices = devices
    taking = Taking(
      model: model, devices: devices, allowUnused: allowUnused, user: user, memory: memory ?? Taking.memory,
      labels: labels)
  }

  /// Devices taken for somebody else, who maps what they need: every call up to a device that is attached to a space,
  /// and none that maps. With `onlyOpening` the context and the devices' own nodes are opened, and no more.
  public init(_ model: RuleSet, handingOut devices: [Address], onlyOpening: Bool = false, by user: User) {
    self.model = model
    self.devices = devices
    taking = Taking(
      model: model, devices: devices, allowUnused: false, user: user, memory: nil, labels: [:], onlyOpens: onlyOpening)
  }

  /// The call that did not succeed; nil while all did.
  public var refusal: Comparison.Line? { lines.prefix(taken).last { !$0.isSuccess } }

  /// Makes every call up to the last, or to the first that is refused.
  public mutating func take<S: Stage>(on stage: inout S) {
    start = stage.world
    var place = OnStage(stage: stage, model: model)
    let (made, isAttached) = taking.take(in: &place)
    stage = place.stage
    (lines, taken, self.isAttached) = (made, made.count, isAttached)
    isAsBefore = stage.world == start
  }

  /// Closes everything, last first, and binds again whatever lost its driver on the way.
  public mutating func giveBack<S: Stage>(on stage: inout S) {
    guard let start else { return }
    var place = OnStage(stage: stage, model: model)
    lines += taking.giveBack(in: &place, asIn: start)
    stage = place.stage
    isAsBefore = stage.world == start
  }
}

extension Attempt {
  /// What the rules say of every call up to the last, or to the first that is refused; the world after them.
  public mutating func forecast(under rules: Rules, in world: World) -> World {
    start = world
    var rules = rules
    rules.set = model
    var place = PurePlayground(rules: rules, world: world)
    let (made, isAttached) = taking.take(in: &place)
    (lines, taken, self.isAttached) = (made, made.count, isAttached)
    return place.world
  }
}

extension Attempt {
  /// Makes every call up to the last, or to the first that is refused, on a kernel; tells each once it was answered.
  public mutating func take<Host: Answering>(
    through mirror: inout Mirror<Host>, tell: (Comparison.Line) -> Void = { _ in }
  ) {
    start = mirror.world
    let (made, isAttached) = taking.take(in: &mirror, tell: tell)
    (lines, taken, self.isAttached) = (made, made.count, isAttached)
    isAsBefore = mirror.world == start && !mirror.isLost
  }

  /// Unmaps what was mapped and closes everything, last first. What a kernel did beside its answers only a new look
  /// at the machine can tell.
  public mutating func giveBack<Host: Answering>(through mirror: inout Mirror<Host>) {
    guard let start else { return }
    lines += taking.unmap(in: &mirror)
    lines += taking.giveBack(in: &mirror, asIn: start)
    isAsBefore = mirror.world == start && !mirror.isLost
  }

  /// The calls that `take` would make, with the answers that the rules expect. Nothing is done.
  public func foretold(in world: World, under rules: Rules) -> [Comparison.Line] {
    var place = PurePlayground(rules: rules, world: world)
    return taking.take(in: &place).lines
  }

  /// The calls that `giveBack` would make in a world in which the devices are attached.
  public func foretoldBack(in world: World, under rules: Rules) -> [Comparison.Line] {
    var place = PurePlayground(rules: rules, world: world)
    return taking.unmap(in: &place) + taking.giveBack(in: &place, asIn: start ?? world)
  }

  /// A page where none of the groups of `devices` has a reserved region.
  public static func page(for devices: [Address], in world: World) -> Mapping {
    let groups = Set(devices.compactMap { world[$0]?.group })
    let reserved = groups.flatMap { world[$0]?.reserved ?? [] }
    var place = Taking.memory.iova ?? 0
    while let region = reserved.first(where: { $0.first <= place + 4095 && place <= $0.last }), region.last < 1 << 40 {
      place = (region.last / 4096 + 1) * 4096
    }
    return Mapping(iova: place, size: 4096)
  }
}

extension Attempt {
  /// The devices that stand for a whole group: every endpoint where devices join one by one. A group that is taken
  /// by its own node gives out those that are bound to a vfio driver; where none is, the first is asked for in vain.
  public static func devices(of group: GroupID, under model: RuleSet, in world: World) -> [Address] {
    let endpoints = world.members(of: group).filter { $0.header == .normal }
    return model.joinsDevices ? endpoints.map(\.address) : openable(of: group, in: world)
  }

  /// The devices of a group that have a node, or are given out by its own: those bound to a vfio driver. Where none is,
  /// the first endpoint, which is asked for in vain.
  public static func openable(of group: GroupID, in world: World) -> [Address] {
    let endpoints = world.members(of: group).filter { $0.header == .normal }
    let bound = endpoints.filter(\.isVFIO)
    return (bound.isEmpty ? Array(endpoints.prefix(1)) : bound).map(\.address)
  }
}

/// A stage under an interface's rules, its open questions decided as the stage has them.
private struct OnStage<S: Stage>: Playground {
  var stage: S

  init(stage: S, model: RuleSet) {
    self.stage = stage
    self.stage.rules.set = model
  }

  var world: World { stage.world }
  mutating func happen(_ event: Event) -> Answer { stage.happen(event) }
}
