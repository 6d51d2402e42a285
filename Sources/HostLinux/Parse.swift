import Topology

/// What the bytes of an attribute say; `.unknown(.malformed)` with the beginning of the text when they do not.
enum Parse {
  static func malformed<Value>(_ bytes: Span<UInt8>) -> Known<Value> {
    let end = min(bytes.trimmedCount, 24)
    return .unknown(.malformed(Clean.visible(String(decoding: bytes.extracting(..<end)))))
  }

  /// `pci:v00008086d0000100Esv00001AF4sd00001100bc02sc00i00` (drivers/pci/pci-sysfs.c `modalias_show`).
  static func modalias(_ bytes: Span<UInt8>) -> Known<Identity> {
    guard bytes.trimmedCount == 53, bytes.extracting(..<4).equals("pci:") else { return malformed(bytes) }
    var place = 4
    var isGood = true
    func field(_ mark: StaticString, _ digits: Int) -> UInt32 {
      let marked = place + mark.utf8CodeUnitCount
      guard isGood, bytes.extracting(place..<marked).equals(mark),
        let value = hexadecimal(bytes.extracting(marked..<marked + digits))
      else {
        isGood = false
        return 0
      }
      place = marked + digits
      return value
    }
    let (vendor, device) = (field("v", 8), field("d", 8))
    let (subsystemVendor, subsystemDevice) = (field("sv", 8), field("sd", 8))
    let (base, sub, interface) = (field("bc", 2), field("sc", 2), field("i", 2))
    guard isGood, let vendor = UInt16(exactly: vendor), let device = UInt16(exactly: device),
      let subsystemVendor = UInt16(exactly: subsystemVendor), let subsystemDevice = UInt16(exactly: subsystemDevice)
    else { return malformed(bytes) }
    return .value(
      Identity(
        vendor: vendor, device: device, subsystemVendor: subsystemVendor, subsystemDevice: subsystemDevice,
        classCode: ClassCode(base << 16 | sub << 8 | interface)))
  }

  /// Hexadecimal digits and nothing else, at most eight.
  static func hexadecimal(_ bytes: Span<UInt8>) -> UInt32? {
    guard (1...8).contains(bytes.count) else { return nil }
    var value: UInt32 = 0
    for place in 0..<bytes.count {
      guard let digit = Hex.digit(bytes[place]) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// `0x8086`, as most id attributes print it.
  static func prefixed(_ bytes: Span<UInt8>) -> Known<UInt32> {
    let end = bytes.trimmedCount
    guard end > 2, bytes.extracting(..<2).equals("0x"), let value = hexadecimal(bytes.extracting(2..<end)) else {
      return malformed(bytes)
    }
    return .value(value)
  }

  /// A decimal number, perhaps negative.
  static func decimal(_ bytes: Span<UInt8>) -> Known<Int> {
    var end = bytes.trimmedCount
    let isNegative = end > 0 && bytes[0] == UInt8(ascii: "-")
    let start = isNegative ? 1 : 0
    end = bytes.trimmedCount
    guard (1...9).contains(end - start) else { return malformed(bytes) }
    var value = 0
    for place in start..<end {
      guard (48...57).contains(bytes[place]) else { return malformed(bytes) }
      value = value * 10 + Int(bytes[place] - 48)
    }
    return .value(isNegative ? -value : value)
  }

  /// A group's number, as its directory spells it: no sign, no leading zero.
  static func group(_ bytes: Span<UInt8>) -> GroupID? {
    guard (1...10).contains(bytes.count), bytes.count == 1 || bytes[0] != 48 else { return nil }
    var value: UInt64 = 0
    for place in 0..<bytes.count {
      guard (48...57).contains(bytes[place]) else { return nil }
      value = value * 10 + UInt64(bytes[place] - 48)
    }
    return UInt32(exactly: value).map { GroupID($0) }
  }

  static func group(_ text: String) -> GroupID? { group(text.utf8.span) }

  /// One word of printable ASCII: `D3hot`, `DMA-FQ`.
  static func word(_ bytes: Span<UInt8>) -> Known<String> {
    let end = bytes.trimmedCount
    guard (1...64).contains(end) else { return malformed(bytes) }
    for place in 0..<end where !(0x21..<0x7f).contains(bytes[place]) { return malformed(bytes) }
    return .value(String(decoding: bytes.extracting(..<end)))
  }

  /// `driver_override`: `(null)` or an empty line when unset; otherwise the text up to its newline, spaces and all
  /// (drivers/base/bus.c `driver_override_show`). The kernel keeps a string, so a zero byte is none of its; and what is
  /// no UTF-8 could not be written back.
  static func driverOverride(_ bytes: Span<UInt8>) -> Known<DriverName> {
    var end = 0
    while end < bytes.count, bytes[end] != 10 { end += 1 }
    let text = bytes.extracting(..<end)
    if end == 0 || text.equals("(null)") { return .absent }
    guard end <= 4096 else { return malformed(bytes) }
    let name = String(decoding: text)
    var place = 0
    for byte in name.utf8 {
      guard place < end, byte != 0, text[place] == byte else { return malformed(bytes) }
      place += 1
    }
    return .value(name)
  }

  /// A line of text, as it stands, without its newline.
  static func line(_ bytes: Span<UInt8>) -> Known<String> {
    let end = bytes.trimmedCount
    return end == 0 ? malformed(bytes) : .value(String(decoding: bytes.extracting(..<end)))
  }

  /// `0x%016llx 0x%016llx %s` a line (drivers/iommu/iommu.c `iommu_group_show_resv_regions`); no line is no region.
  static func reserved(_ bytes: Span<UInt8>) -> Known<[ReservedRegion]> {
    if bytes.trimmedCount == 0 { return .value([]) }
    var regions: [ReservedRegion] = []
    var start = 0
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != 10 { end += 1 }
      let line = bytes.extracting(start..<end)
      start = end + 1
      if line.count == 0 { continue }
      guard let region = region(line) else { return malformed(line) }
      regions.append(region)
    }
    return .value(regions)
  }

  private static func region(_ line: Span<UInt8>) -> ReservedRegion? {
    var place = 0
    func word() -> Range<Int> {
      while place < line.count, line[place] == 32 { place += 1 }
      let start = place
      while place < line.count, line[place] != 32 { place += 1 }
      return start..<place
    }
    let (first, last, kind) = (word(), word(), word())
    guard word().isEmpty, let first = bound(line.extracting(first)), let last = bound(line.extracting(last)),
      first <= last
    else { return nil }
    return ReservedRegion.Kind(rawValue: String(decoding: line.extracting(kind))).map {
      ReservedRegion(first: first, last: last, kind: $0)
    }
  }

  private static func bound(_ word: Span<UInt8>) -> UInt64? {
    guard (3...18).contains(word.count), word.extracting(..<2).equals("0x") else { return nil }
    var value: UInt64 = 0
    for place in 2..<word.count {
      guard let digit = Hex.digit(word[place]) else { return nil }
      value = value << 4 | UInt64(digit)
    }
    return value
  }
}

extension Parent {
  /// What the last component of a path hangs below: the nearest function above it, else the directory of its root bus.
  /// The directory of a VMD domain's root bus (`…/0000:00:0e.0/pci10000:e0/…`) lies inside the controller's.
  init(path: String, of address: Address) {
    let bytes = path.utf8.span
    var root: Range<Int>?
    var end = bytes.count
    var isLast = true
    while end > 0 {
      var start = end
      while start > 0, bytes[start - 1] != UInt8(ascii: "/") { start -= 1 }
      if !isLast, start < end {
        if let above = Address(bytes.extracting(start..<end)), above != address {
          self = .function(above)
          return
        }
        root = root ?? start..<end
      }
      if start < end { isLast = false }
      end = start - 1
    }
    self = .root(root.map { String(decoding: bytes.extracting($0)) } ?? "")
  }
}
