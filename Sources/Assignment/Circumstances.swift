import Ownership
public import Topology

/// What can be seen of a machine when its kernel refuses a call, and tells apart what the error number does not.
public struct Circumstances: Hashable, Sendable {
  /// Processes with a node of VFIO's open, by group; without an entry, nobody is known to.
  public var holders: [GroupID: [Holder]]
  /// Whether interrupts are kept apart; nil where it cannot be told.
  public var interruptsAreIsolated: Bool?
  /// `allow_unsafe_interrupts` of the module that asks.
  public var allowsUnsafeInterrupts: Bool

  /// Nothing is known.
  public init(
    holders: [GroupID: [Holder]] = [:], interruptsAreIsolated: Bool? = nil, allowsUnsafeInterrupts: Bool = false
  ) {
    self.holders = holders
    self.interruptsAreIsolated = interruptsAreIsolated
    self.allowsUnsafeInterrupts = allowsUnsafeInterrupts
  }

  /// Why the kernel refused what the rules would have granted, or refused otherwise; nil where nothing shows.
  func reason(for answer: Answer, to call: Call, in world: World) -> Reason? {
    guard let errno = answer.errno else { return nil }
    switch call {
    case .open(let node): return reason(errno, opening: node, in: world)
    case .ioctl(let descriptor, let ioctl, _): return reason(errno, ioctl, on: descriptor, in: world)
    case .close, .touch: return nil
    }
  }

  private func reason(_ errno: Errno, opening node: Openable, in world: World) -> Reason? {
    let group = node.group(in: world)
    switch errno {
    case .enoent: return Reason(.noNode, culprits: node.members(in: world), group: group)
    case .eacces: return Reason(.nodePermission, culprits: node.members(in: world), group: group)
    case .eperm: return Reason(.notPrivileged, group: group)
    case .enodev: return Reason(.deviceLeaving, culprits: node.members(in: world), group: group)
    case .ebusy:
      let owners = group.map { holders(of: $0) } ?? []
      let isByNode = group.map { isOpenByDevice($0) } ?? false
      return Reason(isByNode ? .memberOpenedByNode : .groupOpenedAlready, culprits: owners, group: group)
    default: return nil
    }
  }

  private func reason(_ errno: Errno, _ ioctl: Ioctl, on descriptor: Descriptor, in world: World) -> Reason? {
    let group = world.group(of: descriptor)
    switch (errno, ioctl) {
    // Interrupts are looked at when a space is chosen; a container is set for DMA ownership alone.
    case (.eperm, .setIOMMU): return Reason(.interruptsNotIsolated, culprits: members(of: group, world), group: group)
    case (.eperm, .groupSetContainer): return ownership(of: group, in: world) ?? Reason(.otherOwner, group: group)
    case (.eperm, .join), (.eperm, .groupGetDeviceFD):
      // drivers/iommu/iommufd/device.c asks for isolated interrupts first.
      if interruptsAreIsolated == false, !allowsUnsafeInterrupts {
        return Reason(.interruptsNotIsolated, culprits: members(of: group, world), group: group)
      }
      if let reason = ownership(of: group, in: world) { return reason }
      return interruptsAreIsolated == true || allowsUnsafeInterrupts ? Reason(.otherOwner, group: group) : nil
    case (.ebusy, .join):
      return Reason(.groupOpenedForNode, culprits: group.map { holders(of: $0) } ?? [], group: group)
    case (.enomem, .mapDMA), (.enomem, .map), (.enomem, .attach): return Reason(.memoryLimit, group: group)
    default: return nil
    }
  }

  /// A host driver in the group, or somebody who holds it.
  private func ownership(of group: GroupID?, in world: World) -> Reason? {
    guard let group else { return nil }
    let drivers = world.members(of: group).compactMap { device -> Culprit? in
      guard case .host(let driver) = RuleSet.explicitLinux.standing(of: device) else { return nil }
      return Culprit(device.address, driver: driver)
    }
    if !drivers.isEmpty { return Reason(.hostDriver, culprits: drivers, group: group) }
    let owners = holders(of: group)
    return owners.isEmpty ? nil : Reason(.otherOwner, culprits: owners, group: group)
  }

  private func holders(of group: GroupID) -> [Culprit] {
    (holders[group] ?? []).map { holder in
      Culprit(nil, owner: User(process: holder.process, name: holder.command, uid: 0))
    }
  }

  private func isOpenByDevice(_ group: GroupID) -> Bool {
    let open = holders[group] ?? []
    return !open.isEmpty && open.allSatisfy { $0.node.hasPrefix("/dev/vfio/devices/") }
  }

  private func members(of group: GroupID?, _ world: World) -> [Culprit] {
    group.map { world.members(of: $0).filter(\.isVFIO).map { Culprit($0.address) } } ?? []
  }
}

extension Circumstances {
  /// What an inventory shows.
  public init(_ inventory: Inventory, interruptsAreIsolated: Bool?, allowsUnsafeInterrupts: Bool) {
    var holders: [GroupID: [Holder]] = [:]
    for group in inventory.groups {
      if let found = group.holders.value, !found.isEmpty { holders[group.id] = found }
    }
    self.init(
      holders: holders, interruptsAreIsolated: interruptsAreIsolated, allowsUnsafeInterrupts: allowsUnsafeInterrupts)
  }
}

extension Openable {
  /// The group concerned.
  fileprivate func group(in world: World) -> GroupID? {
    switch self {
    case .group(let group): group
    case .device(let address): world[address]?.group
    case .container, .context, .virtualMachine: nil
    }
  }

  /// Whose node it is.
  fileprivate func members(in world: World) -> [Culprit] {
    switch self {
    case .device(let address): [Culprit(address, driver: world[address]?.driver)]
    case .group(let group): world.members(of: group).filter(\.isVFIO).map { Culprit($0.address, driver: $0.driver) }
    case .container, .context, .virtualMachine: []
    }
  }
}

extension World {
  /// The group behind whichever process' descriptor; a container's is the first group in it.
  fileprivate func group(of descriptor: Descriptor) -> GroupID? {
    for process in ledger.processes {
      guard let id = ledger.file(descriptor, of: process.user) else { continue }
      switch ledger.files[id] {
      case .group(let file): return file.group
      case .device(let file): return self[file.address]?.group
      case .container: return ledger.groups(in: id).first
      case .context, .virtualMachine, nil: continue
      }
    }
    return nil
  }
}
