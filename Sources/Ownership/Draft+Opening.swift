import Topology

/// What GET_DEVICE_FD and BIND ask of a device beside its group.
extension Draft {
  /// drivers/vfio/pci/vfio_pci_core.c `vfio_pci_validate_vf_token`. Whoever has a physical function rules its virtual
  /// ones, so their users must know each other by a token. A function with virtual ones counts as a physical one.
  mutating func checkToken(_ token: String?, for device: Device) throws(Denial) {
    if let parent = device.physicalFunction {
      guard let physical = world[parent], physical.isVFIO else {
        guard token == nil else { throw Denial(.einval, .tokenSenseless, [Culprit(device.address)]) }
        return
      }
      try compare(token, with: physical, for: device)
    } else {
      let virtual = world.devices.filter { $0.physicalFunction == device.address }.map(\.address)
      guard !virtual.isEmpty else {
        guard token == nil else { throw Denial(.einval, .tokenSenseless, [Culprit(device.address)]) }
        return
      }
      if world.ledger.deviceFiles.contains(where: { virtual.contains($0.file.address) }) {
        try compare(token, with: device, for: device)
      } else if let token {
        consequences.append(.tokenSet(device.address, token))
        world.edit(device.address) { $0.token = token }
      }
    }
  }

  private func compare(_ token: String?, with physical: Device, for device: Device) throws(Denial) {
    guard let token else { throw Denial(.eacces, .tokenMissing, [Culprit(device.address)]) }
    guard token == physical.token else { throw Denial(.eacces, .tokenWrong, [Culprit(device.address)]) }
  }

  /// The first to open a device resets it, and does not wait for its lock (drivers/pci/pci.c
  /// `pci_try_reset_function`).
  func checkLock(_ device: Device, besides opening: FileID? = nil) throws(Denial) {
    let isOpen = world.ledger.deviceFiles.contains { id, file in
      id != opening && file.address == device.address && (file.group != nil || file.object != nil)
    }
    if device.isLocked, !isOpen { throw Denial(.eagain, .deviceLocked, [Culprit(device.address)]) }
  }

  /// An ioctl on what GET_DEVICE_FD gave; a device's own node knows none without iommufd.
  mutating func performOnGroupDevice(
    _ ioctl: Ioctl, _ device: Ledger.DeviceFile, by user: User
  ) throws(Denial) -> Value {
    guard device.group != nil else { throw Denial(.enotty, .unknownCall) }
    switch ioctl {
    case .getInfo: break
    case .hotReset(let groups): try resetByGroups(device, groups, by: user)
    default: throw Denial(.enotty, .unknownCall)
    }
    return .nothing
  }
}
