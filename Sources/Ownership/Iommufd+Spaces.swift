import Topology

/// What iommufd alone does with spaces, and how it stands in for a container (drivers/iommu/iommufd/ioas.c,
/// vfio_compat.c).
extension Draft {
  /// How many usable ranges an IOAS has.
  func ranges(of number: Int, in context: FileID) throws(Denial) -> Int {
    guard space(number, in: context) != nil else { throw Denial(.enoent, .unknownObject) }
    let groups = groups(attachedTo: number, in: context)
    guard !groups.isEmpty else { return 1 }
    let reserved = limits(of: groups.sorted()).reserved.filter { $0.lowerBound <= world.aperture }
    var (count, next) = (0, UInt64(0))
    for region in reserved.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if region.lowerBound > next { count += 1 }
      next = max(next, region.upperBound == .max ? .max : region.upperBound + 1)
    }
    return next <= world.aperture ? count + 1 : count
  }

  /// What is mapped in `span` of one IOAS, at the same place in another.
  mutating func copy(
    _ span: MemoryRange, from: Int, to: Int, in context: FileID, by user: User
  ) throws(Denial) -> Value {
    guard let source = space(from, in: context) else { throw Denial(.enoent, .unknownObject) }
    guard source.overlapping(span).contains(where: { contains($0, span) }) else {
      throw Denial(.enoent, .nothingMapped)
    }
    return try map(Mapping(iova: span.start, size: span.size), into: to, of: context, by: user)
  }

  private func contains(_ whole: MemoryRange, _ part: MemoryRange) -> Bool {
    guard let end = whole.last, let last = part.last else { return false }
    return whole.start <= part.start && last <= end
  }

  mutating func allow(_ spans: [MemoryRange], in number: Int, of context: FileID) throws(Denial) -> Value {
    guard var space = space(number, in: context) else { throw Denial(.enoent, .unknownObject) }
    guard spans.allSatisfy({ $0.last != nil }) else { throw Denial(.einval, .badRange) }
    for group in groups(attachedTo: number, in: context).sorted() {
      for region in limits(of: [group]).reserved
      where spans.contains(where: { $0.start <= region.upperBound && region.lowerBound <= ($0.last ?? 0) }) {
        throw Denial(.eaddrinuse, .regionTaken, group: group)
      }
    }
    space.allowed = spans
    put(space, at: number, in: context)
    return .nothing
  }

  /// A container's calls on a context.
  mutating func performAsContainer(
    _ ioctl: Ioctl, _ context: Ledger.Context, _ id: FileID, by user: User
  ) throws(Denial) -> Value {
    switch ioctl {
    case .getAPIVersion: return .number(0)
    case .checkExtension(let number): return .number([1, 3, 9].contains(number) ? 1 : 0)
    case .setIOMMU(let type) where type != .type1 && type != .type1v2: throw Denial(.einval, .unsupportedType)
    default: break
    }
    guard let number = context.compatibility else { throw Denial(.enodev, .emptyContainer) }
    switch ioctl {
    case .mapDMA(let mapping):
      guard mapping.iova != nil else { throw Denial(.einval, .badRange) }
      return try map(mapping, into: number, of: id, by: user)
    case .unmapDMA(let span):
      do throws(Denial) {
        return try unmap(span, from: number, of: id)
      } catch {
        // As with a container, nothing there is no error.
        guard error.reason.rule == .nothingMapped else { throw error }
        return .unmapped(0)
      }
    default: return .nothing
    }
  }
}
