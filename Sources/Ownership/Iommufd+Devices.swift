import Topology

/// Devices in contexts, as drivers/iommu/iommufd/device.c has them: through their own node, or through a group whose
/// container is a context.
extension Draft {
  /// Binds the device of an open file to a context; returns `out_devid`.
  mutating func joinForLinux(_ id: FileID, to context: FileID) throws(Denial) -> Int {
    guard case .device(let file) = world.ledger.files[id], let device = world[file.address] else {
      throw Denial(.enodev, .noDevice)
    }
    guard device.isCoherent else { throw Denial(.einval, .notCoherent, [Culprit(device.address)]) }
    guard let group = device.group else { throw Denial(.enodev, .noGroup, [Culprit(device.address)]) }
    // This refusal prints nothing and looks like the next one.
    try checkInterrupts(group)
    if let reason = uapi.hostDriverReason(group, in: world, message: .g22b) { throw Denial(.eperm, reason) }
    let hold = uapi.hold(of: group, in: world)
    if hold.isOwned, hold.owner != context {
      throw Denial(.eperm, .otherOwner, uapi.ownerCulprits(hold), group: group, message: .g14)
    }
    if !hold.isOwned { try takeOwnership(of: group) }
    try checkLock(device, besides: id)
    let number = add(.device(device.address), to: context)
    world.ledger.editDevice(id) { ($0.context, $0.object) = (context, number) }
    return number
  }

  /// Attaches, or replaces for the whole group; returns the page table's number.
  mutating func attachForLinux(_ id: FileID, to number: Int, by user: User) throws(Denial) -> Int {
    guard case .device(let file) = world.ledger.files[id], let context = file.context,
      let group = world[file.address]?.group
    else { throw Denial(.einval, .notJoined) }
    let (table, over) = try table(for: number, in: context)
    let siblings = attached(in: group, to: context)
    if file.table == nil, let other = siblings.first(where: { $0.file.table != table }) {
      let culprits = siblings.map { Culprit($0.file.address) }
      throw Denial(
        .einval, .siblingElsewhere, culprits.isEmpty ? [Culprit(other.file.address)] : culprits, group: group,
        message: .r14)
    }
    guard let space = space(over, in: context) else { throw Denial(.enoent, .unknownObject) }
    try checkRegions(group, against: space, .eaddrinuse)
    try checkTable(over: space, group: group)
    if groups(attachedTo: over, in: context).isEmpty { try checkMemory(space.size, for: user) }
    let movers = file.table == nil ? [id] : siblings.map(\.id)
    for mover in movers { world.ledger.editDevice(mover) { ($0.space, $0.table) = (over, table) } }
    return table
  }

  /// What is mapped must be the hardware's: whole pages, within what it translates (io_pagetable.c
  /// `iopt_table_add_domain`).
  private func checkTable(over space: AddressSpace, group: GroupID?) throws(Denial) {
    let fits = space.spans.allSatisfy { span in
      (span.start | span.size) % AddressSpace.page == 0 && (span.last ?? .max) <= world.aperture
    }
    guard fits else { throw Denial(.eaddrinuse, .badRange, group: group) }
  }

  private func attached(in group: GroupID, to context: FileID) -> [(id: FileID, file: Ledger.DeviceFile)] {
    world.ledger.deviceFiles.filter {
      $0.file.context == context && $0.file.table != nil && world[$0.file.address]?.group == group
    }
  }

  /// The table that an ATTACH names, or the automatic one over the space that it names.
  private mutating func table(for number: Int, in context: FileID) throws(Denial) -> (table: Int, over: Int) {
    let objects = world.ledger.context(context)?.objects
    switch objects?[number] {
    case .table(let over, _): return (number, over)
    case .space:
      let automatic = objects?.entries.first { $0.element == .table(over: number, isAutomatic: true) }
      return (automatic?.number ?? add(.table(over: number, isAutomatic: true), to: context), number)
    case nil: throw Denial(.enoent, .unknownObject)
    case .device, .nested: throw Denial(.einval, .wrongObject)
    }
  }

  /// IOMMU_HWPT_ALLOC.
  mutating func allocateTable(_ device: Int, over number: Int, in context: FileID) throws(Denial) -> Int {
    guard case .device = world.ledger.context(context)?.objects[device] else { throw Denial(.enoent, .unknownObject) }
    // A table over a table is nested, for which there is data to be given (drivers/iommu/iommufd/hw_pagetable.c
    // `iommufd_hwpt_nested_alloc`).
    if case .table = world.ledger.context(context)?.objects[number] { throw Denial(.eopnotsupp, .wrongObject) }
    guard let space = space(number, in: context) else { throw Denial(.einval, .wrongObject) }
    try checkTable(over: space, group: nil)
    return add(.table(over: number, isAutomatic: false), to: context)
  }
}
