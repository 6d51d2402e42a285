extension Selector {
  /// What a selector means on one machine.
  public enum Target: Hashable, Sendable {
    /// Functions, at least one, by address.
    case functions([Address])
    /// A whole group.
    case group(GroupID)
  }

  /// What it means on this machine. A selector that `needsDetails` finds only functions whose details were read.
  public func resolve(in inventory: Inventory) throws(SelectorError) -> Target {
    switch self {
    case .group(let group):
      guard inventory[group] != nil else {
        throw .notFound(self, nearest: nearestGroups(to: group, in: inventory))
      }
      return .group(group)
    case .ids: return .functions([try only(of: matches(in: inventory), in: inventory)])
    case .name(let name): return .functions([try named(name, in: inventory)])
    case .address, .slot, .path, .vfioDevice, .disk:
      let found = matches(in: inventory)
      guard !found.isEmpty else { throw .notFound(self, nearest: nearest(in: inventory)) }
      return .functions(found)
    }
  }

  private func only(of found: [Address], in inventory: Inventory) throws(SelectorError) -> Address {
    guard let first = found.first else { throw .notFound(self, nearest: nearest(in: inventory)) }
    guard found.count == 1 else { throw .ambiguous(self, matches: found) }
    return first
  }

  /// An interface of that name; a disk of that name; both, on different functions, is a question back.
  private func named(_ name: String, in inventory: Inventory) throws(SelectorError) -> Address {
    let interfaces = inventory.functions.filter { $0.details?.interfaces.value?.contains(name) ?? false }
    let disks = Selector.disk(name).matches(in: inventory)
    let found = Set(interfaces.map(\.address)).union(disks)
    if let interface = interfaces.first, let disk = disks.first, found.count > 1 {
      throw .twoReadings(
        name, readings: ["the interface on \(interface.address)", "the disk /dev/\(name) on \(disk)"])
    }
    return try only(of: found.sorted(), in: inventory)
  }

  private func matches(in inventory: Inventory) -> [Address] {
    switch self {
    case .address(let address): return inventory[address].map { [$0.address] } ?? []
    case .slot(let slot):
      return (0..<8).map { Address(domain: slot.domain, bus: slot.bus, device: slot.device, function: $0) }
        .filter { inventory[$0] != nil }
    case .path(let from, let hops): return Self.walk(from, hops, in: inventory).map { [$0] } ?? []
    case .ids(let ids): return inventory.functions.filter { ids.match($0.identity.value) }.map(\.address)
    case .vfioDevice(let name):
      return inventory.functions.filter { $0.details?.vfioDevice.value == name }.map(\.address)
    case .disk(let name):
      return inventory.functions.filter { function in
        function.details?.disks.value?.contains { Self.disk($0, carries: name) } ?? false
      }.map(\.address)
    case .group, .name: return []
    }
  }

  /// One hop after the other: the child of the last function that has the hop's device and function number.
  private static func walk(_ from: Address, _ hops: [Hop], in inventory: Inventory) -> Address? {
    guard inventory[from] != nil else { return nil }
    var place = from
    for hop in hops {
      let next = inventory.functions.first {
        $0.parent.function == place && $0.address.device == hop.device && $0.address.function == hop.function
      }
      guard let next else { return nil }
      place = next.address
    }
    return place
  }

  /// `sda` is `sda` and carries `sda1`; `nvme0n1` carries `nvme0n1p2`.
  private static func disk(_ disk: String, carries name: String) -> Bool {
    if disk == name { return true }
    guard name.hasPrefix(disk) else { return false }
    var rest = name.dropFirst(disk.count)
    if disk.last?.isNumber ?? false {
      guard rest.first == "p" else { return false }
      rest = rest.dropFirst()
    }
    return !rest.isEmpty && rest.allSatisfy(\.isNumber)
  }
}

extension Selector.Ids {
  fileprivate func match(_ identity: Identity?) -> Bool {
    guard let identity, identity.vendor == vendor, identity.device == device else { return false }
    return subsystemVendor.map { $0 == identity.subsystemVendor } ?? true
      && subsystemDevice.map { $0 == identity.subsystemDevice } ?? true
  }
}

extension Selector {
  private func nearestGroups(to group: GroupID, in inventory: Inventory) -> [String] {
    let distance = { (other: GroupID) in max(other, group).number - min(other, group).number }
    return inventory.groups.map(\.id).min { distance($0) < distance($1) }.map { ["group:\($0)"] } ?? []
  }

  /// At most two things on this machine whose spelling is nearest, when it is near.
  private func nearest(in inventory: Inventory) -> [String] {
    let candidates: [String] =
      switch self {
      case .address(let address): Self.neighbours(of: address, in: inventory)
      case .slot(let slot):
        Self.neighbours(
          of: Address(domain: slot.domain, bus: slot.bus, device: slot.device, function: 0), in: inventory)
      case .path(let from, _): inventory[from] == nil ? Self.neighbours(of: from, in: inventory) : []
      case .ids(let ids):
        Set(inventory.functions.compactMap(\.identity.value).filter { $0.vendor == ids.vendor }.map(\.ids)).sorted()
      case .vfioDevice: inventory.functions.compactMap { $0.details?.vfioDevice.value }
      case .disk, .name:
        inventory.functions.flatMap { function in
          (function.details?.interfaces.value ?? []) + (function.details?.disks.value ?? [])
        }
      case .group: []
      }
    let wanted =
      switch self {
      case .path(let from, _): from.description
      case .disk(let name): name
      default: description
      }
    let near = candidates.map { (name: $0, distance: Spelling.distance($0, wanted)) }
    guard let least = near.map(\.distance).min(), least <= max(1, wanted.utf8.count / 3) else { return [] }
    return Set(near.filter { $0.distance == least }.map(\.name)).sorted().prefix(2).map { Clean.visible($0) }
  }

  /// Functions that share all but one part of the address: another function, device, bus or domain.
  private static func neighbours(of address: Address, in inventory: Inventory) -> [String] {
    inventory.functions.map(\.address).filter { other in
      let differences = [
        other.domain != address.domain, other.bus != address.bus, other.device != address.device,
        other.function != address.function,
      ]
      return differences.count { $0 } == 1
    }.map(\.description)
  }
}
