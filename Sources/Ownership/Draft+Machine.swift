import Topology

/// Virtual machines: KVM is told which groups and devices are a machine's, and holds them until it ends.
extension Draft {
  mutating func performOnMachine(_ ioctl: Ioctl, _ id: FileID, by user: User) throws(Denial) -> Value {
    guard case .virtualMachine(var machine) = world.ledger.files[id] else { throw Denial(.enotty, .unknownCall) }
    switch ioctl {
    case .addFile(let descriptor):
      let file = try self.file(descriptor, of: user)
      try checkAddable(file)
      guard machine.files.insert(file).inserted else { throw Denial(.eexist, .fileAddedAlready) }
    case .removeFile(let descriptor):
      let file = try self.file(descriptor, of: user)
      guard machine.files.remove(file) != nil else { throw Denial(.enoent, .fileNotAdded) }
    default: throw Denial(.enotty, .unknownCall)
    }
    world.ledger.files[id] = .virtualMachine(machine)
    return .nothing
  }

  /// In 2021 KVM became a user of the group's container, which takes a backend and a viable group
  /// (drivers/vfio/vfio.c `vfio_group_add_container_user`); today any group's or device's file will do
  /// (virt/kvm/vfio.c `kvm_vfio_file_add`).
  private func checkAddable(_ file: FileID) throws(Denial) {
    switch world.ledger.files[file] {
    case .group(let group) where uapi.rules == .explicit2021:
      guard let container = group.container else { throw Denial(.einval, .noContainer, group: group.group) }
      if world[group.group]?.isNoIOMMU ?? false { throw Denial(.eperm, .mixesNoIOMMU, group: group.group) }
      guard world.ledger.container(container)?.type != nil else {
        throw Denial(.einval, .noAddressSpace, group: group.group)
      }
      if let reason = uapi.hostDriverReason(group.group, in: world, message: nil) { throw Denial(.einval, reason) }
    case .group: break
    case .device where uapi.rules != .explicit2021: break
    default: throw Denial(.einval, .wrongDescriptor)
    }
  }
}
