/// An entry of `pci=config_acs=` or `pci=disable_acs_redir=`: what it does to ACS, and to whom
/// (drivers/pci/pci.c `__pci_config_acs`).
public struct ACSOption: Hashable, Sendable {
  /// Which bits it decides: 0 source validation, 1 translation blocking, 2 request redirect, 3 completion redirect,
  /// 4 upstream forwarding, 5 egress control, 6 direct translated.
  public var mask: UInt16
  /// What it makes of them.
  public var flags: UInt16
  /// Whom it names.
  public var device: DevicePattern
  /// As it was written: `config_acs=xx0xx@00:07.0`.
  public var text: String

  /// What becomes of a control word that firmware left.
  public func applied(to firmware: UInt16) -> UInt16 { firmware & ~mask | flags & mask }
}

/// What the command line says of ACS.
public struct ACSOptions: Hashable, Sendable {
  /// Entries of `disable_acs_redir`, in order; the first one that names a device counts.
  public var disabledRedirects: [ACSOption] = []
  /// Entries of `config_acs`, in order, with the same rule; they come after the others.
  public var configured: [ACSOption] = []
  /// Entries that the kernel cannot read: it complains and ignores them and what follows them.
  public var ignored: [String] = []

  /// Every entry that is in force for a function.
  public func options(for function: Address, in inventory: Inventory) -> [ACSOption] {
    [disabledRedirects, configured].compactMap { options in
      options.first { $0.device.matches(function, in: inventory) }
    }
  }
}

extension KernelCommandLine {
  /// Of several options the last one counts.
  public var acs: ACSOptions {
    var options = ACSOptions()
    for word in pci {
      if let value = Self.value(of: "disable_acs_redir=", in: word) {
        options.disabledRedirects = []
        for item in value.split(separator: ";", omittingEmptySubsequences: false) {
          let text = "disable_acs_redir=\(item)"
          guard let device = DevicePattern(String(item)) else {
            options.ignored.append(text)
            break
          }
          options.disabledRedirects.append(ACSOption(mask: 0x2c, flags: 0, device: device, text: text))
        }
      }
      if let value = Self.value(of: "config_acs=", in: word) {
        options.configured = []
        for item in value.split(separator: ";", omittingEmptySubsequences: false) {
          guard let option = Self.configured(String(item)) else {
            options.ignored.append("config_acs=\(item)")
            break
          }
          options.configured.append(option)
        }
      }
    }
    return options
  }

  private static func value(of name: String, in word: String) -> String? {
    word.hasPrefix(name) ? String(word.dropFirst(name.count)) : nil
  }

  /// `flags@device`; the kernel's own document forgets the `@`, its code does not.
  private static func configured(_ item: String) -> ACSOption? {
    guard let at = item.firstIndex(of: "@"), let device = DevicePattern(String(item[item.index(after: at)...])) else {
      return nil
    }
    var (mask, flags): (UInt16, UInt16) = (0, 0)
    for (shift, digit) in item[..<at].utf8.reversed().enumerated() {
      let bit: UInt16 = shift < 16 ? 1 << UInt16(shift) : 0
      switch digit {
      case UInt8(ascii: "0"): mask |= bit
      case UInt8(ascii: "1"): (mask, flags) = (mask | bit, flags | bit)
      case UInt8(ascii: "x"), UInt8(ascii: "X"): break
      default: return nil
      }
      if bit == 0, digit & 0xdf != UInt8(ascii: "X") { return nil }
    }
    guard mask & ~0x7f == 0 else { return nil }
    return ACSOption(mask: mask, flags: flags, device: device, text: "config_acs=\(item)")
  }
}

/// How kernel options name a device (drivers/pci/pci.c `pci_dev_str_match`).
public enum DevicePattern: Hashable, Sendable {
  /// `[domain:]bus:device.function[/device.function]…`: the path leads down from the first, whatever buses are called.
  case path(Address, [UInt8])
  /// `pci:vendor:device[:subvendor:subdevice]`; 0 is any.
  case ids(UInt16, UInt16, UInt16, UInt16)

  /// Nil for what the kernel cannot read either.
  public init?(_ text: String) {
    if text.hasPrefix("pci:") {
      let fields = text.dropFirst(4).split(separator: ":", omittingEmptySubsequences: false)
      guard fields.count == 2 || fields.count == 4 else { return nil }
      let ids = fields.compactMap { Self.number($0).flatMap { UInt16(exactly: $0) } }
      guard ids.count == fields.count else { return nil }
      self = .ids(ids[0], ids[1], ids.count > 2 ? ids[2] : 0, ids.count > 2 ? ids[3] : 0)
      return
    }
    let steps = text.split(separator: "/", omittingEmptySubsequences: false)
    var first = steps[0].split(separator: ":", omittingEmptySubsequences: false)
    guard let last = first.popLast(), let devfn = Self.devfn(last), first.count == 1 || first.count == 2 else {
      return nil
    }
    let numbers = first.compactMap { Self.number($0) }
    guard numbers.count == first.count, let bus = numbers.last.flatMap({ UInt8(exactly: $0) }) else { return nil }
    let below = steps.dropFirst().compactMap { Self.devfn($0) }
    guard below.count == steps.count - 1 else { return nil }
    let domain = numbers.count > 1 ? numbers[0] : 0
    self = .path(Address(domain: domain, bus: bus, device: devfn >> 3, function: devfn & 7), below)
  }

  private static func number(_ text: Substring) -> UInt32? {
    let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.dropFirst(2) : text
    guard digits.utf8.allSatisfy({ Hex.digit($0) != nil }) else { return nil }
    return UInt32(digits, radix: 16)
  }

  /// `1f.7`.
  private static func devfn(_ text: Substring) -> UInt8? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let device = number(parts[0]), let function = number(parts[1]), device < 32, function < 8
    else { return nil }
    return UInt8(device) << 3 | UInt8(function)
  }

  /// Whether a function is meant.
  public func matches(_ address: Address, in inventory: Inventory) -> Bool {
    switch self {
    case .ids(let vendor, let device, let subsystemVendor, let subsystemDevice):
      guard let identity = inventory[address]?.identity.value else { return false }
      return [
        (vendor, identity.vendor), (device, identity.device), (subsystemVendor, identity.subsystemVendor),
        (subsystemDevice, identity.subsystemDevice),
      ].allSatisfy { $0.0 == 0 || $0.0 == $0.1 }
    case .path(let start, let steps):
      var here = address
      for step in steps.reversed() {
        guard UInt8(truncatingIfNeeded: here.packed) == step, let above = inventory[here]?.parent.function,
          inventory[above]?.leadsToABus == true
        else { return false }
        here = above
      }
      return here == start
    }
  }
}
