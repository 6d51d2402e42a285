import Topology

/// VFIO_DEVICE_PCI_HOT_RESET: a bus is reset as a whole, whatever groups its devices are in
/// (drivers/vfio/pci/vfio_pci_core.c `vfio_pci_ioctl_pci_hot_reset`).
extension Draft {
  /// Whoever opened a device through its group shows the descriptor of every group on the bus.
  mutating func resetByGroups(
    _ device: Ledger.DeviceFile, _ groups: [Descriptor], by user: User
  ) throws(Denial) {
    guard !groups.isEmpty else { throw Denial(.einval, .resetWithoutProof) }
    let affected = try affected(by: device)
    guard groups.count <= affected.count else { throw Denial(.einval, .resetWithoutProof) }
    var shown: Set<GroupID> = []
    for descriptor in groups {
      guard case .group(let file) = world.ledger.files[try file(descriptor, of: user)] else {
        throw Denial(.einval, .wrongDescriptor)
      }
      shown.insert(file.group)
    }
    try reset(affected) { device in device.group.map(shown.contains) ?? false }
  }

  /// Whoever opened its own node shows nothing: every group on the bus must be the context's.
  mutating func resetByContext(_ device: Ledger.DeviceFile, _ groups: [Descriptor]) throws(Denial) {
    guard groups.isEmpty else { throw Denial(.einval, .resetWithoutProof) }
    let affected = try affected(by: device)
    let owned = Set(affected.compactMap(\.group)).filter { uapi.hold(of: $0, in: world).owner == device.context }
    try reset(affected) { device in device.group.map(owned.contains) ?? false }
  }

  private mutating func reset(_ affected: [Device], isOwned: (Device) -> Bool) throws(Denial) {
    // VFIO resets a virtual function alone, so that a bus which has one is never wholly of one set.
    let virtual = affected.filter { $0.physicalFunction != nil }
    guard virtual.isEmpty else { throw Denial(.einval, .notResettable, virtual.map { Culprit($0.address) }) }
    let undriven = affected.filter { !$0.isVFIO }
    guard undriven.isEmpty else {
      throw Denial(.einval, .resetNotDriven, undriven.map { Culprit($0.address, driver: $0.driver) })
    }
    let foreign = affected.filter { !isOwned($0) }
    guard foreign.isEmpty else {
      let culprits = foreign.map { Culprit($0.address, owner: world.ledger.owners(ofDevice: $0.address).first) }
      throw Denial(.einval, .resetNotOwned, culprits)
    }
    let locked = affected.filter(\.isLocked)
    guard locked.isEmpty else { throw Denial(.eagain, .deviceLocked, locked.map { Culprit($0.address) }) }
    consequences.append(.reset(affected.map(\.address)))
  }

  /// Every device on the bus and on those below it. Root buses have no reset of that kind.
  private func affected(by file: Ledger.DeviceFile) throws(Denial) -> [Device] {
    guard let device = world[file.address], let bridge = device.bridge else {
      throw Denial(.enodev, .notResettable, [Culprit(file.address)])
    }
    var below: Set<Address> = [bridge]
    var count = 0
    while count < below.count {
      count = below.count
      for device in world.devices where device.bridge.map(below.contains) ?? false { below.insert(device.address) }
    }
    return world.devices.filter { $0.address != bridge && below.contains($0.address) }
  }
}
