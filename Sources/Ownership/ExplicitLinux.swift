import Topology

/// VFIO groups and containers of Linux 6.12 without iommufd: SET_CONTAINER claims the group, and fails for as long as
/// it is not wholly free (drivers/vfio/group.c, container.c).
struct ExplicitLinux: Uapi {
  let rules = RuleSet.explicitLinux
  let knobs: Knobs

  func open(_ node: Openable, by user: User, in draft: inout Draft) throws(Denial) -> Ledger.File {
    try draft.openForLinux(node, by: user)
  }

  func perform(_ ioctl: Ioctl, on file: FileID, by user: User, in draft: inout Draft) throws(Denial) -> Value {
    switch draft.world.ledger.files[file] {
    case .group(let group): return try draft.performOnGroup(ioctl, group, file, by: user)
    case .container: return try draft.performOnContainer(ioctl, file, by: user)
    case .device(let device): return try draft.performOnGroupDevice(ioctl, device, by: user)
    case .virtualMachine: return try draft.performOnMachine(ioctl, file, by: user)
    default: throw Denial(.enotty, .unknownCall)
    }
  }

  func hold(of group: GroupID, in world: World) -> Hold { linuxHold(of: group, in: world) }

  func admission(of device: Device, held: Hold, isArriving: Bool) -> Admission {
    linuxAdmission(of: device, held: held)
  }
}

extension Uapi {
  /// A native container claims the group as a whole; contexts claim device by device.
  func linuxHold(of group: GroupID, in world: World) -> Hold {
    guard let id = world.ledger.groupFile(of: group)?.file.container, let container = world.ledger.container(id),
      world[group]?.isNoIOMMU != true
    else { return contextHold(of: group, in: world) }
    return Hold(
      owner: id, users: world.ledger.users(of: id), claims: 1, hostDrivers: hostDriverCount(group, in: world),
      domain: container.type == nil ? .blocked : .space(id, 0))
  }

  /// drivers/iommu/iommu.c `iommu_device_use_default_domain`.
  func linuxAdmission(of device: Device, held: Hold) -> Admission {
    guard held.isOwned else { return .yes }
    let culprits = [Culprit(device.address, driver: device.driver)] + ownerCulprits(held)
    return .no(Reason(.groupOwned, culprits: culprits, group: device.group, message: .g25))
  }
}
