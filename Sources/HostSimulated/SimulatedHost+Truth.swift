import Ownership
import Topology

extension SimulatedHost {
  /// Where what is looked at and what the rules know contradict each other, in words; nothing, unless something is
  /// wrong with the simulator. A driver that could not be read when a machine was looked at is no contradiction.
  public var disagreements: [String] {
    var found: [String] = []
    if inventory.functions.map(\.address) != world.devices.map(\.address) { found.append("other functions") }
    for (function, device) in zip(inventory.functions, world.devices) where function.driver.ignorance == nil {
      if function.driver.value != device.driver {
        found.append("\(device.address): \(function.driver.value ?? "no driver"), \(device.driver ?? "no driver")")
      }
      if function.group.value != device.group { found.append("\(device.address): another group") }
    }
    for group in inventory.groups {
      let members = world.members(of: group.id).map(\.address)
      if group.members != members { found.append("group \(group.id): other members") }
      guard let node = group.details?.node.value else { continue }
      if node.owner != world[group.id]?.nodeOwner { found.append("group \(group.id): another owner of its node") }
      if !world.members(of: group.id).contains(where: \.isVFIO) { found.append("group \(group.id): a node too many") }
    }
    let populated = Set(world.devices.compactMap(\.group))
    if !populated.isSubset(of: inventory.groups.map(\.id)) { found.append("groups that nobody sees") }
    let holders = Set(inventory.groups.flatMap { $0.holders.value ?? [] }.map(\.process))
    let open = world.ledger.processes.filter { process in
      process.descriptors.entries.contains { entry in
        switch world.ledger.files[entry.element] {
        case .group(let file): world.members(of: file.group).isEmpty == false
        case .device(let file): world[file.address]?.group != nil
        default: false
        }
      }
    }
    if !holders.isSuperset(of: open.map(\.user.process)) { found.append("a holder that nobody sees") }
    return found
  }
}
