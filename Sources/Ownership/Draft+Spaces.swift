import Topology

/// Spaces inside a context: IOASIDs of the proposals, IOAS of Linux.
extension Draft {
  func space(_ number: Int, in context: FileID) -> AddressSpace? {
    if case .space(let space) = world.ledger.context(context)?.objects[number] { space } else { nil }
  }

  mutating func put(_ space: AddressSpace, at number: Int, in context: FileID) {
    world.ledger.editContext(context) { $0.objects[number] = .space(space) }
  }

  mutating func add(_ object: Ledger.Object, to context: FileID) -> Int {
    var number = 0
    world.ledger.editContext(context) { number = $0.objects.add(object) }
    return number
  }

  /// Groups with a device attached to a space.
  func groups(attachedTo number: Int, in context: FileID) -> Set<GroupID> {
    let files = world.ledger.deviceFiles.map(\.file).filter { $0.context == context && $0.space == number }
    return Set(files.compactMap { world[$0.address]?.group })
  }

  /// Maps. Memory counts against the limit only once a device is attached: before that nothing is pinned
  /// (drivers/iommu/iommufd/io_pagetable.c).
  mutating func map(_ mapping: Mapping, into number: Int, of context: FileID, by user: User) throws(Denial) -> Value {
    // iommufd looks at the flags before it looks for the IOAS (drivers/iommu/iommufd/ioas.c `iommufd_ioas_map`).
    if uapi.rules == .iommufd, !mapping.isReadable, !mapping.isWritable { throw Denial(.einval, .noAccess) }
    guard var space = space(number, in: context) else { throw Denial(uapi.knobs.errnos.unknownObject, .unknownObject) }
    let groups = groups(attachedTo: number, in: context)
    var limits =
      groups.isEmpty ? AddressSpace.Limits(entries: uapi.knobs.mappings) : limits(of: groups.sorted())
    limits.alignment = alignment(of: number, in: context)
    let start: UInt64
    do throws(AddressSpace.Fault) { start = try space.map(mapping, within: limits) } catch { throw Denial(error, true) }
    if !groups.isEmpty { try checkMemory(mapping.size, for: user) }
    put(space, at: number, in: context)
    return mapping.iova == nil ? .iova(start) : .nothing
  }

  /// An IOAS without a page table of hardware takes any address and size (drivers/iommu/iommufd/io_pagetable.c
  /// `iopt_init_table`).
  private func alignment(of number: Int, in context: FileID) -> UInt64 {
    guard uapi.rules == .iommufd else { return AddressSpace.page }
    let hasTable = (world.ledger.context(context)?.objects.entries ?? []).contains { entry in
      if case .table(let over, _) = entry.element { over == number } else { false }
    }
    return hasTable ? AddressSpace.page : 1
  }

  mutating func unmap(_ span: MemoryRange, from number: Int, of context: FileID) throws(Denial) -> Value {
    guard var space = space(number, in: context) else { throw Denial(uapi.knobs.errnos.unknownObject, .unknownObject) }
    let size: UInt64
    do throws(AddressSpace.Fault) {
      size = try space.unmap(span, .strict, alignment: uapi.rules == .iommufd ? 1 : AddressSpace.page)
    } catch { throw Denial(error, true) }
    put(space, at: number, in: context)
    return .unmapped(size)
  }

  /// Frees an object that no device is attached to and nothing stands on.
  mutating func free(_ number: Int, in context: FileID) throws(Denial) -> Value {
    let objects = world.ledger.context(context)?.objects
    guard let object = objects?[number] else { throw Denial(uapi.knobs.errnos.unknownObject, .unknownObject) }
    let attached = world.ledger.deviceFiles.map(\.file).filter {
      $0.context == context && ($0.space == number || $0.table == number)
    }
    let isBelow = (objects?.entries ?? []).contains { entry in
      switch entry.element {
      case .table(let over, _): over == number
      case .nested(let under, _): under == number
      case .device, .space: false
      }
    }
    var isDevice = false
    if case .device = object { isDevice = true }
    guard attached.isEmpty, !isBelow, !isDevice else {
      throw Denial(uapi.knobs.errnos.inUse, .objectInUse, attached.map { Culprit($0.address) })
    }
    world.ledger.editContext(context) {
      $0.objects[number] = nil
      if $0.compatibility == number { $0.compatibility = nil }
    }
    return .nothing
  }
}
