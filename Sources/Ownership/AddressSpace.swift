/// A range of IO virtual addresses.
public struct MemoryRange: Hashable, Sendable {
  /// First byte.
  public var start: UInt64
  /// Bytes; a span that wraps is refused where it is used.
  public var size: UInt64
  /// Both.
  public init(_ start: UInt64, size: UInt64) {
    self.start = start
    self.size = size
  }
  /// Last byte, or nil when the span is empty or wraps.
  var last: UInt64? {
    guard size > 0 else { return nil }
    let (last, wraps) = start.addingReportingOverflow(size - 1)
    return wraps ? nil : last
  }
}

/// One mapping of memory into an address space, or the wish for one.
public struct Mapping: Hashable, Sendable {
  /// Where; nil leaves the choice to the kernel (iommufd without `IOMMU_IOAS_MAP_FIXED_IOVA`).
  public var iova: UInt64?
  /// Bytes.
  public var size: UInt64
  /// Whether the device may read.
  public var isReadable: Bool
  /// Whether the device may write.
  public var isWritable: Bool

  /// Readable and writable unless said otherwise.
  public init(iova: UInt64?, size: UInt64, isReadable: Bool = true, isWritable: Bool = true) {
    self.iova = iova
    self.size = size
    self.isReadable = isReadable
    self.isWritable = isWritable
  }
}

/// IO virtual memory as a user filled it: a container's, an IOAS, an IOASID.
public struct AddressSpace: Hashable, Sendable {
  /// What is mapped, by address; ranges never overlap.
  public private(set) var spans: [MemoryRange] = []
  /// Ranges that `IOMMU_IOAS_ALLOW_IOVAS` promised to keep usable; automatic placement stays inside them.
  public internal(set) var allowed: [MemoryRange] = []

  /// Smallest page of the IOMMU.
  public static let page: UInt64 = 4096

  /// Nothing mapped.
  public init() {}

  /// Bytes mapped.
  public var size: UInt64 { spans.reduce(0) { $0 &+ $1.size } }

  /// Why a range could not be mapped or unmapped.
  enum Fault: Error, Hashable {
    case empty
    case misaligned
    case wraps
    case noAccess
    case outside
    case overlaps(MemoryRange)
    case full
    case noRoom
    case bisects(MemoryRange)
    case nothingThere
  }

  /// Where mappings must not go, and how many there may be.
  struct Limits: Hashable {
    var reserved: [ClosedRange<UInt64>] = []
    var aperture = UInt64.max
    var entries = 65535
    /// What addresses and sizes are multiples of.
    var alignment = AddressSpace.page
  }

  /// The ranges that overlap `span`, which must not wrap.
  func overlapping(_ span: MemoryRange) -> [MemoryRange] { span.last.map { overlapping(span.start...$0) } ?? [] }

  func overlapping(_ range: ClosedRange<UInt64>) -> [MemoryRange] {
    spans.filter { $0.start <= range.upperBound && range.lowerBound <= ($0.last ?? $0.start) }
  }

  /// Maps, and says where.
  mutating func map(_ wish: Mapping, within limits: Limits) throws(Fault) -> UInt64 {
    guard wish.size > 0 else { throw .empty }
    guard wish.size % limits.alignment == 0, (wish.iova ?? 0) % limits.alignment == 0 else { throw .misaligned }
    guard wish.isReadable || wish.isWritable else { throw .noAccess }
    guard let start = wish.iova ?? room(for: wish.size, within: limits) else { throw .noRoom }
    let span = MemoryRange(start, size: wish.size)
    guard let last = span.last else { throw .wraps }
    if let mapped = overlapping(span).first { throw .overlaps(mapped) }
    guard last <= limits.aperture, !limits.reserved.contains(where: { $0.overlaps(start...last) }) else {
      throw .outside
    }
    guard spans.count < limits.entries else { throw .full }
    spans.insert(span, at: spans.firstIndex { $0.start > start } ?? spans.endIndex)
    return start
  }

  /// The lowest place that is free, inside what was allowed; never the first page (drivers/iommu/iommufd/io_pagetable.c
  /// `iopt_alloc_iova`).
  private func room(for size: UInt64, within limits: Limits) -> UInt64? {
    let taken = spans.compactMap { span in span.last.map { span.start...$0 } } + limits.reserved
    // A mapping smaller than a page takes a place for its size, rounded up to a power of two.
    var step = limits.alignment
    while step < min(size, Self.page) { step *= 2 }
    let places = allowed.isEmpty ? [MemoryRange(Self.page, size: limits.aperture - Self.page)] : allowed
    for place in places {
      let candidates = [max(place.start, Self.page)] + taken.map { $0.upperBound / step * step &+ step }
      let free = candidates.sorted().first { start in
        guard start >= place.start, let last = MemoryRange(start, size: size).last else { return false }
        return last <= min(limits.aperture, place.last ?? 0) && !taken.contains { $0.overlaps(start...last) }
      }
      if let free { return free }
    }
    return nil
  }

  /// How the interfaces differ when a range is taken out.
  enum Manner: Hashable {
    /// The first type1: a range that covers a mapping's first byte takes all of it, any other nothing.
    case type1
    /// A range that would cut a mapping is refused; nothing there is success.
    case type1v2
    /// A range that would cut a mapping, or finds nothing, is refused.
    case strict
  }

  /// Unmaps, and says how many bytes.
  mutating func unmap(
    _ span: MemoryRange, _ manner: Manner, alignment: UInt64 = page
  ) throws(Fault) -> UInt64 {
    if manner == .strict, span == MemoryRange(0, size: .max) {
      defer { spans = [] }
      return size
    }
    guard span.size > 0 else { throw .empty }
    guard span.size % alignment == 0, span.start % alignment == 0 else { throw .misaligned }
    guard let last = span.last else { throw .wraps }
    var found = overlapping(span)
    switch manner {
    case .type1: if let first = found.first, first.start < span.start { found = [] }
    case .type1v2, .strict:
      if let cut = found.first(where: { $0.start < span.start || ($0.last ?? last) > last }) { throw .bisects(cut) }
      if manner == .strict, found.isEmpty { throw .nothingThere }
    }
    spans.removeAll { found.contains($0) }
    return found.reduce(0) { $0 &+ $1.size }
  }
}
