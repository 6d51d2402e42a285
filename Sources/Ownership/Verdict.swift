public import Topology

/// What a group is worth to a would-be owner. The raw values are the JSON's words.
public enum GroupState: String, Hashable, Sendable {
  /// A new owner could take it now.
  case viable
  /// Somebody asked for a member, and another one blocks.
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
  /// A host driver, and nobody asked for another member.
  case host
  /// A host driver, and somebody asked for another member.
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

extension Blocker {
  /// The word of the JSON field `reason`.
  public var word: String {
    switch self {
    case .driver, .otherDriver: "host-driver"
    case .directRegion: "direct-region"
    case .holder: "in-use"
    }
  }
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
  /// What would have to be known and is not, with the reason.
  public var unknowns: [Unknown]
  /// The state of every PCI member, in the order of the members.
  public var devices: [Device]
  /// Whether somebody asked for a member.
  public var isAsked: Bool

  /// A PCI member and its state.
  public struct Device: Hashable, Sendable {
    /// The member.
    public var address: Address
    /// What it is to the group.
    public var state: DeviceState
  }

  /// A fact that decides and could not be read.
  public struct Unknown: Hashable, Sendable {
    /// Which fact.
    public enum Subject: Hashable, Sendable {
      /// The driver of a member: its address, or the name of a device that is no PCI function.
      case driver(of: String)
      /// The group's reserved regions.
      case reservedRegions
    }
    /// Which fact.
    public var subject: Subject
    /// Why.
    public var why: Ignorance

    /// Both.
    public init(_ subject: Subject, _ why: Ignorance) {
      self.subject = subject
      self.why = why
    }
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
    var seats: [Seat] = []
    seats.reserveCapacity(group.members.count)
    for address in group.members {
      guard let member = inventory[address] else { continue }
      let standing = rules.standing(of: member)
      seats.append(Seat(address: address, standing: standing, isWanted: isWanted(member, standing)))
    }
    var blockers: [Blocker] = []
    var unknowns: [Verdict.Unknown] = []
    for seat in seats {
      switch seat.standing {
      case .host(let driver): blockers.append(.driver(seat.address, driver))
      case .unknown(let why): unknowns.append(.init(.driver(of: seat.address.description), why))
      case .free, .exempt, .vfio: break
      }
    }
    for other in group.others {
      switch rules.standing(of: other) {
      case .host(let driver): blockers.append(.otherDriver(device: other.name, driver))
      case .unknown(let why): unknowns.append(.init(.driver(of: other.name), why))
      case .free, .exempt, .vfio: break
      }
    }
    if group.reserved.value?.isEmpty == false {
      let members = group.members.compactMap { inventory[$0] }
      blockers += rules.directRegions(of: group, members).map { .directRegion($0) }
    }
    if let why = group.reserved.ignorance, Self.decides(why) { unknowns.append(.init(.reservedRegions, why)) }
    let holders = group.holders.value ?? []
    let wanted = seats.filter(\.isWanted).map(\.address)
    let state = state(blockers, isUnknown: !unknowns.isEmpty, isHeld: !holders.isEmpty, wanted)
    let devices = seats.map { seat in
      let isInTheWay = wanted.contains { $0 != seat.address }
      return Verdict.Device(
        address: seat.address, state: Self.state(of: seat.standing, held: !holders.isEmpty, wanted: isInTheWay))
    }
    return Verdict(
      group: group.id, state: state, isViable: state == .unknown ? nil : state == .viable,
      blockers: blockers + holders.map { .holder($0) }, unknowns: unknowns, devices: devices,
      isAsked: !wanted.isEmpty)
  }

  /// A PCI member of the group that is judged.
  private struct Seat {
    let address: Address
    let standing: Standing
    /// Whether somebody asked for it.
    let isWanted: Bool
  }

  /// Whether somebody asked for a member: it is vfio-bound, has an override that says so, or was asked for here.
  private func isWanted(_ member: Function, _ standing: Standing) -> Bool {
    if case .vfio = standing { return true }
    return Self.isForOwners(member.driverOverride.value) || asked.contains(member.address)
  }

  /// Reserved regions that nobody asked for, or that an image left out, are taken for harmless, as nearly all are.
  private static func decides(_ why: Ignorance) -> Bool {
    switch why {
    case .notRead, .notRecorded: false
    case .needsRoot, .deviceBusy, .suspended, .refused, .malformed: true
    }
  }

  private static func isForOwners(_ override: DriverName?) -> Bool {
    guard let override else { return false }
    return override == "pci-stub" || RuleSet.vfioDrivers.contains(override)
  }

  private func state(
    _ blockers: [Blocker], isUnknown: Bool, isHeld: Bool, _ wanting: [Address]
  ) -> GroupState {
    if isHeld { return .owned }
    if blockers.isEmpty { return isUnknown ? .unknown : .viable }
    // A member that is asked for and still has its host driver is in nobody's way but its own.
    let isBlocked = blockers.contains { blocker in
      if case .driver(let address, _) = blocker { return wanting.contains { $0 != address } }
      return !wanting.isEmpty
    }
    return isBlocked ? .blocked : .hostOwned
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
