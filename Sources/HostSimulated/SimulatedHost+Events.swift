public import Ownership
import Topology

extension SimulatedHost {
  /// Makes something happen. What is hot-added without a group gets the derived one. A refused event
  /// changes nothing.
  public mutating func happen(_ event: Event) -> Answer {
    switch event {
    case .hotAdd(let device):
      if let bridge = missingBridge(above: device.address) {
        let reason = Reason(.noDevice, culprits: [Culprit(bridge)])
        return Answer(outcome: .refused(.enodev), reason: reason, ledger: world.ledger)
      }
      let answer = take(.hotAdd(device.group == nil ? completed(device) : device))
      if let added = world[device.address], answer.errno == nil { note(added) }
      return answer
    default: return take(event)
    }
  }

  /// The bridge that a known card hangs below, where that is not there itself.
  private func missingBridge(above address: Address) -> Address? {
    guard let bridge = cards[address]?.function.parent.function, world[bridge] == nil else { return nil }
    return bridge
  }

  /// Puts a card into a drawer, for an event to plug it in later; the device is what that event adds.
  public mutating func keep(_ part: Part) -> Device {
    let device = completed(part)
    cards[part.address] = Card(part, group: device.group)
    ports[part.address] = part.port
    return device
  }

  /// One event under the rules, with everything that it changes.
  private mutating func take(_ event: Event) -> Answer {
    let answer = rules.answer(to: event, in: world)
    guard answer.errno == nil else { return answer }
    let before = world
    world = world.after(answer)
    follow(answer.consequences, from: before)
    return answer
  }

  // MARK: what is new

  /// A device that says nothing of its group: as the card in its drawer, or as a card of the bus it appears on.
  private func completed(_ device: Device) -> Device {
    let card = cards[device.address]?.function
    let port = ports[device.address] ?? self.port(of: device, parent: card?.parent)
    var device = device
    (device.group, device.requester) = derived(port)
    device.bridge = port.parent.function
    return device
  }

  private func completed(_ part: Part) -> Device {
    let (group, requester) = derived(part.port)
    var part = part
    part.driver = nil
    return part.device(in: part.statedGroup ?? group, requester: requester)
  }

  private func derived(_ port: PortFacts) -> (GroupID?, Address) {
    let present = Set(world.devices.map(\.address))
    var there = ports.filter { present.contains($0.key) }
    there[port.address] = port
    let partition = Partition(there.values)
    let group = partition.groups(of: [port.address], in: world)[port.address]
    return (group, partition.requester(of: port.address))
  }

  private func port(of device: Device, parent: Parent?) -> PortFacts {
    let above = parent ?? self.parent(of: device.address)
    let isConventional = above.function.flatMap { ports[$0] }.map { port in
      port.type == .express(7) || port.type == .conventional
    }
    let isBesideOthers = world.devices.contains { $0.address.packed >> 3 == device.address.packed >> 3 }
    return PortFacts(
      address: device.address, parent: above, leadsToABus: device.header != .normal,
      type: isConventional ?? false ? .conventional : device.header == .normal ? .express(0) : .express(6),
      isMultifunction: isBesideOthers)
  }

  /// The bridge above a bus: what others on the bus hang below, or the bridge that says the bus is its own.
  private func parent(of address: Address) -> Parent {
    let onBus = inventory.functions.first { $0.address.packed >> 8 == address.packed >> 8 }
    if let onBus { return onBus.parent }
    let bridge = inventory.functions.first {
      $0.address.domain == address.domain && $0.details?.secondaryBus.value == address.bus
    }
    return bridge.map { .function($0.address) } ?? .root(Self.root(address))
  }

  static func root(_ address: Address) -> String {
    "pci" + Hex.text(address.domain, atLeast: 4) + ":" + Hex.text(address.bus, atLeast: 2)
  }

  /// Remembers what appeared: nobody knows its ids unless there was a card for it.
  private mutating func note(_ device: Device) {
    let known = cards[device.address]
    let port = ports[device.address] ?? self.port(of: device, parent: known?.function.parent)
    ports[device.address] = port
    if known == nil {
      var function = Function(
        address: device.address, parent: port.parent, identity: .unknown(.notRecorded), driver: .absent,
        group: .absent, driverOverride: .absent)
      function.details = Details(path: "")
      cards[device.address] = Card(function: function, disks: .value(device.carries), interfaces: .absent)
    }
    show([device.address], Set([device.group].compactMap(\.self)))
  }
}
