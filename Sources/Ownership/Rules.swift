public import Topology

/// The rules of one interface, with its open questions decided: an event in, an answer out, and nothing kept.
public struct Rules: Hashable, Sendable {
  /// Which interface.
  public var set: RuleSet
  /// What the thread left open.
  public var knobs: Knobs

  /// Rules with the usual choices.
  public init(_ set: RuleSet, knobs: Knobs = Knobs()) {
    self.set = set
    self.knobs = knobs
  }

  /// What becomes of `event` in `world`. A refused event changes nothing; of any other `World.after` makes the next
  /// world. After the machine stopped, no call returns.
  public func answer(to event: Event, in world: World) -> Answer {
    guard !world.ledger.isStopped else {
      return Answer(outcome: .panic, reason: Reason(.machineStopped), ledger: world.ledger)
    }
    var draft = Draft(uapi: uapi, world: world)
    do throws(Denial) {
      let outcome = try draft.perform(event)
      draft.settle(from: world)
      return Answer(
        outcome: outcome, reason: draft.reason, ledger: draft.world.ledger, consequences: draft.consequences)
    } catch {
      return Answer(outcome: .refused(error.errno), reason: error.reason, ledger: world.ledger)
    }
  }

  /// The same for one call of a user.
  public func answer(to call: Call, by user: User, in world: World) -> Answer {
    answer(to: .call(call, by: user), in: world)
  }

  /// Who holds a group, and what its DMA reaches.
  public func hold(of group: GroupID, in world: World) -> Hold { uapi.hold(of: group, in: world) }

  /// The ownership table, by address: one pass over the devices, and one look at each group.
  public func ownership(in world: World) -> [OwnershipLine] {
    let files = Dictionary(grouping: world.ledger.deviceFiles.map(\.file), by: \.address)
    let members = Dictionary(grouping: world.devices, by: \.group)
    var touched = Set(files.keys.compactMap { world[$0]?.group })
    touched.formUnion(world.ledger.groupFiles.map(\.file.group))
    let holds = Dictionary(uniqueKeysWithValues: touched.map { ($0, uapi.hold(of: $0, in: world)) })
    return world.devices.map { device in
      line(
        for: device, hold: device.group.flatMap { holds[$0] }, files: files[device.address] ?? [],
        neighbours: device.group == nil ? [] : members[device.group] ?? [])
    }
  }

  private func line(
    for device: Device, hold: Hold?, files: [Ledger.DeviceFile], neighbours: [Device]
  ) -> OwnershipLine {
    let own = files.lazy.compactMap { file -> Domain? in
      guard let context = file.context, let space = file.space else { return nil }
      return .space(context, space)
    }.first
    let domain = hold?.domain ?? .host
    let isUsers = domain.isUsers
    let reach = neighbours.filter { $0.address != device.address && $0.header == .normal }
    return OwnershipLine(
      address: device.address, group: device.group, driver: device.driver,
      domain: isUsers ? own ?? domain : domain, owners: hold?.users ?? [], isOpen: !files.isEmpty,
      isJoined: files.contains { $0.context != nil || $0.group != nil },
      isAttached: isUsers && files.contains { $0.space != nil || $0.group != nil },
      // A bridge passes DMA on and does none of its own.
      reach: isUsers && device.header == .normal ? reach.map(\.address) : [])
  }

  var uapi: any Uapi {
    switch set {
    case .explicitLinux: ExplicitLinux(knobs: knobs)
    case .explicit2021: Explicit2021(knobs: knobs)
    case .implicitApril: ImplicitApril(knobs: knobs)
    case .implicitRFC1: ImplicitRFC1(knobs: knobs)
    case .implicitRFC2: ImplicitRFC2(knobs: knobs)
    case .autoUnbind: AutoUnbind(knobs: knobs)
    case .iommufd: Iommufd(knobs: knobs)
    }
  }
}
