import Topology

/// What follows by itself: files that nothing holds any more go, whoever waits for them goes on, domains change.
extension Draft {
  mutating func settle(from before: World) {
    collect()
    uapi.settle(&self)
    tell(from: before)
  }

  /// Every round frees what the round before let go of; a device file holds its group's file, that its container.
  private mutating func collect() {
    dropFiles()
    for address in world.ledger.leaving.keys.sorted() where !isOpen(address) {
      let how = world.ledger.leaving.removeValue(forKey: address)
      consequences.append(.released(address))
      if how == .unplug {
        remove(address)
      } else if let device = world[address] {
        takeDriver(from: device)
      }
    }
    goOnLeaving()
    dropFiles()
  }

  private mutating func dropFiles() {
    var files = world.ledger.files
    repeat {
      files = world.ledger.files
      dropUnheld()
      resetEmptyContainers()
      dropObjects()
    } while files != world.ledger.files
  }

  private mutating func dropUnheld() {
    var held = Set(world.ledger.processes.flatMap { $0.descriptors.entries.map(\.element) })
    for (_, device) in world.ledger.deviceFiles {
      // Only with a container does a device keep its group open (drivers/vfio/container.c `vfio_group_use_container`).
      let keepsGroup = uapi.rules != .iommufd || device.context == nil
      held.formUnion([keepsGroup ? device.group : nil, device.context].compactMap(\.self))
    }
    held.formUnion(world.ledger.groupFiles.compactMap(\.file.container))
    for (_, machine) in world.ledger.machines { held.formUnion(machine.files) }
    for entry in world.ledger.files.entries where !held.contains(entry.number) {
      world.ledger.files[entry.number] = nil
      // The number will be another file's.
      for (id, device) in world.ledger.deviceFiles where device.group == entry.number {
        world.ledger.editDevice(id) { $0.group = Ledger.closedGroup }
      }
    }
  }

  /// The last group to leave takes the backend and every mapping along (drivers/vfio/container.c).
  private mutating func resetEmptyContainers() {
    for entry in world.ledger.files.entries {
      guard case .container = entry.element, world.ledger.groups(in: entry.number).isEmpty else { continue }
      world.ledger.files[entry.number] = .container(Ledger.Container())
    }
  }

  /// Device numbers go with the last file of the device, automatic tables with their last device.
  private mutating func dropObjects() {
    for entry in world.ledger.files.entries {
      guard case .context(var context) = entry.element else { continue }
      let joined = world.ledger.deviceFiles.map(\.file).filter { $0.context == entry.number }
      let (devices, tables) = (Set(joined.compactMap(\.object)), Set(joined.compactMap(\.table)))
      for object in context.objects.entries {
        switch object.element {
        case .device where !devices.contains(object.number): context.objects[object.number] = nil
        case .table(_, isAutomatic: true) where !tables.contains(object.number): context.objects[object.number] = nil
        default: break
        }
      }
      world.ledger.files[entry.number] = .context(context)
    }
  }

  /// Which groups' domains are not what they were, who suffers, and who is within reach unnamed.
  private mutating func tell(from before: World) {
    for group in Self.touched(before).union(Self.touched(world)).sorted() {
      let (old, new) = (uapi.hold(of: group, in: before).domain, uapi.hold(of: group, in: world).domain)
      let members = world.members(of: group)
      let isGrown = consequences.contains { consequence in
        if case .added(let device) = consequence { device.group == group } else { false }
      }
      if old != new {
        consequences.append(.domain(group, from: old, to: new, members: members.map(\.address)))
        if old == .host {
          for device in uapi.hostDriven(group, in: world) {
            consequences.append(.pulledAway(device.address, device.driver ?? ""))
          }
        }
      }
      guard new.isUsers, old != new || isGrown else { continue }
      let unnamed = members.filter { $0.header == .normal && !isNamed($0) }.map(\.address)
      if !unnamed.isEmpty {
        consequences.append(.atRisk(unnamed, isTold: uapi.tellsRisk(of: group, in: world)))
      }
    }
  }

  /// With a container the group was named, and with it whatever was bound for users; else only what joined.
  private func isNamed(_ device: Device) -> Bool {
    if let group = device.group, world.ledger.groupFile(of: group)?.file.container != nil { return device.isVFIO }
    return world.ledger.deviceFiles.contains { $0.file.address == device.address && $0.file.context != nil }
  }

  private static func touched(_ world: World) -> Set<GroupID> {
    let devices = world.ledger.deviceFiles.compactMap { world[$0.file.address]?.group }
    return Set(devices).union(world.ledger.groupFiles.map(\.file.group))
  }
}
