public import Ownership
public import Topology

/// What a command is handed: descriptors by the numbers that they have there, and the numbers of what they hold.
public struct HandOver: Hashable, Sendable {
  /// What a descriptor is of.
  public enum Thing: Hashable, Sendable {
    case container
    case iommufd
    case group(GroupID)
    case device(Address)
  }

  /// One descriptor.
  public struct Item: Hashable, Sendable {
    /// What it is of.
    public let thing: Thing
    /// Ours, as the rules number it.
    public let descriptor: Descriptor
    /// The command's.
    public let number: Int
  }

  /// Whose calls opened them.
  public let model: RuleSet
  /// In the order of their numbers.
  public let items: [Item]
  /// The IOAS that every device is attached to; nil for a container, or where nothing is bound.
  public let space: Int?
  /// The numbers that devices have in the iommufd, where they are bound to it.
  public let identifiers: [Address: Int]

  /// The container and its groups, or the iommufd, then the devices in the order in which they were asked for,
  /// numbered from `first` on: what `user` has open in `world`. Nil where one of them is not open.
  public init?(_ model: RuleSet, _ devices: [Address], of user: User, in world: World, from first: Int) {
    let has = Possessed(user: user, world: world)
    var items: [Item] = []
    func add(_ thing: Thing) -> Bool {
      guard let descriptor = has.descriptor(of: thing) else { return false }
      items.append(Item(thing: thing, descriptor: descriptor, number: first + items.count))
      return true
    }
    guard add(model == .iommufd ? .iommufd : .container) else { return nil }
    if model != .iommufd {
      var groups: [GroupID] = []
      for group in devices.compactMap({ world[$0]?.group }) where !groups.contains(group) { groups.append(group) }
      for group in groups { guard add(.group(group)) else { return nil } }
    }
    var identifiers: [Address: Int] = [:]
    var spaces: Set<Int> = []
    for address in devices {
      guard add(.device(address)), let file = has.file(of: address) else { return nil }
      identifiers[address] = file.object
      if let space = file.space { spaces.insert(space) }
    }
    self.model = model
    self.items = items
    self.identifiers = identifiers
    space = spaces.count == 1 ? spaces.first : nil
  }

  /// The devices, in order.
  public var devices: [Address] {
    items.compactMap { if case .device(let address) = $0.thing { address } else { nil } }
  }

  /// The groups, in order.
  public var groups: [GroupID] {
    items.compactMap { if case .group(let group) = $0.thing { group } else { nil } }
  }

  /// The command's number of a descriptor.
  public func number(of thing: Thing) -> Int? { items.first { $0.thing == thing }?.number }
}

extension HandOver {
  /// What the environment says, in order. `VIABLE_GROUP`, `VIABLE_DEVICE` and their like stand for the only one: where
  /// there are several, the numbered names tell them apart.
  public var environment: [(name: String, value: String)] {
    var said: [(String, Int?)] = []
    for item in items {
      switch item.thing {
      case .container: said.append(("VIABLE_CONTAINER", item.number))
      case .iommufd: said.append(("VIABLE_IOMMUFD", item.number))
      case .group(let group):
        if groups.count == 1 { said.append(("VIABLE_GROUP", item.number)) }
        said.append(("VIABLE_GROUP_\(group)", item.number))
      case .device: break
      }
    }
    said += [("VIABLE_IOAS", space), ("VIABLE_DEVICES", devices.count)]
    if let only = devices.first, devices.count == 1 {
      said += [("VIABLE_DEVICE", number(of: .device(only))), ("VIABLE_DEVID", identifiers[only])]
    }
    var texts = [("VIABLE_MODEL", model.rawValue)] + said.compactMap { name, value in value.map { (name, "\($0)") } }
    for (place, address) in devices.enumerated() {
      if let number = number(of: .device(address)) { texts.append(("VIABLE_DEVICE_\(place)", "\(number)")) }
      texts.append(("VIABLE_ADDRESS_\(place)", address.description))
      if let identifier = identifiers[address] { texts.append(("VIABLE_DEVID_\(place)", "\(identifier)")) }
    }
    return texts
  }

  /// Whether a variable is one of those above, from whoever ran us: what is handed over now is not what was then.
  public static func isOurs(_ name: String) -> Bool {
    let exact = [
      "VIABLE_MODEL", "VIABLE_CONTAINER", "VIABLE_IOMMUFD", "VIABLE_GROUP", "VIABLE_IOAS", "VIABLE_DEVICES",
      "VIABLE_DEVICE", "VIABLE_DEVID",
    ]
    return exact.contains(name)
      || ["VIABLE_GROUP_", "VIABLE_DEVICE_", "VIABLE_ADDRESS_", "VIABLE_DEVID_"].contains { name.hasPrefix($0) }
  }
}

/// What a user has open.
private struct Possessed {
  let user: User
  let world: World

  func descriptor(of thing: HandOver.Thing) -> Descriptor? {
    world.ledger.descriptors(of: user) { file in
      switch (thing, file) {
      case (.container, .container), (.iommufd, .context): true
      case (.group(let group), .group(let file)): file.group == group && !file.isRevoked
      case (.device(let address), .device(let file)): file.address == address
      default: false
      }
    }.first
  }

  func file(of address: Address) -> Ledger.DeviceFile? {
    guard let descriptor = descriptor(of: .device(address)), let id = world.ledger.file(descriptor, of: user),
      case .device(let file) = world.ledger.files[id]
    else { return nil }
    return file
  }
}
