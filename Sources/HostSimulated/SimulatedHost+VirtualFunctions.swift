import Ownership
import Topology

extension SimulatedHost {
  /// A write to `sriov_numvfs` (drivers/pci/pci-sysfs.c `sriov_numvfs_store`). New functions are where the registers
  /// of the physical one say, and look like it; each is a group of its own unless something joins them. A driver that
  /// is known to match takes them, where the kernel is known to let it.
  mutating func setVirtualFunctions(of address: Address, to count: Int) -> Errno? {
    guard let device = world[address], let card = cards[address]?.function,
      let counts = card.details?.virtualFunctions.value, let enabled = counts.enabled.value
    else { return .enoent }
    // ERANGE
    if !(0...counts.total).contains(count) { return Errno(rawValue: 34) }
    if count == enabled { return nil }
    guard device.driver != nil, !device.isVFIO else { return .enoent }
    if count > 0 && enabled > 0 { return .ebusy }
    if count == 0 {
      let those = cards.values.map(\.function).filter { $0.physicalFunction == address }.map(\.address)
      those.sorted().reversed().forEach { unplugVirtual($0) }
    } else {
      plugVirtual(places(count, after: address), of: card)
    }
    var now = counts
    now.enabled = .value(count)
    cards[address]?.function.details?.virtualFunctions = .value(now)
    show([address], [])
    return nil
  }

  /// Routing ids are the physical one's, an offset and a stride further (drivers/pci/iov.c `pci_iov_virtfn_bus`); where
  /// those were not read the first is half a bus on.
  private func places(_ count: Int, after address: Address) -> [Address] {
    let registers = virtualFunctions(of: address)
    let (offset, stride) = (UInt64(registers?.offset ?? 0x80), UInt64(registers?.stride ?? 1))
    return (0..<count).map { number in
      // A routing id is 16 bits of bus and function.
      let id = (address.packed + offset + stride * UInt64(number)) & 0xffff
      return Address(
        domain: address.domain, bus: UInt8(id >> 8), device: UInt8(id >> 3 & 31), function: UInt8(id & 7))
    }
  }

  /// All of them at once: there may be tens of thousands, and nobody looks before the write is over. A host driver takes
  /// none in a group where somebody is with VFIO; beyond that there is nothing to ask the rules.
  private mutating func plugVirtual(_ places: [Address], of physical: Function) {
    let present = Set(world.devices.map(\.address))
    var identity = physical.identity.value ?? Identity(vendor: 0, device: 0, classCode: ClassCode(0))
    var matching: [DriverName] = []
    if let registers = virtualFunctions(of: physical.address) {
      identity.device = registers.device
      matching = drivers.drivers(for: identity, type: .express(0))
    }
    let probes = physical.details?.virtualFunctions.value?.probes == .value(true)
    let (known, taker) = (identity, probes ? matching.first : nil)
    let parts = places.filter { !present.contains($0) }.map { place in
      var port = PortFacts(address: place, parent: physical.parent, leadsToABus: false, type: .express(0))
      port.isMultifunction = false
      return Part(port, known, hostDrivers: matching)
    }
    for part in parts { ports[part.address] = part.port }
    let there = present.union(parts.map(\.address))
    let partition = Partition(ports.filter { there.contains($0.key) }.values)
    let groups = partition.groups(of: parts.map(\.address), in: world)
    var news = parts.map { part in
      Consequence.added(
        part.device(in: groups[part.address], requester: partition.requester(of: part.address)))
    }
    if let taker {
      let given = Set(world.devices.filter(\.isVFIO).compactMap(\.group))
      let free = parts.filter { part in groups[part.address].map { !given.contains($0) } ?? true }
      news += free.map { .bound($0.address, taker) }
    }
    for part in parts {
      var card = Card(part, group: groups[part.address])
      card.function.physicalFunction = physical.address
      cards[part.address] = card
    }
    let before = world
    world = world.after(Answer(outcome: .success(.nothing), ledger: world.ledger, consequences: news))
    follow(news, from: before)
  }

  private mutating func unplugVirtual(_ place: Address) {
    let group = world[place]?.group
    _ = happen(.unplug(place))
    guard world[place] == nil else { return }
    cards[place] = nil
    ports[place] = nil
    if let group, world.members(of: group).isEmpty { world.groups.removeAll { $0.id == group } }
  }
}
