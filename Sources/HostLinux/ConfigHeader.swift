import Topology

/// What the standard header and the capability list of configuration space say (PCI Local Bus 3.0, 6.1 and 6.7;
/// include/uapi/linux/pci_regs.h). Reads nothing beyond the bytes it is given and follows at most 48 links.
struct ConfigHeader {
  /// The PCI Express port type, or conventional when the list has no such capability.
  enum Port: Equatable {
    case found(PortType)
    /// The list leads beyond the bytes at hand.
    case beyond
    case malformed
  }
  let revision: UInt8
  /// Secondary bus of a bridge or CardBus bridge.
  let secondaryBus: UInt8?
  let port: Port
  /// What the kernel makes of it (drivers/pci/probe.c `pci_setup_device`); nil for a virtual function, whose header has
  /// no ids, and for one that was not filled in.
  let identity: Identity?
  /// A bare header of 64 bytes without a status register was put together from ids, and tells nothing of capabilities.
  let isMadeUp: Bool

  /// Nil for fewer than 64 bytes, and for the all-ones of a device that no longer answers.
  init?(_ bytes: Span<UInt8>) {
    guard bytes.count >= 64, !(bytes[0x0e] == 0xff && bytes[0x08] == 0xff) else { return nil }
    revision = bytes[0x08]
    let layout = bytes[0x0e] & 0x7f
    secondaryBus = layout == 1 || layout == 2 ? bytes[0x19] : nil
    isMadeUp = bytes.count == 64 && bytes[0x06] == 0 && bytes[0x07] == 0
    var found = Subsystem()
    port = Self.port(bytes, first: layout == 2 ? 0x14 : 0x34, &found)
    if layout == 0 { found.place = 0x2c }
    if layout == 2, bytes.count >= 0x44 { found.place = 0x40 }
    identity = Self.identity(bytes, found)
  }

  /// Where the subsystem's ids stand: in the header, or for a bridge in a capability.
  private struct Subsystem { var place: Int? }

  private static func identity(_ bytes: Span<UInt8>, _ subsystem: Subsystem) -> Identity? {
    func word(_ place: Int) -> UInt16 { UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8 }
    guard word(0) != 0, word(0) != 0xffff else { return nil }
    let code = UInt32(bytes[0x0b]) << 16 | UInt32(bytes[0x0a]) << 8 | UInt32(bytes[0x09])
    return Identity(
      vendor: word(0), device: word(2), subsystemVendor: subsystem.place.map { word($0) } ?? 0,
      subsystemDevice: subsystem.place.map { word($0 + 2) } ?? 0, classCode: ClassCode(code))
  }

  private static func port(_ bytes: Span<UInt8>, first: Int, _ subsystem: inout Subsystem) -> Port {
    guard bytes[0x06] & 0x10 != 0 else { return .found(.conventional) }
    var port: Port?
    var place = Int(bytes[first] & 0xfc)
    var hops = 48
    while place >= 0x40 {
      guard place + 3 < bytes.count else { return port ?? .beyond }
      let id = bytes[place]
      if id == 0xff { return port ?? .malformed }
      if id == 0x10, port == nil { port = .found(.express(bytes[place + 2] >> 4)) }
      if id == 0x0d, place + 7 < bytes.count, subsystem.place == nil { subsystem.place = place + 4 }
      hops -= 1
      guard hops > 0 else { return port ?? .malformed }
      place = Int(bytes[place + 1] & 0xfc)
    }
    return port ?? .found(.conventional)
  }
}
