import Topology

/// One interface's rules. Values without state: all state is in the world that they are handed.
protocol Uapi: Sendable {
  var rules: RuleSet { get }
  var knobs: Knobs { get }

  /// Opens a node that exists and that the user may open.
  func open(_ node: Openable, by user: User, in draft: inout Draft) throws(Denial) -> Ledger.File
  /// An ioctl on an open file, its argument well formed.
  func perform(_ ioctl: Ioctl, on file: FileID, by user: User, in draft: inout Draft) throws(Denial) -> Value
  /// Why a device's file may not be read, written or mapped; nil when it may.
  func keepsFrom(_ touch: Touch, _ file: Ledger.DeviceFile) -> Denial?
  /// Who holds a group.
  func hold(of group: GroupID, in world: World) -> Hold
  /// What becomes of a host driver that is about to probe a member, perhaps a new one, of a group that is `held`.
  func admission(of device: Device, held: Hold, isArriving: Bool) -> Admission
  /// Whether the users of an attached group are told which members they never named.
  func tellsRisk(of group: GroupID, in world: World) -> Bool
  /// What happens by itself after an event.
  func settle(_ draft: inout Draft)
}

/// What becomes of a host driver that wants a member.
enum Admission: Hashable {
  case yes
  case no(Reason)
  case panic(Reason)
  /// It binds, and is taken away again.
  case snarf
}

extension Uapi {
  func keepsFrom(_ touch: Touch, _ file: Ledger.DeviceFile) -> Denial? { nil }
  func tellsRisk(of group: GroupID, in world: World) -> Bool { false }
  func settle(_ draft: inout Draft) {}

  /// Members with a driver that does DMA for the host.
  func hostDriven(_ group: GroupID, in world: World) -> [Device] {
    world.members(of: group).filter { rules.isHostDriven($0) }
  }

  /// How many drivers do DMA for the host in a group.
  func hostDriverCount(_ group: GroupID, in world: World) -> Int {
    hostDriven(group, in: world).count + (world[group]?.otherHosts.count ?? 0)
  }

  /// A group held through contexts: every joined device is a claim, and whoever is attached moves all of it.
  func contextHold(of group: GroupID, in world: World) -> Hold {
    let members = Set(world.members(of: group).map(\.address))
    let joined = world.ledger.deviceFiles.map(\.file).filter { $0.context != nil && members.contains($0.address) }
    let owner = joined.first?.context
    var domain = owner == nil ? Domain.host : .blocked
    if let attached = joined.first(where: { $0.space != nil }), let context = attached.context {
      domain = attached.space.map { .space(context, $0) } ?? domain
    }
    return Hold(
      owner: owner, users: owner.map(world.ledger.users(of:)) ?? [], claims: Set(joined.map(\.address)).count,
      hostDrivers: hostDriverCount(group, in: world), domain: domain)
  }

  /// EPERM and the like, with every member that has a host driver.
  func hostDriverReason(_ group: GroupID, in world: World, message: Message?, isTold: Bool = false) -> Reason? {
    let others = (world[group]?.otherHosts ?? []).map { Culprit(nil, driver: $0) }
    let culprits = hostDriven(group, in: world).map { Culprit($0.address, driver: $0.driver) } + others
    guard !culprits.isEmpty else { return nil }
    return Reason(.hostDriver, culprits: culprits, group: group, message: message, isTold: isTold)
  }

  /// Somebody else's processes, as culprits.
  func ownerCulprits(_ hold: Hold) -> [Culprit] {
    hold.users.map { Culprit(nil, owner: $0) }
  }
}
