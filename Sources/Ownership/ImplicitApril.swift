import Topology

/// The sketch of April 2021 (Gunthorpe, 21 and 22 April): the descriptor of `/dev/ioasid` is the unit of security.
/// JOIN finds the group inside the kernel and demands that it be viable; ATTACH demands that all of it joined, or
/// that somebody said IOASID_IMPLICIT_GROUP.
struct ImplicitApril: Uapi {
  let rules: RuleSet
  let knobs: Knobs

  init(knobs: Knobs, rules: RuleSet = .implicitApril) {
    self.rules = rules
    self.knobs = knobs
  }

  func open(_ node: Openable, by user: User, in draft: inout Draft) throws(Denial) -> Ledger.File {
    try draft.openForLinux(node, by: user)
  }

  func perform(_ ioctl: Ioctl, on file: FileID, by user: User, in draft: inout Draft) throws(Denial) -> Value {
    switch draft.world.ledger.files[file] {
    case .device(let device): return try perform(ioctl, device, file, by: user, in: &draft)
    case .context:
      if case .allDevicesViable = ioctl, knobs.allDevicesViable {
        return .number(draft.allDevicesViable(in: file) ? 1 : 0)
      }
      if case .setPageTables(let number) = ioctl {
        guard draft.space(number, in: file) != nil else { throw Denial(knobs.errnos.unknownObject, .unknownObject) }
        return .nothing
      }
      return try draft.performOnSpaces(ioctl, file, by: user)
    default: throw Denial(.enotty, .unknownCall)
    }
  }

  private func perform(
    _ ioctl: Ioctl, _ device: Ledger.DeviceFile, _ id: FileID, by user: User, in draft: inout Draft
  ) throws(Denial) -> Value {
    if case .join(let descriptor, let joining) = ioctl {
      try draft.joinGroupwise(id, to: descriptor, joining, by: user)
      return .nothing
    }
    guard device.context != nil else { throw Denial(beforeJoin(ioctl), .notJoined, [Culprit(device.address)]) }
    switch ioctl {
    case .getInfo: return .nothing
    case .attach(let number, userPASID: nil):
      try draft.attachGroupwise(id, to: number, by: user)
      return .nothing
    case .detach:
      guard device.space != nil else { throw Denial(knobs.errnos.notAttached, .notAttached) }
      draft.world.ledger.editDevice(id) { $0.space = nil }
      return .nothing
    case .unjoin:
      guard device.space == nil else { throw Denial(knobs.errnos.inUse, .stillAttached, [Culprit(device.address)]) }
      draft.world.ledger.editDevice(id) { ($0.context, $0.implicitGroup) = (nil, false) }
      return .nothing
    default: throw Denial(.enotty, .unknownCall)
    }
  }

  private func beforeJoin(_ ioctl: Ioctl) -> Errno {
    if case .attach = ioctl { knobs.errnos.notJoined } else { knobs.errnos.beforeJoin }
  }

  func keepsFrom(_ touch: Touch, _ file: Ledger.DeviceFile) -> Denial? {
    guard file.context == nil else { return nil }
    return Denial(knobs.errnos.beforeJoin, .notJoined, [Culprit(file.address)], message: .g17b)
  }

  func hold(of group: GroupID, in world: World) -> Hold { contextHold(of: group, in: world) }

  func admission(of device: Device, held: Hold, isArriving: Bool) -> Admission {
    knobs.hostBind.admission(of: device, owners: held.isOwned ? ownerCulprits(held) : nil)
  }

  /// "Danger Will Robinson these PCI BDFs [...] are also at risk" (Gunthorpe, 22 April).
  func tellsRisk(of group: GroupID, in world: World) -> Bool {
    world.ledger.deviceFiles.contains { $0.file.implicitGroup && world[$0.file.address]?.group == group }
  }
}

extension Knobs.HostBind {
  /// `owners` is nil while nobody owns the group.
  func admission(of device: Device, owners: [Culprit]?) -> Admission {
    guard let owners else { return .yes }
    let culprits = [Culprit(device.address, driver: device.driver)] + owners
    return switch self {
    case .panic: .panic(Reason(.isolationLost, culprits: culprits, group: device.group, message: .g17))
    case .deny: .no(Reason(.groupOwned, culprits: culprits, group: device.group, message: .g25))
    }
  }
}
