/// Functions that a kind of reset harms, or that only pretend to it (drivers/pci/quirks.c, Linux 6.12).
public struct ResetQuirk: Hashable, Sendable {
  /// Which reset the kernel does not use.
  public enum Kind: Hashable, Sendable {
    /// PCI_DEV_FLAGS_NO_BUS_RESET: of it, and so of every bus that it hangs on or that hangs below it.
    case bus
    /// PCI_DEV_FLAGS_NO_FLR_RESET.
    case functionLevel
    /// PCI_DEV_FLAGS_NO_PM_RESET.
    case power
  }
  /// Which reset.
  public var kind: Kind
  /// The function of drivers/pci/quirks.c.
  public var source: String
}

extension ResetQuirk {
  /// The quirk of one kind that a function has. `revision` matters to one device; unknown, it counts as that one's.
  public static func quirk(
    _ kind: Kind, of identity: Identity, revision: UInt8? = nil, isOnRootBus: Bool = false
  ) -> ResetQuirk? {
    let id = UInt32(identity.vendor) << 16 | UInt32(identity.device)
    switch kind {
    case .bus:
      if noBus.contains(id) { return ResetQuirk(kind: kind, source: "quirk_no_bus_reset") }
      let isNVIDIA = identity.vendor == 0x10de && identity.device & 0xffc0 == 0x2340
      return isNVIDIA ? ResetQuirk(kind: kind, source: "quirk_nvidia_no_bus_reset") : nil
    case .functionLevel:
      if noFunctionLevel.contains(id) { return ResetQuirk(kind: kind, source: "quirk_no_flr") }
      return id == 0xd063_1000 && revision ?? 1 == 1 ? ResetQuirk(kind: kind, source: "quirk_no_flr_snet") : nil
    case .power:
      let isGraphics = identity.vendor == 0x1002 && identity.classCode.baseAndSub == 0x0300
      guard !isOnRootBus, isGraphics || noPower.contains(id) else { return nil }
      return ResetQuirk(kind: kind, source: "quirk_no_pm_reset")
    }
  }

  private static let noBus: Set<UInt32> = [
    0x10de_22ce, 0x10de_22d0, 0x168c_0030, 0x168c_0032, 0x168c_0033, 0x168c_0034, 0x168c_003c, 0x168c_003e,
    0x17cb_1103, 0x17cb_1107, 0x17cb_0308, 0x177d_a100, 0x104c_b005, 0x1b21_1164,
  ]

  private static let noFunctionLevel: Set<UInt32> = [
    0x1022_1487, 0x1022_148c, 0x1022_149c, 0x1022_7901, 0x8086_1502, 0x8086_1503, 0x14c3_0616, 0x14c3_7925,
  ]

  private static let noPower: Set<UInt32> = [0x15b3_cb84, 0x15b3_cf6c, 0x15b3_cf70, 0x15b3_cf80]
}
