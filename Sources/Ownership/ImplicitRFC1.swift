import Topology

/// The RFC of 27 May 2021: nothing is asked of the group at BIND or ATTACH; instead every command to an IOASID is
/// refused until all members are attached to it. Until then the group's domain stays the host's.
struct ImplicitRFC1: Uapi {
  let rules = RuleSet.implicitRFC1
  let knobs: Knobs

  func open(_ node: Openable, by user: User, in draft: inout Draft) throws(Denial) -> Ledger.File {
    try draft.openForLinux(node, by: user)
  }

  func perform(_ ioctl: Ioctl, on file: FileID, by user: User, in draft: inout Draft) throws(Denial) -> Value {
    switch draft.world.ledger.files[file] {
    case .device(let device): return try perform(ioctl, device, file, by: user, in: &draft)
    case .context: return try draft.performForMay(ioctl, file, by: user)
    case .virtualMachine(var machine):
      switch ioctl {
      case .mapPASID(let guest, let host):
        guard machine.pasids[guest] == nil else { throw Denial(.eexist, .overlap) }
        machine.pasids[guest] = host
      case .unmapPASID(let guest):
        guard machine.pasids.removeValue(forKey: guest) != nil else { throw Denial(.enoent, .unknownObject) }
      default: throw Denial(.enotty, .unknownCall)
      }
      draft.world.ledger.files[file] = .virtualMachine(machine)
      return .nothing
    default: throw Denial(.enotty, .unknownCall)
    }
  }

  private func perform(
    _ ioctl: Ioctl, _ device: Ledger.DeviceFile, _ id: FileID, by user: User, in draft: inout Draft
  ) throws(Denial) -> Value {
    let (errnos, culprit) = (knobs.errnos, Culprit(device.address))
    if case .join(let descriptor, _) = ioctl {
      let target = try draft.file(descriptor, of: user)
      guard draft.world.ledger.context(target) != nil else { throw Denial(errnos.wrongDescriptor, .wrongDescriptor) }
      guard device.context == nil else { throw Denial(errnos.joinedAlready, .joinedAlready, [culprit]) }
      guard draft.world[device.address]?.group != nil else { throw Denial(.enodev, .noGroup, [culprit]) }
      let isTaken = draft.world.ledger.deviceFiles.contains {
        $0.file.address == device.address && $0.file.context != nil
      }
      guard !isTaken else {
        let owners = draft.world.ledger.owners(ofDevice: device.address).map { Culprit(device.address, owner: $0) }
        throw Denial(
          errnos.joinedElsewhere, .otherOwner, owners, group: draft.world[device.address]?.group, message: .rfc1)
      }
      draft.world.ledger.editDevice(id) { $0.context = target }
      return .nothing
    }
    guard let context = device.context else { throw Denial(errnos.beforeJoin, .notJoined, [culprit], message: .rfc1) }
    switch ioctl {
    case .getInfo: return .nothing
    case .attach(let number, _):
      switch draft.world.ledger.context(context)?.objects[number] {
      case .space, .nested: break
      default: throw Denial(errnos.unknownObject, .unknownObject)
      }
      guard device.space == nil else { throw Denial(errnos.attachedAlready, .attachedAlready, [culprit]) }
      if let group = draft.world[device.address]?.group {
        try draft.checkInterrupts(group)
        try draft.takeOwnership(of: group)
      }
      draft.world.ledger.editDevice(id) { $0.space = number }
    case .detach:
      guard device.space != nil else { throw Denial(errnos.notAttached, .notAttached) }
      draft.world.ledger.editDevice(id) { $0.space = nil }
    case .unjoin:
      guard device.space == nil else { throw Denial(errnos.inUse, .stillAttached, [culprit]) }
      draft.world.ledger.editDevice(id) { $0.context = nil }
    default: throw Denial(.enotty, .unknownCall)
    }
    return .nothing
  }

  func keepsFrom(_ touch: Touch, _ file: Ledger.DeviceFile) -> Denial? {
    guard file.context == nil else { return nil }
    return Denial(knobs.errnos.beforeJoin, .notJoined, [Culprit(file.address)], message: .rfc1)
  }

  func hold(of group: GroupID, in world: World) -> Hold {
    var hold = contextHold(of: group, in: world)
    if case .space(let context, let number) = hold.domain,
      Self.missing(from: number, of: context, group: group, in: world).isEmpty
    {
      return hold
    }
    hold.domain = .host
    return hold
  }

  func admission(of device: Device, held: Hold, isArriving: Bool) -> Admission {
    knobs.hostBind.admission(of: device, owners: held.domain.isUsers ? ownerCulprits(held) : nil)
  }

  /// Members that are not attached to a space: the thread's `partial_devices` wait for them.
  static func missing(from number: Int, of context: FileID, group: GroupID, in world: World) -> [Device] {
    let attached = world.ledger.deviceFiles.map(\.file).filter { $0.context == context && $0.space == number }
    return world.members(of: group).filter { member in
      member.header == .normal && !attached.contains { $0.address == member.address }
    }
  }
}
