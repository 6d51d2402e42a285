import Topology

/// VFIO groups and containers as in 5.12 (drivers/vfio/vfio.c): viability is a flag to look at, and a test in
/// GET_DEVICE_FD. SET_CONTAINER and SET_IOMMU succeed whatever the neighbours do, and pull their domain away.
struct Explicit2021: Uapi {
  let rules = RuleSet.explicit2021
  let knobs: Knobs

  func open(_ node: Openable, by user: User, in draft: inout Draft) throws(Denial) -> Ledger.File {
    guard case .group(let group) = node else { return try draft.openForLinux(node, by: user) }
    let world = draft.world
    if world[group]?.isNoIOMMU == true, !user.isPrivileged { throw Denial(.eperm, .notPrivileged, group: group) }
    // Also where only a device descriptor of an earlier opener keeps the container.
    if let open = world.ledger.groupFile(of: group) {
      let culprits = world.ledger.users(of: open.id).map { Culprit(nil, owner: $0) }
      throw Denial(.ebusy, .groupOpenedAlready, culprits, group: group)
    }
    return .group(Ledger.GroupFile(group: group))
  }

  func perform(_ ioctl: Ioctl, on file: FileID, by user: User, in draft: inout Draft) throws(Denial) -> Value {
    switch draft.world.ledger.files[file] {
    case .group(let group): return try perform(ioctl, group, file, by: user, in: &draft)
    case .container: return try draft.performOnContainer(ioctl, file, by: user)
    case .device(let device): return try draft.performOnGroupDevice(ioctl, device, by: user)
    case .virtualMachine: return try draft.performOnMachine(ioctl, file, by: user)
    default: throw Denial(.enotty, .unknownCall)
    }
  }

  private func perform(
    _ ioctl: Ioctl, _ group: Ledger.GroupFile, _ id: FileID, by user: User, in draft: inout Draft
  ) throws(Denial) -> Value {
    switch ioctl {
    case .groupGetStatus:
      var status: GroupStatus = hostDriverCount(group.group, in: draft.world) == 0 ? .viable : []
      if group.container != nil { status.insert(.containerSet) }
      return .status(status)
    case .groupSetContainer(let descriptor):
      try setContainer(descriptor, group, id, by: user, in: &draft)
      return .nothing
    case .groupUnsetContainer:
      guard group.container != nil else { throw Denial(.einval, .noContainer, group: group.group) }
      let open = draft.world.ledger.deviceFiles.map(\.file).filter { $0.group == id }
      guard open.isEmpty, !draft.world.ledger.machines.contains(where: { $0.machine.files.contains(id) }) else {
        throw Denial(.ebusy, .devicesStillOpen, open.map { Culprit($0.address) }, group: group.group)
      }
      draft.world.ledger.editGroup(id) { $0.container = nil }
      return .nothing
    case .groupGetDeviceFD(let address, let token):
      return try getDevice(address, token, group, id, by: user, in: &draft)
    default: throw Denial(.enotty, .unknownCall)
    }
  }

  private func setContainer(
    _ descriptor: Descriptor, _ group: Ledger.GroupFile, _ id: FileID, by user: User, in draft: inout Draft
  ) throws(Denial) {
    guard group.container == nil else { throw Denial(.einval, .containerSetAlready, group: group.group) }
    let target = try draft.file(descriptor, of: user)
    guard let container = draft.world.ledger.container(target) else { throw Denial(.einval, .wrongDescriptor) }
    try draft.checkMixing(group.group, in: target, by: user)
    if knobs.thread, let reason = hostDriverReason(group.group, in: draft.world, message: .seed) {
      throw Denial(.eperm, reason)
    }
    if container.type != nil { try draft.checkAttach(group.group, to: container.space) }
    draft.world.ledger.editGroup(id) { $0.container = target }
  }

  private func getDevice(
    _ address: Address, _ token: String?, _ group: Ledger.GroupFile, _ id: FileID, by user: User,
    in draft: inout Draft
  ) throws(Denial) -> Value {
    guard let container = group.container else { throw Denial(.einval, .noContainer, group: group.group) }
    guard draft.world.ledger.container(container)?.type != nil else {
      throw Denial(.einval, .noAddressSpace, group: group.group)
    }
    if let reason = hostDriverReason(group.group, in: draft.world, message: .w16) { throw Denial(.einval, reason) }
    guard let device = draft.world[address], device.group == group.group, device.isVFIO,
      draft.world.ledger.leaving[address] == nil
    else {
      let culprit = Culprit(address, driver: draft.world[address]?.driver)
      throw Denial(.enodev, .noSuchMember, [culprit], group: group.group)
    }
    try draft.checkToken(token, for: device)
    try draft.checkLock(device)
    try draft.checkDescriptors(of: user)
    let file = draft.world.ledger.files.add(.device(Ledger.DeviceFile(address, group: id)))
    return .descriptor(draft.world.ledger.give(file, to: user))
  }

  /// A container alone moves nothing; its backend does.
  func hold(of group: GroupID, in world: World) -> Hold {
    let hosts = hostDriverCount(group, in: world)
    guard let id = world.ledger.groupFile(of: group)?.file.container, world[group]?.isNoIOMMU != true else {
      return Hold(owner: nil, users: [], claims: 0, hostDrivers: hosts, domain: .host)
    }
    let isSet = world.ledger.container(id)?.type != nil
    return Hold(
      owner: id, users: world.ledger.users(of: id), claims: 1, hostDrivers: hosts,
      domain: isSet ? .space(id, 0) : .host)
  }

  /// BUG_ON(vfio_group_nb_verify(group, dev)).
  func admission(of device: Device, held: Hold, isArriving: Bool) -> Admission {
    guard held.isOwned else { return .yes }
    let culprits = [Culprit(device.address, driver: device.driver)] + ownerCulprits(held)
    return .panic(Reason(.isolationLost, culprits: culprits, group: device.group, message: .w15b))
  }
}
