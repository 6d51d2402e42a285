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
  /// A bare header of 64 bytes without a status register was put together from ids, and tells nothing of capabilities.
  let isMadeUp: Bool

  /// Nil for fewer than 64 bytes, and for the all-ones of a device that no longer answers.
  init?(_ bytes: Span<UInt8>) {
    guard bytes.count >= 64, !(bytes[0x0e] == 0xff && bytes[0x08] == 0xff) else { return nil }
    revision = bytes[0x08]
    let layout = bytes[0x0e] & 0x7f
    secondaryBus = layout == 1 || layout == 2 ? bytes[0x19] : nil
    isMadeUp = bytes.count == 64 && bytes[0x06] == 0 && bytes[0x07] == 0
    port = Self.port(bytes, first: layout == 2 ? 0x14 : 0x34)
  }

  private static func port(_ bytes: Span<UInt8>, first: Int) -> Port {
    guard bytes[0x06] & 0x10 != 0 else { return .found(.conventional) }
    var place = Int(bytes[first] & 0xfc)
    var hops = 48
    while place >= 0x40 {
      guard place + 3 < bytes.count else { return .beyond }
      let id = bytes[place]
      if id == 0xff { return .malformed }
      if id == 0x10 { return .found(.express(bytes[place + 2] >> 4)) }
      hops -= 1
      guard hops > 0 else { return .malformed }
      place = Int(bytes[place + 1] & 0xfc)
    }
    return .found(.conventional)
  }
}
