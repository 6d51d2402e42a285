import Topology

/// Containers, and mapping into any space: shared by all interfaces that have them.
extension Draft {
  /// An ioctl on a container's descriptor, under either year's rules.
  mutating func performOnContainer(_ ioctl: Ioctl, _ id: FileID, by user: User) throws(Denial) -> Value {
    guard let container = world.ledger.container(id) else { throw Denial(.enotty, .unknownCall) }
    switch ioctl {
    case .getAPIVersion: return .number(0)
    case .checkExtension(let number):
      // Type1, type1v2 and UNMAP_ALL; cache coherence (4) and the rest answer 0 on the machines looked at.
      return .number([1, 3, 9].contains(number) ? 1 : 0)
    case .setIOMMU(let type):
      try setIOMMU(type, on: id, by: user)
      return .nothing
    default: break
    }
    guard let type = container.type else { throw Denial(.einval, .noAddressSpace) }
    let limits = limits(of: world.ledger.groups(in: id))
    switch ioctl {
    case .getIOMMUInfo: return .nothing
    case .mapDMA(let mapping):
      var space = container.space
      guard mapping.iova != nil else { throw Denial(.einval, .badRange) }
      do throws(AddressSpace.Fault) { _ = try space.map(mapping, within: limits) } catch { throw Denial(error, false) }
      // Pages are counted when they are pinned, which comes last (vfio_iommu_type1.c `vfio_dma_do_map`).
      try checkMemory(mapping.size, for: user)
      world.ledger.editContainer(id) { $0.space = space }
      return .nothing
    case .unmapDMA(let span):
      var space = container.space
      let size: UInt64
      do throws(AddressSpace.Fault) {
        size = try space.unmap(span, type == .type1 ? .type1 : .type1v2)
      } catch { throw Denial(error, false) }
      world.ledger.editContainer(id) { $0.space = space }
      return .unmapped(size)
    default: throw Denial(.enotty, .unknownCall)
    }
  }

  private mutating func setIOMMU(_ type: IOMMUType, on id: FileID, by user: User) throws(Denial) {
    let groups = world.ledger.groups(in: id)
    guard !groups.isEmpty else { throw Denial(.einval, .emptyContainer) }
    guard world.ledger.container(id)?.type == nil else { throw Denial(.einval, .addressSpaceSetAlready) }
    let isNoIOMMU = groups.contains { world[$0]?.isNoIOMMU ?? false }
    guard isNoIOMMU ? type == .noIOMMU : type == .type1 || type == .type1v2 else {
      throw Denial(.enodev, .unsupportedType)
    }
    guard !isNoIOMMU || user.isPrivileged else { throw Denial(.eperm, .notPrivileged) }
    for group in groups where !isNoIOMMU { try checkAttach(group, to: AddressSpace()) }
    world.ledger.editContainer(id) { $0.type = type }
  }

  /// What a group must fulfil to have its DMA go into a container's space.
  func checkAttach(_ group: GroupID, to space: AddressSpace) throws(Denial) {
    try checkInterrupts(group)
    if uapi.rules == .explicit2021, let demanded = world.directRegion(in: group) {
      // intel-iommu of the day refused when the domain was attached, not when the container was set.
      throw Denial(.eperm, .directRegion, demanded.map { Culprit($0.address) }, group: group)
    }
    try checkRegions(group, against: space, .einval)
  }

  /// Interrupts that a device can forge reach into the host; root can allow it by a module parameter.
  func checkInterrupts(_ group: GroupID) throws(Denial) {
    let unsafe = world.members(of: group).filter { !$0.interruptsAreIsolated }
    guard unsafe.isEmpty || uapi.knobs.allowsUnsafeInterrupts else {
      throw Denial(.eperm, .interruptsNotIsolated, unsafe.map { Culprit($0.address) }, group: group)
    }
  }

  func checkRegions(_ group: GroupID, against space: AddressSpace, _ errno: Errno) throws(Denial) {
    for region in limits(of: [group]).reserved {
      if !space.overlapping(region).isEmpty { throw Denial(errno, .regionTaken, group: group) }
    }
  }

  /// Where groups forbid mappings. Relaxable regions count for the host alone.
  func limits(of groups: some Sequence<GroupID>) -> AddressSpace.Limits {
    let regions = groups.flatMap { world[$0]?.reserved ?? [] }
    return AddressSpace.Limits(
      reserved: regions.filter { $0.kind != .directRelaxable && $0.first <= $0.last }.map { $0.first...$0.last },
      aperture: world.aperture, entries: uapi.knobs.mappings)
  }

  func checkMemory(_ size: UInt64, for user: User) throws(Denial) {
    guard let limit = user.memoryLimit, !user.isPrivileged else { return }
    let (sum, wraps) = world.ledger.lockedBytes(of: user).addingReportingOverflow(size)
    guard !wraps, sum <= limit else {
      throw Denial(.enomem, .memoryLimit, [Culprit(nil, owner: user)])
    }
  }
}

extension Denial {
  /// What an address space refuses, as VFIO's containers (`isStrict` false) or iommufd's spaces answer it.
  init(_ fault: AddressSpace.Fault, _ isStrict: Bool) {
    switch fault {
    case .empty, .misaligned: self.init(.einval, .badRange)
    case .wraps: self.init(isStrict ? .eoverflow : .einval, .wraps)
    case .noAccess: self.init(.einval, .noAccess)
    case .outside: self.init(.einval, .outsideAperture)
    case .overlaps: self.init(.eexist, .overlap)
    case .full: self.init(.enospc, .tooMany)
    case .noRoom: self.init(.enospc, .noRoom)
    case .bisects: self.init(isStrict ? .enoent : .einval, .cutsMapping)
    case .nothingThere: self.init(.enoent, .nothingMapped)
    }
  }
}
