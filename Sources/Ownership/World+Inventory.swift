public import Topology

extension World {
  /// The world that an inventory shows, with nothing open. Unknown drivers become `unreadable`, which blocks like
  /// any name that is not known to be harmless. Requester ids are shared below a bridge that is a member of the
  /// same group and leads to a conventional bus, where the port type is known, and are the device's own elsewhere.
  /// Whether interrupts are isolated no listing tells: whoever knows says so.
  public init(_ inventory: Inventory, interruptsAreIsolated: Bool = true) {
    let devices = inventory.functions.map { function in
      var device = Device(function, in: inventory)
      device.interruptsAreIsolated = interruptsAreIsolated
      return device
    }
    let groups = inventory.groups.map { group in
      GroupFacts(
        id: group.id, nodeOwner: group.details?.node.value?.owner ?? 0,
        reserved: group.reserved.value ?? [GroupFacts.interruptWindow],
        otherHosts: group.others.compactMap(Self.hostDriver))
    }
    self.init(devices: devices, groups: groups)
  }

  /// The driver of a member that is no PCI function, unless it is known not to block.
  private static func hostDriver(_ other: OtherMember) -> DriverName? {
    switch other.driver {
    case .absent: nil
    case .unknown: RuleSet.unreadableDriver
    case .value(let driver): RuleSet.vfioDrivers.contains(driver) ? nil : driver
    }
  }

  /// Members whose own region, or whose group's, firmware demands to stay mapped; nil where there is none.
  func directRegion(in group: GroupID) -> [Device]? {
    let own = members(of: group).filter(\.hasDirectRegion)
    if !own.isEmpty { return own }
    let isDemanded = self[group]?.reserved.contains { $0.kind == .direct } ?? false
    return isDemanded ? [] : nil
  }
}

extension Device {
  init(_ function: Function, in inventory: Inventory) {
    var requester = function.address
    var above = function.parent.function.flatMap { inventory[$0] }
    // In an image bridges may hang below each other.
    var seen: Set<Address> = [function.address]
    while let bridge = above, seen.insert(bridge.address).inserted, bridge.group == function.group, bridge.leadsToABus {
      switch bridge.details?.port.value {
      case .express(7), .express(8), .conventional: requester = bridge.address
      default: break
      }
      above = bridge.parent.function.flatMap { inventory[$0] }
    }
    var driver: DriverName?
    switch function.driver {
    case .value(let name): driver = name
    case .unknown: driver = RuleSet.unreadableDriver
    case .absent: driver = nil
    }
    let isHost = driver.map { !RuleSet.vfioDrivers.contains($0) && $0 != "pci-stub" } ?? false
    self.init(
      address: function.address, group: function.group.value, requester: requester,
      header: function.leadsToABus ? .bridge : .normal, driver: driver,
      hostDrivers: isHost ? [driver].compactMap(\.self) : [],
      nodeOwner: function.details?.deviceNode.value?.owner ?? 0,
      carries: (function.details?.disks.value ?? []) + (function.details?.interfaces.value ?? []),
      bridge: function.parent.function, physicalFunction: function.physicalFunction)
    isVariant = function.hasVFIODevice
    nodeNumber = function.details?.vfioDevice.value.flatMap { Int($0.dropFirst("vfio".count)) }
  }
}
