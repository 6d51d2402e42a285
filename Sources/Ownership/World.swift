public import Topology

/// All that the rules know: the devices, and who opened, joined and attached what.
public struct World: Hashable, Sendable {
  /// Every device that is present, by address.
  public private(set) var devices: [Device]
  /// What is known of groups, by number.
  public var groups: [GroupFacts]
  /// Who opened, joined and attached what.
  public var ledger: Ledger
  /// Last IOVA that the IOMMU translates.
  public var aperture: UInt64
  /// Uids that may open `/dev/vfio/vfio`, `/dev/ioasid` and `/dev/iommu` beside root; nil is everyone.
  public var contextUsers: Set<UInt32>?

  /// A machine on which nobody opened anything yet. Groups that are not described get the usual facts.
  public init(
    devices: [Device], groups: [GroupFacts] = [], aperture: UInt64 = 1 << 48 - 1, contextUsers: Set<UInt32>? = nil
  ) {
    self.devices = devices.sorted { $0.address < $1.address }
    self.groups = groups
    ledger = Ledger()
    self.aperture = aperture
    self.contextUsers = contextUsers
    let undescribed = Set(devices.compactMap(\.group)).subtracting(groups.map(\.id))
    self.groups += undescribed.map { GroupFacts(id: $0) }
    self.groups.sort { $0.id < $1.id }
    for place in self.devices.indices where self.devices[place].hasNode && self.devices[place].nodeNumber == nil {
      number(place)
    }
  }

  /// The device at an address, while it is present.
  public subscript(address: Address) -> Device? { devices.first { $0.address == address } }

  /// The facts of a group.
  public subscript(group: GroupID) -> GroupFacts? { groups.first { $0.id == group } }

  /// The present members of a group, by address.
  public func members(of group: GroupID) -> [Device] { devices.filter { $0.group == group } }
}

extension World {
  mutating func edit(_ address: Address, _ change: (inout Device) -> Void) {
    guard let place = devices.firstIndex(where: { $0.address == address }) else { return }
    change(&devices[place])
  }

  /// Node owners last over binding and unbinding, as they do under a udev rule.
  mutating func grant(_ node: Openable, to uid: UInt32) {
    switch node {
    case .group(let group):
      if let place = groups.firstIndex(where: { $0.id == group }) { groups[place].nodeOwner = uid }
    case .device(let address): edit(address) { $0.nodeOwner = uid }
    case .container, .context: contextUsers?.insert(uid)
    case .virtualMachine: break
    }
  }

  mutating func bind(_ address: Address, to driver: DriverName?) {
    guard let place = devices.firstIndex(where: { $0.address == address }) else { return }
    devices[place].driver = driver
    devices[place].isVariant = false
    devices[place].token = nil
    devices[place].nodeNumber = nil
    if devices[place].hasNode { number(place) }
  }

  mutating func add(_ device: Device) {
    var device = device
    device.driver = nil
    device.nodeNumber = nil
    device.token = nil
    devices.insert(device, at: devices.firstIndex { $0.address > device.address } ?? devices.endIndex)
    if let group = device.group, self[group] == nil {
      groups.insert(GroupFacts(id: group), at: groups.firstIndex { $0.id > group } ?? groups.endIndex)
    }
  }

  mutating func remove(_ address: Address) { devices.removeAll { $0.address == address } }

  /// Nodes take the lowest free number of their kind, as the kernel's allocators do.
  private mutating func number(_ place: Int) {
    let isVDPA = devices[place].isVDPA
    let taken = Set(devices.filter { $0.isVDPA == isVDPA }.compactMap(\.nodeNumber))
    devices[place].nodeNumber = (0...taken.count).first { !taken.contains($0) }
  }
}

extension Device {
  var hasNode: Bool { isVFIO || isVDPA }
}

extension World {
  /// The world after an event: the answer's ledger, and what its consequences did to the devices.
  public func after(_ answer: Answer) -> World {
    var world = self
    world.ledger = answer.ledger
    for consequence in answer.consequences {
      switch consequence {
      case .bound(let address, let driver): world.bind(address, to: driver)
      case .unbound(let address, _, _): world.bind(address, to: nil)
      case .added(let device): world.add(device)
      case .gone(let address): world.remove(address)
      case .granted(let node, let uid): world.grant(node, to: uid)
      case .tokenSet(let address, let token): world.edit(address) { $0.token = token }
      default: break
      }
    }
    return world
  }
}
