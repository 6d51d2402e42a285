import Topology

/// What administrators and slots do: the same under every interface, but for the admission of host drivers.
extension Draft {
  mutating func bind(_ address: Address, _ driver: DriverName) throws(Denial) -> Outcome {
    guard let device = world[address] else { throw Denial(.enodev, .noDevice, [Culprit(address)]) }
    if world.ledger.leaving[address] != nil { return wait(for: address) }
    if let bound = device.driver { throw Denial(.ebusy, .driverBoundAlready, [Culprit(address, driver: bound)]) }
    if RuleSet.vfioDrivers.contains(driver) {
      // vfio-pci's probe takes normal headers only (drivers/vfio/pci/vfio_pci_core.c).
      guard device.header == .normal else { throw Denial(.einval, .bridgeHasNoUser, [Culprit(address)]) }
    } else if driver != "pci-stub" && !device.hostDrivers.contains(driver) {
      throw Denial(.enodev, .driverDoesNotMatch, [Culprit(address, driver: driver)])
    }
    return try admit(driver, to: device)
  }

  /// Lets a driver that matches bind, or finds out why not.
  private mutating func admit(
    _ driver: DriverName, to device: Device, isArriving: Bool = false
  ) throws(Denial) -> Outcome {
    switch admission(of: driver, to: device, isArriving) {
    case .yes: put(driver, on: device.address)
    case .no(let reason): throw Denial(.ebusy, reason)
    case .panic(let reason):
      put(driver, on: device.address)
      consequences.append(.panic(device.address, driver))
      world.ledger.isStopped = true
      self.reason = reason
      return .panic
    case .snarf: consequences.append(.snarfed(device.address, driver))
    }
    return .success(.nothing)
  }

  private func admission(of driver: DriverName, to device: Device, _ isArriving: Bool) -> Admission {
    var bound = device
    bound.driver = driver
    guard uapi.rules.isHostDriven(bound), let group = device.group else { return .yes }
    return uapi.admission(of: bound, held: uapi.hold(of: group, in: world), isArriving: isArriving)
  }

  mutating func put(_ driver: DriverName, on address: Address) {
    world.bind(address, to: driver)
    consequences.append(.bound(address, driver))
  }

  mutating func takeDriver(from device: Device) {
    guard let driver = device.driver else { return }
    world.bind(device.address, to: nil)
    let isHost = !device.hasNode && driver != "pci-stub"
    if device.isVFIO, isLast(device), let group = device.group, let open = world.ledger.groupFile(of: group) {
      // The group's node goes with its last device, and whoever has it open is left with an empty shell
      // (drivers/vfio/group.c `vfio_device_remove_group`).
      world.ledger.editGroup(open.id) { ($0.container, $0.isRevoked) = (nil, true) }
    }
    consequences.append(.unbound(device.address, driver, lost: isHost ? device.carries : []))
  }

  /// `drivers_probe` folds every refusal into EINVAL (drivers/base/bus.c `drivers_probe_store`).
  mutating func probe(_ address: Address) throws(Denial) -> Outcome {
    guard let device = world[address] else { throw Denial(.enodev, .noDevice, [Culprit(address)]) }
    if world.ledger.leaving[address] != nil { return wait(for: address) }
    guard device.driver == nil, let driver = device.hostDrivers.first else { return .success(.nothing) }
    do throws(Denial) {
      return try admit(driver, to: device)
    } catch {
      throw Denial(.einval, error.reason)
    }
  }

  mutating func hotAdd(_ device: Device) throws(Denial) -> Outcome {
    guard world[device.address] == nil else { throw Denial(.eexist, .deviceThere, [Culprit(device.address)]) }
    world.add(device)
    guard let added = world[device.address] else { return .success(.nothing) }
    consequences.append(.added(added))
    if let group = added.group, uapi.rules == .explicit2021, uapi.hold(of: group, in: world).isOwned {
      consequences.append(.addedToLiveGroup(added.address, group))
    }
    guard let driver = added.hostDrivers.first else { return .success(.nothing) }
    do throws(Denial) {
      return try admit(driver, to: added, isArriving: true)
    } catch {
      // The device stays, driverless; the core prints "device attach failed (-16)".
      consequences.append(.probeRefused(added.address, driver, error.errno))
      return .success(.nothing)
    }
  }

  mutating func unbind(_ address: Address) throws(Denial) -> Outcome {
    guard let device = world[address] else { throw Denial(.enodev, .noDevice, [Culprit(address)]) }
    guard device.driver != nil else { throw Denial(.enodev, .noDriverBound, [Culprit(address)]) }
    if isOpen(address) { return leave(address, .unbind) }
    takeDriver(from: device)
    return .success(.nothing)
  }

  /// Whether a driver must wait before it lets a device go: it is open; or, in 2021, it is the last of its group
  /// and the group is in a container (drivers/vfio/vfio.c `vfio_del_group_dev`).
  func isOpen(_ address: Address) -> Bool {
    if world.ledger.deviceFiles.contains(where: { $0.file.address == address }) { return true }
    guard uapi.rules == .explicit2021, let device = world[address], device.isVFIO, isLast(device) else { return false }
    return device.group.flatMap { world.ledger.groupFile(of: $0) }?.file.container != nil
  }

  private func isLast(_ device: Device) -> Bool {
    guard let group = device.group else { return false }
    return !world.members(of: group).contains { $0.isVFIO && $0.address != device.address }
  }

  /// The writer waits, and the holder is asked to let go (drivers/vfio/vfio_main.c `vfio_unregister_group_dev`).
  mutating func leave(_ address: Address, _ how: Ledger.Leaving) -> Outcome {
    ask(address, how)
    return wait(for: address)
  }

  mutating func ask(_ address: Address, _ how: Ledger.Leaving) {
    if world.ledger.leaving[address] != .unplug { world.ledger.leaving[address] = how }
    consequences.append(.asked(address, users(keeping: address).first))
  }

  private func users(keeping address: Address) -> [User] {
    let users = world.ledger.users(ofDevice: address)
    guard users.isEmpty, let group = world[address]?.group, let open = world.ledger.groupFile(of: group) else {
      return users
    }
    return world.ledger.users(of: open.id)
  }

  private mutating func wait(for address: Address) -> Outcome {
    let users = users(keeping: address)
    reason = Reason(.inUse, culprits: users.map { Culprit(address, owner: $0) }, group: world[address]?.group)
    return .blocks
  }
}
