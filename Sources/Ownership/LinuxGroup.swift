import Topology

/// Group descriptors of Linux 6.12, with and without iommufd beside them.
extension Draft {
  mutating func openForLinux(_ node: Openable, by user: User) throws(Denial) -> Ledger.File {
    switch node {
    case .container: return .container(Ledger.Container())
    case .context: return .context(Ledger.Context())
    case .virtualMachine: return .virtualMachine(Ledger.VirtualMachine())
    case .device(let address):
      if world.ledger.leaving[address] != nil { throw Denial(.enodev, .deviceLeaving, [Culprit(address)]) }
      return .device(Ledger.DeviceFile(address))
    case .group(let group):
      if world[group]?.isNoIOMMU == true, !user.isPrivileged { throw Denial(.eperm, .notPrivileged, group: group) }
      if let open = world.ledger.groupFile(of: group) {
        let culprits = world.ledger.users(of: open.id).map { Culprit(nil, owner: $0) }
        throw Denial(.ebusy, .groupOpenedAlready, culprits, group: group)
      }
      let bound = world.ledger.deviceFiles.map(\.file).filter {
        $0.context != nil && $0.group == nil && world[$0.address]?.group == group
      }
      guard bound.isEmpty else {
        let culprits = bound.flatMap { file in
          world.ledger.owners(ofDevice: file.address).map { Culprit(file.address, owner: $0) }
        }
        throw Denial(.ebusy, .memberOpenedByNode, culprits, group: group)
      }
      return .group(Ledger.GroupFile(group: group))
    }
  }

  mutating func performOnGroup(
    _ ioctl: Ioctl, _ group: Ledger.GroupFile, _ id: FileID, by user: User
  ) throws(Denial) -> Value {
    switch ioctl {
    case .groupGetStatus:
      guard !group.isRevoked else { throw Denial(.enodev, .noGroup, group: group.group) }
      if group.container != nil { return .status([.viable, .containerSet]) }
      return .status(uapi.hold(of: group.group, in: world).ownerCount == 0 ? .viable : [])
    case .groupSetContainer(let descriptor):
      try setContainer(descriptor, group, id, by: user)
      return .nothing
    case .groupUnsetContainer:
      guard let container = group.container else { throw Denial(.einval, .noContainer, group: group.group) }
      let open = world.ledger.deviceFiles.map(\.file).filter { $0.group == id }
      // With iommufd in a container's place the kernel does not count devices here.
      if world.ledger.container(container) != nil, !open.isEmpty {
        throw Denial(.ebusy, .devicesStillOpen, open.map { Culprit($0.address) }, group: group.group)
      }
      world.ledger.editGroup(id) { $0.container = nil }
      return .nothing
    case .groupGetDeviceFD(let address, let token): return try getDevice(address, token, group, id, by: user)
    default: throw Denial(.enotty, .unknownCall)
    }
  }

  private mutating func setContainer(
    _ descriptor: Descriptor, _ group: Ledger.GroupFile, _ id: FileID, by user: User
  ) throws(Denial) {
    let target = try file(descriptor, of: user)
    guard group.container == nil else { throw Denial(.einval, .containerSetAlready, group: group.group) }
    guard !group.isRevoked else { throw Denial(.enodev, .noGroup, group: group.group) }
    switch world.ledger.files[target] {
    case .container(let container):
      try checkMixing(group.group, in: target, by: user)
      if world[group.group]?.isNoIOMMU != true { try claim(group.group) }
      if container.type != nil { try checkAttach(group.group, to: container.space) }
    case .context(let context):
      // Viability is found out at GET_DEVICE_FD only (drivers/vfio/group.c, its own comment).
      if context.compatibility == nil {
        let number = add(.space(AddressSpace()), to: target)
        world.ledger.editContext(target) { $0.compatibility = number }
      }
    default: throw Denial(.ebadfd, .wrongDescriptor)
    }
    world.ledger.editGroup(id) { $0.container = target }
  }

  func checkMixing(_ group: GroupID, in container: FileID, by user: User) throws(Denial) {
    let isNoIOMMU = world[group]?.isNoIOMMU ?? false
    guard !isNoIOMMU || user.isPrivileged else { throw Denial(.eperm, .notPrivileged, group: group) }
    guard world.ledger.groups(in: container).allSatisfy({ (world[$0]?.isNoIOMMU ?? false) == isNoIOMMU }) else {
      throw Denial(.eperm, .mixesNoIOMMU, group: group)
    }
  }

  /// drivers/iommu/iommu.c `iommu_group_claim_dma_owner`.
  private func claim(_ group: GroupID) throws(Denial) {
    if let reason = uapi.hostDriverReason(group, in: world, message: .seed) { throw Denial(.eperm, reason) }
    let hold = uapi.hold(of: group, in: world)
    guard !hold.isOwned else { throw Denial(.eperm, .otherOwner, uapi.ownerCulprits(hold), group: group) }
    try takeOwnership(of: group)
  }

  /// drivers/iommu/iommu.c `__iommu_take_dma_ownership`: the last two hurdles, for containers and contexts alike.
  func takeOwnership(of group: GroupID) throws(Denial) {
    if world[group]?.hasPASID == true { throw Denial(.ebusy, .domainBusy, group: group) }
    if let demanded = world.directRegion(in: group) {
      throw Denial(.einval, .directRegion, demanded.map { Culprit($0.address) }, group: group)
    }
  }

  private mutating func getDevice(
    _ address: Address, _ token: String?, _ group: Ledger.GroupFile, _ id: FileID, by user: User
  ) throws(Denial) -> Value {
    guard !group.isRevoked, let device = world[address], device.group == group.group, device.isVFIO,
      world.ledger.leaving[address] == nil
    else {
      throw Denial(.enodev, .noSuchMember, [Culprit(address, driver: world[address]?.driver)], group: group.group)
    }
    try checkToken(token, for: device)
    try checkDescriptors(of: user)
    guard let container = group.container else { throw Denial(.einval, .noContainer, group: group.group) }
    if let native = world.ledger.container(container), native.type == nil {
      throw Denial(.einval, .noAddressSpace, group: group.group)
    }
    if world[group.group]?.isNoIOMMU == true, !user.isPrivileged { throw Denial(.eperm, .notPrivileged) }
    let opened = world.ledger.deviceFiles.map(\.file).first { $0.address == address && $0.context != nil }
    let file = world.ledger.files.add(.device(opened ?? Ledger.DeviceFile(address, group: id)))
    if opened == nil, let context = world.ledger.context(container), let space = context.compatibility {
      _ = try joinForLinux(file, to: container)
      _ = try attachForLinux(file, to: space, by: user)
    } else {
      try checkLock(device, besides: file)
    }
    return .descriptor(world.ledger.give(file, to: user))
  }
}
