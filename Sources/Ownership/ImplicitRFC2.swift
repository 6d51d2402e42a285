import Topology

/// The RFC of 9 July 2021 and its code of September: the first BIND in a group tests viability and blocks all of its
/// DMA, siblings need not be bound, and nothing but closing unbinds. What Linux became, with other numbers.
struct ImplicitRFC2: Uapi {
  let rules = RuleSet.implicitRFC2
  let knobs: Knobs

  func open(_ node: Openable, by user: User, in draft: inout Draft) throws(Denial) -> Ledger.File {
    try draft.openForLinux(node, by: user)
  }

  func perform(_ ioctl: Ioctl, on file: FileID, by user: User, in draft: inout Draft) throws(Denial) -> Value {
    switch draft.world.ledger.files[file] {
    case .device(let device): return try perform(ioctl, device, file, by: user, in: &draft)
    case .context:
      if case .info(let number) = ioctl { return .number(try draft.ranges(of: number, in: file)) }
      return try draft.performOnSpaces(ioctl, file, by: user)
    default: throw Denial(.enotty, .unknownCall)
    }
  }

  private func perform(
    _ ioctl: Ioctl, _ device: Ledger.DeviceFile, _ id: FileID, by user: User, in draft: inout Draft
  ) throws(Denial) -> Value {
    if case .join(let descriptor, let joining) = ioctl {
      try join(id, device, to: descriptor, joining, by: user, in: &draft)
      return .nothing
    }
    guard device.context != nil else {
      throw Denial(knobs.errnos.beforeJoin, .notJoined, [Culprit(device.address)], message: .rfc2)
    }
    switch ioctl {
    case .getInfo: return .nothing
    case .attach(let number, userPASID: nil):
      try attach(id, device, to: number, by: user, in: &draft)
      return .nothing
    case .detach:
      guard device.space != nil else { throw Denial(knobs.errnos.notAttached, .notAttached) }
      draft.world.ledger.editDevice(id) { $0.space = nil }
      return .nothing
    default: throw Denial(.enotty, .unknownCall)
    }
  }

  private func join(
    _ id: FileID, _ device: Ledger.DeviceFile, to descriptor: Descriptor, _ joining: Joining, by user: User,
    in draft: inout Draft
  ) throws(Denial) {
    let world = draft.world
    let culprit = Culprit(device.address)
    let target = try draft.file(descriptor, of: user)
    guard world.ledger.context(target) != nil else {
      throw Denial(.einval, .wrongDescriptor, message: .r07)
    }
    let here = world.ledger.deviceFiles.map(\.file).filter { $0.context == target }
    guard device.context == nil, !here.contains(where: { $0.address == device.address }) else {
      throw Denial(.ebusy, .joinedAlready, [culprit], message: .r07)
    }
    if let cookie = joining.cookie, let holder = here.first(where: { $0.cookie == cookie }) {
      throw Denial(.ebusy, .cookieTaken, [Culprit(holder.address)], message: .r07)
    }
    guard let group = world[device.address]?.group else {
      throw Denial(.enodev, .noGroup, [culprit], message: .r06)
    }
    try draft.checkInterrupts(group)
    if let reason = hostDriverReason(group, in: world, message: .r06) { throw Denial(.einval, reason) }
    let hold = hold(of: group, in: world)
    if hold.isOwned, hold.owner != target {
      throw Denial(.ebusy, .otherOwner, ownerCulprits(hold), group: group, message: .r06)
    }
    if !hold.isOwned { try draft.takeOwnership(of: group) }
    draft.world.ledger.editDevice(id) { ($0.context, $0.cookie) = (target, joining.cookie) }
  }

  /// All attached members share one IOASID; unknown, duplicate and incompatible look alike.
  private func attach(
    _ id: FileID, _ device: Ledger.DeviceFile, to number: Int, by user: User, in draft: inout Draft
  ) throws(Denial) {
    guard let context = device.context, let group = draft.world[device.address]?.group,
      let space = draft.space(number, in: context)
    else { throw Denial(.einval, .unknownObject, message: .r14) }
    guard device.space == nil else {
      throw Denial(.einval, .attachedAlready, [Culprit(device.address)], message: .r14)
    }
    let elsewhere = draft.joinedFiles(in: group).filter { $0.space != nil && $0.space != number }
    guard elsewhere.isEmpty else {
      throw Denial(.einval, .siblingElsewhere, elsewhere.map { Culprit($0.address) }, group: group, message: .r14)
    }
    if let own = draft.world[device.address] { try draft.checkBehaviour(of: own, in: context) }
    try draft.checkRegions(group, against: space, .eaddrinuse)
    if draft.groups(attachedTo: number, in: context).isEmpty { try draft.checkMemory(space.size, for: user) }
    draft.world.ledger.editDevice(id) { $0.space = number }
  }

  func keepsFrom(_ touch: Touch, _ file: Ledger.DeviceFile) -> Denial? {
    guard file.context == nil else { return nil }
    let errno = touch == .mmap ? knobs.errnos.mmapBeforeJoin : knobs.errnos.beforeJoin
    return Denial(errno, .notJoined, [Culprit(file.address)], message: .ti28)
  }

  func hold(of group: GroupID, in world: World) -> Hold { contextHold(of: group, in: world) }

  func admission(of device: Device, held: Hold, isArriving: Bool) -> Admission {
    linuxAdmission(of: device, held: held)
  }
}
