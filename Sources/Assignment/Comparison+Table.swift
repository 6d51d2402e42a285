import Ownership
public import Topology

extension Comparison {
  /// One device in the ownership table.
  public struct Row: Hashable, Sendable {
    /// The device.
    public var address: Address
    /// What people call it.
    public var label: String?
    /// Its group.
    public var group: GroupID?
    /// Bridges never join, and never do DMA for a user.
    public var isBridge: Bool
    /// How it is under each interface, left to right; nil where it is not there.
    public var stands: [Stand?]

    /// The driver where all sides agree on it; nil when they do not. The inner nil is driverless.
    public var commonDriver: DriverName?? {
      let drivers = Set(stands.compactMap { $0.map(\.driver) })
      return drivers.count == 1 ? drivers.first : nil
    }
  }

  /// One device under one interface.
  public struct Stand: Hashable, Sendable {
    /// Its driver.
    public var driver: DriverName?
    /// What stands on it for the host now: `sda`, `eth0`.
    public var carries: [String]
    /// Where its DMA goes: `host`, `blocked`, `container`, `IOASID 1`, `IOAS 2`.
    public var domain: String
    /// Whether a user decides what its DMA reaches.
    public var isUsers: Bool
    /// The processes that own its group, by name.
    public var owners: [String]
    /// Whether somebody has it open.
    public var isOpen: Bool
    /// Whether it was itself joined, or opened through its group.
    public var isJoined: Bool
    /// Whether it was itself attached.
    public var isAttached: Bool
    /// Members that it reaches, and that reach it, without the IOMMU having a say.
    public var reach: [Address]
    /// All of it in a word or two: `host`, `exempt`, `free`, `not contained`, `contained`, `not joined`, `joined`,
    /// `attached`, `moved along`, `pulled away`.
    public var word: String
  }

  /// The devices that the story is about, and the rest of their groups: what is true of each under every interface.
  public var table: [Row] {
    let all = Set(sides.flatMap { $0.world.devices.map(\.address) }).sorted()
    let named = Set(story.acts.flatMap(\.wish.addresses) + story.labels.keys)
    let groups = Set(sides.flatMap { side in named.compactMap { side.world[$0]?.group } })
    let stands = sides.map(stands)
    return all.compactMap { address in
      guard let device = sides.lazy.compactMap({ $0.world[address] }).first else { return nil }
      let isConcerned = named.isEmpty || named.contains(address) || device.group.map(groups.contains) ?? false
      guard isConcerned else { return nil }
      return Row(
        address: address, label: story.labels[address].map(Clean.visible), group: device.group,
        isBridge: device.header != .normal, stands: stands.map { $0[address] })
    }
  }

  /// One interface's part of the table.
  func stands(of side: Side) -> [Address: Stand] {
    let set = side.rules.set
    var stands: [Address: Stand] = [:]
    for line in side.rules.ownership(in: side.world) {
      guard let device = side.world[line.address] else { continue }
      let standing = set.standing(of: device)
      var carries: [String] = []
      if case .host = standing { carries = device.carries }
      stands[line.address] = Stand(
        driver: line.driver, carries: carries, domain: DomainWords(set).word(line.domain),
        isUsers: line.domain.isUsers, owners: line.owners.map(\.name), isOpen: line.isOpen, isJoined: line.isJoined,
        isAttached: line.isAttached, reach: line.reach, word: word(line, standing, device, set))
    }
    return stands
  }

  private func word(_ line: OwnershipLine, _ standing: Standing, _ device: Device, _ rules: RuleSet) -> String {
    if line.isAttached { return "attached" }
    switch standing {
    case .host: return line.domain.isUsers ? "pulled away" : "host"
    case .exempt: return "exempt"
    case .free, .vfio, .unknown: break
    }
    if device.header != .normal { return "exempt" }
    // Whoever puts a group into a container has named what is bound for users in it.
    if !rules.joinsDevices, case .vfio = standing { return line.owners.isEmpty ? "not contained" : "contained" }
    if line.domain.isUsers { return line.isJoined ? "joined" : "moved along" }
    if line.isJoined { return "joined" }
    guard case .vfio = standing else { return "free" }
    return "not joined"
  }
}

extension RuleSet {
  /// Whether devices are joined one by one; else groups are put into containers.
  var joinsDevices: Bool { self != .explicitLinux && self != .explicit2021 }
}
