/// A capability in the list that begins in the header, by its id.
public struct ConfigCapability: Hashable, Sendable {
  /// PCI_CAP_ID_*.
  public let id: UInt8
  /// Any id.
  public init(_ id: UInt8) { self.id = id }

  /// PCI Express.
  public static let express = ConfigCapability(0x10)
  /// Power management.
  public static let power = ConfigCapability(0x01)
  /// Standard hot-plug controller.
  public static let hotPlug = ConfigCapability(0x0c)
  /// Subsystem ids of a bridge.
  public static let subsystem = ConfigCapability(0x0d)
  /// Advanced features.
  public static let advanced = ConfigCapability(0x13)
}

/// A capability in the list that begins at byte 256, by its id.
public struct ExtendedCapability: Hashable, Sendable {
  /// PCI_EXT_CAP_ID_*.
  public let id: UInt16
  /// Any id.
  public init(_ id: UInt16) { self.id = id }

  /// Access control services.
  public static let acs = ExtendedCapability(0x0d)
  /// Alternative routing-id interpretation.
  public static let ari = ExtendedCapability(0x0e)
  /// Address translation services.
  public static let ats = ExtendedCapability(0x0f)
  /// Single root I/O virtualization.
  public static let sriov = ExtendedCapability(0x10)
  /// Page requests.
  public static let pageRequests = ExtendedCapability(0x13)
  /// Process address space ids.
  public static let pasid = ExtendedCapability(0x1b)
}

/// A capability list as far as it could be followed: who is in it, where, and how it ends.
public struct CapabilityList<ID: Hashable & Sendable>: Hashable, Sendable {
  /// One capability and its offset.
  public struct Entry: Hashable, Sendable {
    /// Which.
    public var id: ID
    /// Where.
    public var offset: Int
  }
  /// In the order of the list.
  public internal(set) var entries: [Entry] = []
  /// Why the list could not be followed to its end; nil when it was.
  public internal(set) var gap: Ignorance?

  /// Where the first of a kind stands. Absent only when the whole list was seen.
  public func offset(of id: ID) -> Known<Int> {
    if let entry = entries.first(where: { $0.id == id }) { return .value(entry.offset) }
    return gap.map { .unknown($0) } ?? .absent
  }
}

extension ConfigSpace {
  /// The list that begins in the header.
  public var capabilities: CapabilityList<ConfigCapability> {
    var list = CapabilityList<ConfigCapability>()
    list.gap = walk { id, place in
      list.entries.append(.init(id: id, offset: place))
      return false
    }
    return list
  }

  /// The list that begins at byte 256.
  public var extendedCapabilities: CapabilityList<ExtendedCapability> {
    var list = CapabilityList<ExtendedCapability>()
    list.gap = walkExtended { id, place in
      list.entries.append(.init(id: id, offset: place))
      return false
    }
    return list
  }

  /// Where the first capability of a kind stands; absent where the list has none.
  public func offset(of capability: ConfigCapability) -> Known<Int> {
    var found: Int?
    let gap = walk { id, place in
      if id == capability { found = place }
      return found != nil
    }
    return found.map { .value($0) } ?? gap.map { .unknown($0) } ?? .absent
  }

  /// Where the first extended capability of a kind stands; absent where the list has none.
  public func offset(of capability: ExtendedCapability) -> Known<Int> {
    var found: Int?
    let gap = walkExtended { id, place in
      if id == capability { found = place }
      return found != nil
    }
    return found.map { .value($0) } ?? gap.map { .unknown($0) } ?? .absent
  }

  /// Like the kernel's walk: at most 48 links, masked pointers, and a pointer into the header ends it
  /// (drivers/pci/pci.c `__pci_find_next_cap_ttl`). Ends early when `visit` says so; answers why it broke off, nil when
  /// it did not.
  private func walk(_ visit: (ConfigCapability, Int) -> Bool) -> Ignorance? {
    guard !isSilent else { return Self.silence }
    guard !isBareHeader, let status = byte(0x06), let layout = byte(0x0e) else { return beyond }
    guard status & 0x10 != 0, layout & 0x7f <= 2 else { return nil }
    guard let first = byte(layout & 0x7f == 2 ? 0x14 : 0x34) else { return beyond }
    var place = Int(first & 0xfc)
    for _ in 0..<48 {
      if place < Self.header { return nil }
      guard let id = byte(place), let next = byte(place + 1) else { return beyond }
      if id == 0xff { break }
      if visit(ConfigCapability(id), place) { return nil }
      place = Int(next & 0xfc)
    }
    return .malformed("capability list")
  }

  /// The same of the extended list, at most 480 links (`pci_find_next_ext_capability`).
  private func walkExtended(_ visit: (ExtendedCapability, Int) -> Bool) -> Ignorance? {
    if isBeyondTheKernel(Self.conventional) { return nil }
    guard count > Self.conventional else { return ignoranceOfExtendedSpace }
    guard !isSilent else { return Self.silence }
    var place = Self.conventional
    for _ in 0..<480 {
      guard let header = number(at: place, width: 4) else { return beyond }
      if header == 0 || header == 0xffff_ffff { return nil }
      if visit(ExtendedCapability(UInt16(truncatingIfNeeded: header)), place) { return nil }
      place = Int(header >> 20) & 0xffc
      if place < Self.conventional { return nil }
    }
    return .malformed("extended capability list")
  }

  /// Nil when there is no extended space: conventional functions have 256 bytes (drivers/pci/probe.c
  /// `pci_cfg_space_size`).
  private var ignoranceOfExtendedSpace: Ignorance? {
    switch offset(of: ConfigCapability.express) {
    case .absent: nil
    case .value: beyond
    case .unknown(let why): why
    }
  }
}
