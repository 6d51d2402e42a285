import Topology

/// iommufd and device nodes of Linux 6.12: BIND claims the group for the descriptor, ATTACH moves all of it
/// (drivers/vfio/device_cdev.c, drivers/iommu/iommufd/). Groups and containers stand beside them.
struct Iommufd: Uapi {
  let rules = RuleSet.iommufd
  let knobs: Knobs

  /// Linux has its own numbers, whatever those of the proposals are set to.
  init(knobs: Knobs) {
    var knobs = knobs
    knobs.errnos = Knobs.Errnos()
    self.knobs = knobs
  }

  func open(_ node: Openable, by user: User, in draft: inout Draft) throws(Denial) -> Ledger.File {
    try draft.openForLinux(node, by: user)
  }

  func perform(_ ioctl: Ioctl, on file: FileID, by user: User, in draft: inout Draft) throws(Denial) -> Value {
    switch draft.world.ledger.files[file] {
    case .group(let group): return try draft.performOnGroup(ioctl, group, file, by: user)
    case .container: return try draft.performOnContainer(ioctl, file, by: user)
    case .device(let device): return try perform(ioctl, device, file, by: user, in: &draft)
    case .context(let context): return try perform(ioctl, context, file, by: user, in: &draft)
    case .virtualMachine: return try draft.performOnMachine(ioctl, file, by: user)
    default: throw Denial(.enotty, .unknownCall)
    }
  }

  private func perform(
    _ ioctl: Ioctl, _ device: Ledger.DeviceFile, _ id: FileID, by user: User, in draft: inout Draft
  ) throws(Denial) -> Value {
    // No vdpa or vhost driver of 6.12 knows iommufd.
    if draft.world[device.address]?.isVDPA ?? false { throw Denial(.enotty, .unknownCall) }
    if case .join(let descriptor, _) = ioctl {
      return try join(id, device, to: descriptor, by: user, in: &draft)
    }
    if device.group != nil { return try draft.performOnGroupDevice(ioctl, device, by: user) }
    guard device.context != nil else { throw Denial(.einval, .notJoined, [Culprit(device.address)]) }
    switch ioctl {
    case .getInfo: return .nothing
    case .hotReset(let groups):
      try draft.resetByContext(device, groups)
      return .nothing
    case .attach(let number, userPASID: nil): return .table(try draft.attachForLinux(id, to: number, by: user))
    case .detach:
      draft.world.ledger.editDevice(id) { ($0.space, $0.table) = (nil, nil) }
      return .nothing
    default: throw Denial(.enotty, .unknownCall)
    }
  }

  private func join(
    _ id: FileID, _ device: Ledger.DeviceFile, to descriptor: Descriptor, by user: User, in draft: inout Draft
  ) throws(Denial) -> Value {
    guard descriptor.number >= 0 else { throw Denial(.einval, .badDescriptor) }
    guard device.group == nil else { throw Denial(.einval, .wrongDescriptor) }
    if let group = draft.world[device.address]?.group, let open = draft.world.ledger.groupFile(of: group) {
      let culprits = draft.world.ledger.users(of: open.id).map { Culprit(nil, owner: $0) }
      throw Denial(.ebusy, .groupOpenedForNode, culprits, group: group)
    }
    guard device.context == nil else { throw Denial(.einval, .joinedAlready, [Culprit(device.address)]) }
    let target = try draft.file(descriptor, of: user)
    guard draft.world.ledger.context(target) != nil else { throw Denial(.ebadfd, .wrongDescriptor) }
    let isOpen = draft.world.ledger.deviceFiles.contains { $0.file.address == device.address && $0.file.context != nil }
    if isOpen {
      let culprits = draft.world.ledger.owners(ofDevice: device.address).map { Culprit(device.address, owner: $0) }
      throw Denial(.einval, .deviceOpenedElsewhere, culprits)
    }
    return .deviceID(try draft.joinForLinux(id, to: target))
  }

  private func perform(
    _ ioctl: Ioctl, _ context: Ledger.Context, _ id: FileID, by user: User, in draft: inout Draft
  ) throws(Denial) -> Value {
    switch ioctl {
    case .create: return .object(draft.add(.space(AddressSpace()), to: id))
    case .free(let number): return try draft.free(number, in: id)
    case .map(let number, let mapping): return try draft.map(mapping, into: number, of: id, by: user)
    case .unmap(let number, let span): return try draft.unmap(span, from: number, of: id)
    case .info(let number): return .number(try draft.ranges(of: number, in: id))
    case .copy(let from, let to, let span): return try draft.copy(span, from: from, to: to, in: id, by: user)
    case .allowIOVAs(let number, let spans): return try draft.allow(spans, in: number, of: id)
    case .allocateTable(let device, let over): return .object(try draft.allocateTable(device, over: over, in: id))
    case .compatibility(.get):
      guard let number = context.compatibility else { throw Denial(.enodev, .unknownObject) }
      return .object(number)
    case .compatibility(.set(let number)):
      guard draft.space(number, in: id) != nil else { throw Denial(.enoent, .unknownObject) }
      draft.world.ledger.editContext(id) { $0.compatibility = number }
      return .nothing
    case .compatibility(.clear):
      draft.world.ledger.editContext(id) { $0.compatibility = nil }
      return .nothing
    case .getAPIVersion, .checkExtension, .setIOMMU, .getIOMMUInfo, .mapDMA, .unmapDMA:
      return try draft.performAsContainer(ioctl, context, id, by: user)
    default: throw Denial(.enotty, .unknownCall)
    }
  }

  func keepsFrom(_ touch: Touch, _ file: Ledger.DeviceFile) -> Denial? {
    guard file.context == nil, file.group == nil else { return nil }
    return Denial(.einval, .notJoined, [Culprit(file.address)])
  }

  func hold(of group: GroupID, in world: World) -> Hold { linuxHold(of: group, in: world) }

  func admission(of device: Device, held: Hold, isArriving: Bool) -> Admission {
    linuxAdmission(of: device, held: held)
  }
}
