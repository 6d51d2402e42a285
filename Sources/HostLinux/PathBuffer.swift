import Topology

/// A path on its way into a system call: a C string at whose end names come and go. Spelling one allocates nothing.
@safe
struct PathBuffer: ~Copyable {
  static let limit = 4096
  private let start: UnsafeMutablePointer<CChar>
  /// Length of the directory that names are appended to; none, and names stand alone.
  private var count = 0

  init() { unsafe start = .allocate(capacity: 2 * Self.limit) }

  deinit { unsafe start.deallocate() }

  /// Spells a path anew. ENAMETOOLONG for what no path can be.
  mutating func set(_ path: Span<UInt8>) throws(SystemError) {
    guard path.count < Self.limit else { throw SystemError(SystemError.nameTooLong) }
    for place in 0..<path.count {
      guard path[place] != 0 else { throw SystemError(SystemError.nameTooLong) }
      unsafe start[place] = CChar(bitPattern: path[place])
    }
    count = path.count
  }

  mutating func set(_ path: String) throws(SystemError) { try set(path.utf8.span) }

  /// Names stand alone from now on.
  mutating func clear() { count = 0 }

  /// Lengthens the path by a component.
  mutating func append(_ address: Address) {
    if count > 0 { append(UInt8(ascii: "/")) }
    append(hexadecimal: address.domain, digits: max(4, (35 - address.domain.leadingZeroBitCount) / 4))
    append(UInt8(ascii: ":"))
    append(hexadecimal: UInt32(address.bus), digits: 2)
    append(UInt8(ascii: ":"))
    append(hexadecimal: UInt32(address.device), digits: 2)
    append(UInt8(ascii: "."))
    append(48 + address.function)
  }

  /// Lengthens the path by a group's number.
  mutating func append(_ group: GroupID) {
    if count > 0 { append(UInt8(ascii: "/")) }
    var digits = 1
    var unit: UInt32 = 1
    while group.number / unit > 9 { (digits, unit) = (digits + 1, unit * 10) }
    for _ in 0..<digits {
      append(48 + UInt8(truncatingIfNeeded: group.number / unit % 10))
      unit /= 10
    }
  }

  private mutating func append(hexadecimal value: UInt32, digits: Int) {
    for digit in stride(from: digits - 1, through: 0, by: -1) {
      let nibble = UInt8(truncatingIfNeeded: value >> UInt32(4 * digit)) & 15
      append(nibble < 10 ? 48 + nibble : 87 + nibble)
    }
  }

  /// What `set` takes leaves room for any address or number, and for any name of ours.
  private mutating func append(_ byte: UInt8) {
    unsafe start[count] = CChar(bitPattern: byte)
    count += 1
  }

  /// The path; the pointer is good until the buffer changes.
  var path: UnsafePointer<CChar> {
    unsafe start[count] = 0
    return unsafe UnsafePointer(start)
  }

  /// The path with a name at its end, this once; the pointer is good until the buffer changes.
  func entry(_ name: StaticString) -> UnsafePointer<CChar> {
    var place = count
    if place > 0 {
      unsafe start[place] = CChar(bitPattern: UInt8(ascii: "/"))
      place += 1
    }
    let length = min(name.utf8CodeUnitCount, Self.limit - 64)
    unsafe UnsafeMutableRawPointer(start + place).copyMemory(from: name.utf8Start, byteCount: length)
    unsafe start[place + length] = 0
    return unsafe UnsafePointer(start)
  }
}
