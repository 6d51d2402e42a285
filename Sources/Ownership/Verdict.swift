public import Topology

/// What a group is worth to a would-be owner. The raw values are the JSON's words.
public enum GroupState: String, Hashable, Sendable {
  /// A new owner could take it now.
  case viable
  /// Somebody asked for it, and a member blocks.
  case blocked
  /// A member has a host driver, and nobody asked: the normal state of a working machine.
  case hostOwned = "host-owned"
  /// A process holds it.
  case owned
  /// A fact that decides it is not known.
  case unknown
}

/// What a device is to its group. The raw values are the JSON's words.
public enum DeviceState: String, Hashable, Sendable {
  /// No driver.
  case free
  /// A driver that does not block.
  case exempt
  /// A host driver in a group that nobody asked for.
  case host
  /// A host driver in a group that somebody asked for.
  case blocks
  /// A vfio driver.
  case vfio
  /// A vfio driver, and a process holds the group.
  case open
  /// It is no longer there; console and watch only.
  case gone
  /// Its driver is not known.
  case unknown
}

/// Who keeps a group from being owned, and by what.
public enum Blocker: Hashable, Sendable {
  /// A PCI member with a host driver.
  case driver(Address, DriverName)
  /// A member that is no PCI function, with a host driver.
  case otherDriver(device: String, DriverName)
  /// Firmware demands a fixed mapping for a member (`direct` in `reserved_regions`).
  case directRegion(ReservedRegion)
  /// A process holds the group already.
  case holder(Holder)
}

/// The judgement of one group.
public struct Verdict: Hashable, Sendable {
  /// The group judged.
  public var group: GroupID
  /// Its state.
  public var state: GroupState
  /// Whether a new owner could take it now; nil when a deciding fact is unknown.
  public var isViable: Bool?
  /// Everything that stands in the way, in the order of the members.
  public var blockers: [Blocker]
  /// Members whose driver is unknown, with the reason.
  public var unknowns: [Unknown]
  /// The state of every PCI member, in the order of the members.
  public var devices: [Device]

  /// A PCI member and its state.
  public struct Device: Hashable, Sendable {
    /// The member.
    public var address: Address
    /// What it is to the group.
    public var state: DeviceState
  }

  /// A member whose driver could not be read.
  public struct Unknown: Hashable, Sendable {
    /// Its address, or the name of a device that is no PCI function.
    public var member: String
    /// Why.
    public var why: Ignorance
  }
}

/// Judges groups under one set of rules.
public struct Judge: Sendable {
  /// The rules.
  public var rules: RuleSet
  /// Functions that somebody asked for in this console: marked ones.
  public var asked: Set<Address>

  /// A judge under `rules`.
  public init(rules: RuleSet, asked: Set<Address> = []) {
    self.rules = rules
    self.asked = asked
  }

  /// The verdict on `group`. Members that vanished between two reads do not count.
  public func verdict(on group: Group, in inventory: Inventory) -> Verdict {
    let members = group.members.compactMap { inventory[$0] }
    let standings = members.map { rules.standing(of: $0) }
    var blockers: [Blocker] = []
    var unknowns: [Verdict.Unknown] = []
    for (member, standing) in zip(members, standings) {
      switch standing {
      case .host(let driver): blockers.append(.driver(member.address, driver))
      case .unknown(let why): unknowns.append(.init(member: member.address.description, why: why))
      case .free, .exempt, .vfio: break
      }
    }
    for other in group.others {
      switch rules.standing(of: other) {
      case .host(let driver): blockers.append(.otherDriver(device: other.name, driver))
      case .unknown(let why): unknowns.append(.init(member: other.name, why: why))
      case .free, .exempt, .vfio: break
      }
    }
    if rules != .explicit2021 {
      blockers += (group.reserved.value ?? []).filter { $0.kind == .direct }.map { .directRegion($0) }
    }
    let holders = group.holders.value ?? []
    let wanted = isWanted(members, standings)
    let state = state(blocked: !blockers.isEmpty, unknown: !unknowns.isEmpty, held: !holders.isEmpty, wanted: wanted)
    let devices = zip(members, standings).map {
      Verdict.Device(address: $0.address, state: Self.state(of: $1, held: !holders.isEmpty, wanted: wanted))
    }
    return Verdict(
      group: group.id, state: state, isViable: state == .unknown ? nil : state == .viable,
      blockers: blockers + holders.map { .holder($0) }, unknowns: unknowns, devices: devices)
  }

  /// Somebody asked for the group: a member is vfio-bound, has an override that says so, or was asked for here.
  private func isWanted(_ members: [Function], _ standings: [Standing]) -> Bool {
    zip(members, standings).contains { member, standing in
      if case .vfio = standing { return true }
      return asked.contains(member.address) || Self.isForOwners(member.driverOverride.value)
    }
  }

  private static func isForOwners(_ override: DriverName?) -> Bool {
    guard let override else { return false }
    return override == "pci-stub" || RuleSet.vfioDrivers.contains(override)
  }

  private func state(blocked: Bool, unknown: Bool, held: Bool, wanted: Bool) -> GroupState {
    if held { return .owned }
    if blocked { return wanted ? .blocked : .hostOwned }
    return unknown ? .unknown : .viable
  }

  private static func state(of standing: Standing, held: Bool, wanted: Bool) -> DeviceState {
    switch standing {
    case .free: .free
    case .exempt: .exempt
    case .vfio: held ? .open : .vfio
    case .host: wanted ? .blocks : .host
    case .unknown: .unknown
    }
  }
}

extension Judge {
  /// The state of a function without a group: nobody can own it, so a host driver is just that.
  public func state(ofUngrouped function: Function) -> DeviceState {
    Self.state(of: rules.standing(of: function), held: false, wanted: false)
  }
}
