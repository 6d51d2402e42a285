/// Functions that use other requester ids than their own, or bridges that treat requester ids in their own way
/// (drivers/pci/quirks.c, Linux 6.12; the kernel log then has "Enabling fixed DMA alias to").
public struct AliasQuirk: Hashable, Sendable {
  /// What it does to requester ids.
  public enum Effect: Hashable, Sendable {
    /// These devfns of its own bus are aliases of it.
    case uses(Set<UInt8>)
    /// Ids that only the function's own memory tells.
    case usesWhatTheDeviceSays
    /// A conventional bridge that takes requests over with the id of its secondary bus.
    case usesSecondaryBus
    /// Above this bridge requester ids change no more.
    case endsAliases
  }
  /// What it does.
  public var effect: Effect
  /// The function of drivers/pci/quirks.c.
  public var source: String
}

extension AliasQuirk {
  /// The quirk of a function, if there is one. `usesSecondaryBus` holds only for a conventional bridge below a PCI
  /// Express one, which the caller knows.
  public static func quirk(of identity: Identity, at address: Address) -> AliasQuirk? {
    let id = UInt32(identity.vendor) << 16 | UInt32(identity.device)
    let slot = UInt8(truncatingIfNeeded: address.packed) & 0xf8
    if functionZero.contains(id) {
      return address.function == 0 ? nil : AliasQuirk(effect: .uses([slot]), source: "quirk_dma_func0_alias")
    }
    if functionOne.contains(id) {
      return address.function == 1 ? nil : AliasQuirk(effect: .uses([slot | 1]), source: "quirk_dma_func1_alias")
    }
    switch id {
    case 0x9005_0285 where identity.subsystemVendor == 0x9005 && (0x02bb...0x02bc).contains(identity.subsystemDevice):
      return AliasQuirk(effect: .uses([1 << 3]), source: "quirk_fixed_dma_alias")
    case 0x8086_2260, 0x8086_2264:
      return AliasQuirk(effect: .uses([0x10 << 3, 0x11 << 3, 0x12 << 3 | 3]), source: "quirk_mic_x200_dma_alias")
    case 0x8086_2954...0x8086_2956, 0x8086_2958...0x8086_295a:
      let devfns = (UInt8(0)...255).filter { $0 & 7 < 5 }
      return AliasQuirk(effect: .uses(Set(devfns)), source: "quirk_pex_vca_alias")
    case 0x10b5_87b0, 0x10b5_87b1:
      return AliasQuirk(effect: .uses(Set(0...255)), source: "quirk_plx_ntb_dma_alias")
    case 0x1b21_1080, 0x10e3_8113, 0x1283_8892, 0x1283_8893, 0x8086_244e:
      return AliasQuirk(effect: .usesSecondaryBus, source: "quirk_use_pcie_bridge_dma_alias")
    case 0x14e4_9000, 0x14e4_9084:
      return AliasQuirk(effect: .endsAliases, source: "quirk_bridge_cavm_thrx2_pcie_root")
    default:
      return isSwitchtec(identity)
        ? AliasQuirk(effect: .usesWhatTheDeviceSays, source: "quirk_switchtec_ntb_dma_alias") : nil
    }
  }

  private static let functionZero: Set<UInt32> = [0x1180_e832, 0x1180_e476, 0x6766_3d40, 0x6766_3d41]

  private static let functionOne: Set<UInt32> = [
    0x1b4b_9120, 0x1b4b_9123, 0x1b4b_9125, 0x1b4b_9128, 0x1b4b_9130, 0x1b4b_9170, 0x1b4b_9172, 0x1b4b_917a,
    0x1b4b_9182, 0x1b4b_9183, 0x1b4b_91a0, 0x1b4b_9215, 0x1b4b_9220, 0x1b4b_9230, 0x1b4b_9235, 0x1103_0642,
    0x1103_0645, 0x197b_2392, 0x1c28_0122,
  ]

  /// Non-transparent bridges of Microchip's switches.
  private static func isSwitchtec(_ identity: Identity) -> Bool {
    guard identity.classCode.baseAndSub == 0x0680 else { return false }
    if identity.vendor == 0x1055 { return [1, 2, 3, 4, 5, 6, 8].contains(identity.device &- 0x1000) }
    guard identity.vendor == 0x11f8 else { return false }
    return identity.device >> 8 == 0x85 || identity.device >> 12 == 4 || identity.device >> 12 == 5
  }
}
