extension Selector {
  /// Reads what a person typed, by shape alone: 4-4 digits with a colon are ids, 2-2 bus and device.
  public init(_ text: some StringProtocol) throws(SelectorError) {
    let text = String(text)
    switch text {
    case _ where text.hasPrefix("group:"): self = try .group(Self.group(text.dropFirst(6), of: text))
    case _ where text.hasPrefix("pci:"): self = .ids(try Self.ids(text.dropFirst(4), of: text))
    case _ where text.hasPrefix("pci_"): self = .address(try Self.underscored(text))
    case _ where text.hasPrefix("/"): self = try Self.node(text)
    case _ where text.contains("/"): self = try Self.path(text)
    case _ where text.contains(":"): self = try Self.colons(text)
    default: self = try Self.word(text)
    }
  }

  /// The forms there are, for messages.
  static let forms = "an address (03:00.0), ids (8086:1572), group:N, an interface or a /dev path"

  private static func malformed(_ text: String, _ expected: String = forms) -> SelectorError {
    .malformed(text, expected: expected)
  }

  private static func group(_ digits: Substring, of text: String) throws(SelectorError) -> GroupID {
    guard let number = decimal(digits) else { throw malformed(text, "a decimal group number") }
    return GroupID(number)
  }

  /// `13` and not `+13`, `0x13` or `013`-as-octal: digits alone, read decimal.
  private static func decimal(_ digits: some StringProtocol) -> UInt32? {
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return UInt32(digits)
  }

  /// Hexadecimal with a limited number of digits and no sign.
  private static func hex<Number: FixedWidthInteger>(
    _ digits: some StringProtocol, _ lengths: ClosedRange<Int>, as type: Number.Type = Number.self
  ) -> Number? {
    guard lengths.contains(digits.utf8.count), digits.utf8.allSatisfy({ Hex.digit($0) != nil }) else { return nil }
    return Number(digits, radix: 16)
  }

  private static func ids(_ fields: Substring, of text: String) throws(SelectorError) -> Ids {
    let parts = fields.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { hex($0, 4...4, as: UInt16.self) }
    guard numbers.count == parts.count, parts.count == 2 || parts.count == 4 else {
      throw malformed(text, "ids of four hexadecimal digits each, as in 8086:1572")
    }
    guard numbers.count == 4 else { return Ids(vendor: numbers[0], device: numbers[1]) }
    return Ids(
      vendor: numbers[0], device: numbers[1], subsystemVendor: numbers[2], subsystemDevice: numbers[3])
  }

  /// libvirt's spelling of an address.
  private static func underscored(_ text: String) throws(SelectorError) -> Address {
    let parts = text.dropFirst(4).split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 4,
      let address = Address("\(parts[0]):\(parts[1]):\(parts[2]).\(parts[3])")
    else { throw malformed(text, "libvirt's form, as in pci_0000_03_00_0") }
    return address
  }

  private static func node(_ text: String) throws(SelectorError) -> Selector {
    guard text.hasPrefix("/dev/") else { throw malformed(text, "a path below /dev") }
    let name = text.dropFirst(5)
    if name.hasPrefix("vfio/devices/") {
      guard let device = vfioDevice(name.dropFirst(13)) else { throw malformed(text, "/dev/vfio/devices/vfioN") }
      return .vfioDevice(device)
    }
    if name.hasPrefix("vfio/") {
      guard let number = decimal(name.dropFirst(5)) else { throw malformed(text, "/dev/vfio/N") }
      return .group(GroupID(number))
    }
    guard !name.isEmpty, !name.contains("/") else { throw malformed(text, "the node of a disk, as in /dev/sda") }
    return .disk(String(name))
  }

  private static func vfioDevice(_ name: Substring) -> String? {
    guard name.hasPrefix("vfio"), decimal(name.dropFirst(4)) != nil else { return nil }
    return String(name)
  }

  private static func path(_ text: String) throws(SelectorError) -> Selector {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard case .address(let first)? = try? colons(String(parts[0])) else {
      throw malformed(text, "a path that begins with an address, as in 0000:00:1c.0/00.0")
    }
    let hops = parts.dropFirst().compactMap(hop)
    guard hops.count == parts.count - 1 else {
      throw malformed(text, "device.function after each slash, as in 0000:00:1c.0/00.0")
    }
    return .path(from: first, hops: hops)
  }

  private static func hop(_ text: Substring) -> Hop? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let device = hex(parts[0], 1...2, as: UInt8.self), device < 32,
      let function = hex(parts[1], 1...1, as: UInt8.self), function < 8
    else { return nil }
    return Hop(device: device, function: function)
  }

  /// Everything with a colon: ids, addresses and slots.
  private static func colons(_ text: String) throws(SelectorError) -> Selector {
    let fields = text.split(separator: ":", omittingEmptySubsequences: false)
    let lengths = fields.map(\.utf8.count)
    let hasDot = text.contains(".")
    if !hasDot, fields.count == 4 || lengths == [4, 4] { return .ids(try ids(text[...], of: text)) }
    if !hasDot, fields.count == 2, lengths.contains(where: { $0 > 2 }) { throw halfAnId(text, fields) }
    guard fields.count == 2 || fields.count == 3 else { throw malformed(text) }
    guard let domain = fields.count == 3 ? hex(fields[0], 1...8, as: UInt32.self) : 0,
      let bus = hex(fields[fields.count - 2], 1...2, as: UInt8.self)
    else { throw malformed(text, "an address in hexadecimal, as in 0000:03:00.0") }
    let last = fields[fields.count - 1].split(separator: ".", omittingEmptySubsequences: false)
    guard let device = hex(last[0], 1...2, as: UInt8.self), device < 32 else {
      throw malformed(text, "a device number from 00 to 1f")
    }
    if last.count == 1 || last.count == 2 && last[1] == "*" {
      return .slot(Slot(domain: domain, bus: bus, device: device))
    }
    guard last.count == 2, let function = hex(last[1], 1...1, as: UInt8.self), function < 8 else {
      throw malformed(text, "a function number from 0 to 7")
    }
    return .address(Address(domain: domain, bus: bus, device: device, function: function))
  }

  /// `8086:15`, `100:00`, `0000:03`: too long for bus and device, too short for ids.
  private static func halfAnId(_ text: String, _ fields: [Substring]) -> SelectorError {
    guard fields.allSatisfy({ hex($0, 1...4, as: UInt16.self) != nil }) else { return malformed(text) }
    let padded = fields.map { String(repeating: "0", count: 4 - $0.utf8.count) + $0 }.joined(separator: ":")
    let asBus = "bus and device in another domain (\(fields[0]):\(fields[1]):00)"
    return .twoReadings(text, readings: ["ids (\(padded))", asBus])
  }

  /// No colon and no slash: a vfio device, or the name of an interface or a disk.
  private static func word(_ text: String) throws(SelectorError) -> Selector {
    if let device = vfioDevice(text[...]) { return .vfioDevice(device) }
    if let number = decimal(text) {
      guard let bus = hex(text, 1...2, as: UInt8.self) else { throw malformed(text, "group:\(number)") }
      let asBus = "device 0 on bus \(Hex.text(bus, atLeast: 2)) (\(Hex.text(bus, atLeast: 2)):00)"
      throw .twoReadings(text, readings: ["group \(number) (group:\(number))", asBus])
    }
    if let hop = hop(text[...]) {
      throw .twoReadings(text, readings: ["\(hop) on bus 00 (00:\(hop))", "an interface or disk of that name"])
    }
    guard !text.isEmpty, !text.contains(where: \.isWhitespace) else { throw malformed(text) }
    return .name(text)
  }
}
