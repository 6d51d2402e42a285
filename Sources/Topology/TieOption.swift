/// A word of `pci=` on the kernel's command line that sets ACS of named ports (drivers/pci/pci.c `pci_enable_acs`,
/// `__pci_config_acs`).
public struct TieOption: Hashable, Sendable {
  /// As it was written: `pci=disable_acs_redir=00:1c.0`.
  public var text: String
  /// The ports that it names on this machine.
  public var ports: [Address]
  /// Which bits of the control register it sets, and to what.
  var mask: UInt16
  var flags: UInt16

  /// Every such word that names something on this machine.
  public static func all(in inventory: Inventory) -> [TieOption] {
    guard let line = inventory.host.commandLine.value else { return [] }
    return KernelCommandLine(line).pci.flatMap { word -> [TieOption] in
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { return [] }
      let items = parts[1].split(separator: ";").map(String.init)
      switch parts[0] {
      case "disable_acs_redir":
        // RR, CR and EC (`pci_disable_acs_redir` of older kernels).
        return items.map { TieOption(text: "pci=" + word, ports: named($0, inventory), mask: 0x2c, flags: 0) }
      case "config_acs": return items.compactMap { configured($0, "pci=" + word, inventory) }
      default: return []
      }
    }.filter { !$0.ports.isEmpty }
  }

  /// `FLAGS@DEVICE`, a digit for each bit, the lowest last; `x` leaves one alone.
  private static func configured(_ item: String, _ text: String, _ inventory: Inventory) -> TieOption? {
    let halves = item.split(separator: "@", maxSplits: 1).map(String.init)
    guard halves.count == 2, halves[0].utf8.count <= 16 else { return nil }
    var (mask, flags): (UInt16, UInt16) = (0, 0)
    for digit in halves[0].utf8 {
      (mask, flags) = (mask << 1, flags << 1)
      switch digit {
      case UInt8(ascii: "1"): (mask, flags) = (mask | 1, flags | 1)
      case UInt8(ascii: "0"): mask |= 1
      case UInt8(ascii: "x"): break
      default: return nil
      }
    }
    return TieOption(text: text, ports: named(halves[1], inventory), mask: mask, flags: flags)
  }

  /// An address, a path below one, or ids of which 0 is any (drivers/pci/pci.c `pci_dev_str_match`).
  private static func named(_ text: String, _ inventory: Inventory) -> [Address] {
    if text.hasPrefix("pci:") {
      guard let ids = IDPattern(String(text.dropFirst(4))) else { return [] }
      return inventory.functions.filter { function in
        guard let identity = function.identity.value else { return false }
        return (ids.vendor == 0 || ids.vendor == identity.vendor) && (ids.device == 0 || ids.device == identity.device)
          && [nil, 0, identity.subsystemVendor].contains(ids.subsystemVendor)
          && [nil, 0, identity.subsystemDevice].contains(ids.subsystemDevice)
      }.map(\.address)
    }
    guard let selector = try? Selector(text), case .functions(let found)? = try? selector.resolve(in: inventory) else {
      return []
    }
    return found
  }

  /// The register as the option leaves it.
  func applied(to acs: ACS) -> ACS {
    ACS(capability: acs.capability, control: acs.control & ~mask | flags & mask)
  }
}
