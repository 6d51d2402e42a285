import HostAccess
import Ownership
import Topology

/// Keeping what an observer sees true to what the rules know.
extension SimulatedHost {
  /// Shows what an event did.
  mutating func follow(_ consequences: [Consequence], from before: World) {
    var devices: Set<Address> = []
    var groups: Set<GroupID> = []
    for consequence in consequences {
      switch consequence {
      case .bound(let address, let driver):
        devices.insert(address)
        note(driver, on: address)
      case .unbound(let address, _, _), .gone(let address): devices.insert(address)
      case .added(let device): devices.insert(device.address)
      case .granted(.device(let address), _): devices.insert(address)
      case .granted(.group(let group), _): groups.insert(group)
      default: break
      }
    }
    // A card that is new has no face before its event is over; `note` shows it then.
    devices = devices.filter { cards[$0] != nil }
    for world in [before, world] { groups.formUnion(devices.compactMap { world[$0]?.group }) }
    if before.ledger != world.ledger { groups.formUnion(Self.heldGroups(before) + Self.heldGroups(world)) }
    show(devices, groups)
  }

  /// A driver that matches no id of the device was helped by an override; a host driver took the override away.
  private mutating func note(_ driver: DriverName, on address: Address) {
    let isForeign = world[address].map { !$0.hostDrivers.contains(driver) } ?? false
    cards[address]?.function.driverOverride = isForeign ? .value(driver) : .absent
  }

  private static func heldGroups(_ world: World) -> [GroupID] {
    world.ledger.groupFiles.map(\.file.group)
      + world.ledger.deviceFiles.compactMap { world[$0.file.address]?.group }
  }

  /// Shows these devices and groups as the rules know them now.
  mutating func show(_ devices: Set<Address>, _ groups: Set<GroupID>) {
    var difference = Difference()
    for address in devices.sorted() {
      if let device = world[address], let card = cards[address] {
        let face = face(of: device, card)
        cards[address]?.function = face
        difference.functions.append(face)
      } else if inventory[address] != nil {
        difference.goneFunctions.append(address)
      }
    }
    for group in groups.sorted() {
      if let face = face(of: group) {
        difference.groups.append(face)
      } else if inventory[group] != nil {
        difference.goneGroups.append(group)
      }
    }
    inventory.apply(difference)
  }

  /// Node paths are the interface's own.
  mutating func showNodes() {
    let bound = world.devices.filter(\.isVFIO)
    show(Set(bound.map(\.address)), Set(bound.compactMap(\.group)).union(Self.heldGroups(world)))
  }

  private func face(of device: Device, _ card: Card) -> Function {
    var function = card.function
    function.driver = device.driver.map { .value($0) } ?? .absent
    function.group = device.group.map { .value($0) } ?? .absent
    var details = function.details ?? Details(path: "")
    if details.path.isEmpty { details.path = path(of: function) }
    if device.header != .normal, case .absent = details.secondaryBus {
      details.secondaryBus = secondaryBus(of: function)
    }
    let carries = device.driver != nil && !device.isVFIO && device.driver != "pci-stub"
    details.disks = carries ? Self.shown(card.disks) : .absent
    details.interfaces = carries ? Self.shown(card.interfaces) : .absent
    let hasDevice = device.isVFIO && rules.set != .explicit2021
    details.vfioDevice = hasDevice ? device.nodeNumber.map { .value("vfio\($0)") } ?? .absent : .absent
    details.deviceNode =
      device.isVFIO && hasDeviceNodes ? .value(node(device)) : .absent
    function.details = details
    return function
  }

  /// What could not be read when the machine was looked at is not known here either.
  private static func shown(_ names: Known<[String]>) -> Known<[String]> { names == .value([]) ? .absent : names }

  private func face(of group: GroupID) -> Group? {
    let members = world.members(of: group)
    let others = inventory[group]?.others ?? []
    guard !members.isEmpty || !others.isEmpty, let facts = world[group] else { return nil }
    var face = inventory[group] ?? Group(id: group, members: [])
    face.members = members.map(\.address)
    face.reserved = .value(reserved(facts, members))
    let holders = holders(of: group)
    face.holders = holders.isEmpty ? .absent : .value(holders)
    var details = face.details ?? GroupDetails()
    if case .unknown = details.type { details.type = .value("DMA-FQ") }
    let hasNode = hasGroupNodes && members.contains(where: \.isVFIO)
    details.node = hasNode ? .value(node(.group(group), facts.nodeOwner, rights[.group(group)])) : .absent
    face.details = details
    return face
  }

  /// Firmware's regions: the group's, and one for every member that demands one of its own.
  private func reserved(_ facts: GroupFacts, _ members: [Device]) -> [ReservedRegion] {
    let own = members.indices.filter { members[$0].hasDirectRegion }.map { place in
      let first = 0x7b80_0000 + UInt64(place) << 20
      return ReservedRegion(first: first, last: first + 0xf_ffff, kind: .direct)
    }
    return own + facts.reserved
  }

  private func holders(of group: GroupID) -> [Holder] {
    let trace = Trace(rules.set)
    let members = Set(world.members(of: group).map(\.address))
    var held: [(file: FileID, node: Openable)] = world.ledger.groupFiles.filter { $0.file.group == group }.map {
      ($0.id, .group(group))
    }
    for (id, file) in world.ledger.deviceFiles where members.contains(file.address) {
      held.append((id, file.group == nil ? .device(file.address) : .group(group)))
    }
    var holders: [Holder] = []
    for process in world.ledger.processes {
      for entry in process.descriptors.entries {
        guard let node = held.first(where: { $0.file == entry.element })?.node else { continue }
        let holder = Holder(
          process: process.user.process, command: process.user.name, node: trace.path(of: node, in: world))
        if !holders.contains(holder) { holders.append(holder) }
      }
    }
    return holders
  }

  var hasGroupNodes: Bool { [.explicitLinux, .explicit2021, .iommufd].contains(rules.set) }
  var hasDeviceNodes: Bool { ![.explicitLinux, .explicit2021].contains(rules.set) }

  private func node(_ device: Device) -> Node {
    let number = device.nodeNumber.map { DeviceNode.device(device.address, number: $0) }
    return node(.device(device.address), device.nodeOwner, number.flatMap { rights[$0] })
  }

  private func node(_ node: Openable, _ owner: UInt32, _ rights: Rights?) -> Node {
    let (group, mode) = (rights?.group ?? 0, rights?.mode ?? 0o600)
    return Node(path: Trace(rules.set).path(of: node, in: world), owner: owner, group: group, mode: mode)
  }

  private func path(of function: Function) -> String {
    var names = [function.address.description]
    var parent = function.parent
    while case .function(let above) = parent, names.count <= cards.count {
      names.append(above.description)
      parent = cards[above]?.function.parent ?? .root(Self.root(above))
    }
    if case .root(let root) = parent { names.append(root) }
    return (["sys/devices"] + names.reversed()).joined(separator: "/")
  }

  /// The bus of what hangs below a bridge.
  private func secondaryBus(of bridge: Function) -> Known<UInt8> {
    let child = cards.values.first { $0.function.parent.function == bridge.address }
    return child.map { .value($0.function.address.bus) } ?? .absent
  }
}
