public import Ownership
import Topology

extension SimulatedHost {
  /// Makes something happen. What is hot-added without a group gets the derived one; a bridge that leaves takes along
  /// what is below it. A refused event changes nothing.
  public mutating func happen(_ event: Event) -> Answer {
    var answer: Answer
    switch event {
    case .unplug(let address): answer = leave(address)
    case .hotAdd(let device):
      if let bridge = missingBridge(above: device.address) {
        let reason = Reason(.noDevice, culprits: [Culprit(bridge)])
        return Answer(outcome: .refused(.enodev), reason: reason, ledger: world.ledger)
      }
      answer = take(.hotAdd(device.group == nil ? completed(device) : device))
      if let added = world[device.address], answer.errno == nil { note(added) }
    default: answer = take(event)
    }
    if answer.errno == nil { goOn(&answer) }
    return answer
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

  /// A device with everything below it, the farthest first (drivers/pci/remove.c `pci_stop_bus_device`). Whoever is
  /// in use holds up those above it.
  private mutating func leave(_ address: Address) -> Answer {
    let before = self
    var whole = Answer(outcome: .success(.nothing), ledger: world.ledger)
    for next in subtree(of: address) {
      let answer = take(.unplug(next))
      if answer.errno != nil {
        self = before
        return answer
      }
      (whole.ledger, whole.consequences) = (answer.ledger, whole.consequences + answer.consequences)
      guard answer.outcome == .blocks else { continue }
      (whole.outcome, whole.reason) = (answer.outcome, answer.reason)
      waiting += subtree(of: address).filter { $0 != next && !waiting.contains($0) }
      break
    }
    return whole
  }

  /// Whoever waited for what is below it goes as soon as that has gone.
  private mutating func goOn(_ answer: inout Answer) {
    while let next = waiting.first, !world.ledger.isStopped {
      if world[next] != nil {
        guard subtree(of: next).count == 1, world.ledger.leaving.isEmpty else { return }
        let more = take(.unplug(next))
        if more.errno != nil { return }
        (answer.ledger, answer.consequences) = (more.ledger, answer.consequences + more.consequences)
      }
      waiting.removeFirst()
    }
  }

  /// A function and all below it, the farthest first. A function that is not there stands for itself.
  private func subtree(of address: Address) -> [Address] {
    let edges = inventory.functions.map { (above: $0.parent.function, address: $0.address) }
    let below = Dictionary(grouping: edges, by: \.above).mapValues { $0.map(\.address) }
    var found = [address]
    var place = 0
    while place < found.count {
      found += (below[found[place]] ?? []).filter { !found.contains($0) }
      place += 1
    }
    return found.reversed()
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
