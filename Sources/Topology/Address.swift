/// A PCI function's address: domain, bus, device and function, as the kernel writes it (`0000:03:00.0`).
///
/// The domain may be wider than four digits: Intel VMD makes domains from 0x10000 up
/// (drivers/pci/controller/vmd.c, `vmd_find_free_domain`).
public struct Address: Hashable, Sendable {
  /// Domain (32 bits), bus (8), device (5) and function (3) in one number, so that order is one comparison.
  public let packed: UInt64

  /// `device` is 0...31 and `function` 0...7; anything else is our own bug and traps.
  public init(domain: UInt32, bus: UInt8, device: UInt8, function: UInt8) {
    precondition(device < 32 && function < 8, "no such devfn")
    packed = UInt64(domain) << 16 | UInt64(bus) << 8 | UInt64(device) << 3 | UInt64(function)
  }

  /// The PCI segment; 0x10000 and up below an Intel VMD.
  public var domain: UInt32 { UInt32(truncatingIfNeeded: packed >> 16) }
  /// Bus number, 0...255.
  public var bus: UInt8 { UInt8(truncatingIfNeeded: packed >> 8) }
  /// Device (slot) number, 0...31.
  public var device: UInt8 { UInt8(truncatingIfNeeded: packed >> 3) & 31 }
  /// Function number, 0...7.
  public var function: UInt8 { UInt8(truncatingIfNeeded: packed) & 7 }
}

extension Address: Comparable {
  /// The order of the kernel's own listing: domain, bus, device, function.
  public static func < (left: Address, right: Address) -> Bool { left.packed < right.packed }
}

extension Address {
  /// Reads the kernel's own form, `^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$`, and nothing else.
  /// People's short forms are a `Selector`'s business.
  @inlinable
  public init?(_ text: some StringProtocol) { self.init(String(text).utf8.span) }

  /// The same from bytes.
  @inlinable
  public init?(bytes: some Collection<UInt8>) { self.init(Array(bytes).span) }

  /// The same from borrowed bytes, as a directory entry gives them.
  public init?(_ bytes: Span<UInt8>) {
    let length = bytes.count
    guard (12...16).contains(length) else { return nil }
    var value: UInt64 = 0
    for place in 0..<length {
      let byte = bytes[place]
      switch length - 1 - place {
      case 7, 4: guard byte == UInt8(ascii: ":") else { return nil }
      case 1: guard byte == UInt8(ascii: ".") else { return nil }
      default:
        // The kernel prints with %x: what has capitals is not its spelling.
        guard let digit = Hex.digit(byte), byte < UInt8(ascii: "A") || byte > UInt8(ascii: "F") else { return nil }
        value = value << 4 | UInt64(digit)
      }
    }
    let (domain, bus) = (value >> 20, UInt8(truncatingIfNeeded: value >> 12))
    let (device, function) = (UInt8(truncatingIfNeeded: value >> 4), UInt8(truncatingIfNeeded: value & 15))
    guard device < 32, function < 8 else { return nil }
    self.init(domain: UInt32(domain), bus: bus, device: device, function: function)
  }
}

extension Address: CustomStringConvertible {
  /// The canonical form, lower case, at least four domain digits.
  public var description: String { text(domainDigits: max(4, Hex.digits(of: UInt64(domain)))) }

  /// `02:01.0` in domain 0, the canonical form elsewhere: what a narrow column shows.
  public var short: String { domain == 0 ? text(domainDigits: 0) : description }

  private func text(domainDigits: Int) -> String {
    let prefix = domainDigits == 0 ? 0 : domainDigits + 1
    return unsafe String(unsafeUninitializedCapacity: prefix + 7) { buffer in
      if prefix > 0 {
        unsafe Hex.write(UInt64(domain), digits: domainDigits, to: buffer, at: 0)
        unsafe buffer[domainDigits] = UInt8(ascii: ":")
      }
      unsafe Hex.write(UInt64(bus), digits: 2, to: buffer, at: prefix)
      unsafe buffer[prefix + 2] = UInt8(ascii: ":")
      unsafe Hex.write(UInt64(device), digits: 2, to: buffer, at: prefix + 3)
      unsafe buffer[prefix + 5] = UInt8(ascii: ".")
      unsafe buffer[prefix + 6] = UInt8(ascii: "0") + function
      return prefix + 7
    }
  }
}

/// Lower-case hexadecimal without Foundation's formatter.
public enum Hex {
  /// The value of one lower- or upper-case digit.
  public static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// `value` in lower case, padded with zeros to `digits`, of which there are 16 at most. Of a negative number, its
  /// bits.
  @inlinable
  public static func text(_ value: some BinaryInteger, atLeast digits: Int) -> String {
    text(UInt64(truncatingIfNeeded: value), atLeast: digits)
  }

  /// The same of the widest number.
  public static func text(_ value: UInt64, atLeast digits: Int) -> String {
    let count = min(16, max(digits, Self.digits(of: value)))
    return unsafe String(unsafeUninitializedCapacity: count) { buffer in
      unsafe write(value, digits: count, to: buffer, at: 0)
      return count
    }
  }

  /// How many digits `value` takes, one for zero.
  static func digits(of value: UInt64) -> Int { max(1, (67 - value.leadingZeroBitCount) / 4) }

  /// Writes the lowest `digits` of `value`, 16 at most.
  static func write(_ value: UInt64, digits: Int, to buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
    for digit in 0..<digits {
      let nibble = UInt8(truncatingIfNeeded: value >> UInt64(4 * (digits - 1 - digit))) & 15
      unsafe buffer[start + digit] = nibble < 10 ? 48 + nibble : 87 + nibble
    }
  }
}
