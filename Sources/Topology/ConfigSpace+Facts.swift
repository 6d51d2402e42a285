/// The bus numbers of a bridge.
public struct BusNumbers: Hashable, Sendable {
  /// The bus that it stands on.
  public var primary: UInt8
  /// The bus that begins below it.
  public var secondary: UInt8
  /// The last bus below it.
  public var subordinate: UInt8
}

/// What a physical function says of its virtual functions.
public struct SRIOV: Hashable, Sendable {
  /// The most there can be.
  public var total: UInt16
  /// How many are asked for.
  public var number: UInt16
  /// Routing-id distance to the first one.
  public var offset: UInt16
  /// Routing-id distance between them.
  public var stride: UInt16
  /// Their device id.
  public var device: UInt16
  /// Whether they are switched on (PCI_SRIOV_CTRL_VFE).
  public var isEnabled: Bool

  /// All of it.
  public init(total: UInt16, number: UInt16, offset: UInt16, stride: UInt16, device: UInt16, isEnabled: Bool) {
    self.total = total
    self.number = number
    self.offset = offset
    self.stride = stride
    self.device = device
    self.isEnabled = isEnabled
  }
}

extension ConfigSpace {
  private func value(_ register: ConfigRegister) -> Known<UInt32> { self[register].map(\.value) }

  private func bit(_ bit: UInt32, of register: ConfigRegister) -> Known<Bool> {
    value(register).map { $0 & (1 << bit) != 0 }
  }

  /// Low 7 bits of the header type: 0 function, 1 bridge, 2 CardBus bridge.
  public var layout: Known<UInt8> { value(.headerType).map { UInt8($0 & 0x7f) } }

  /// Bit 7 of the header type.
  public var saysMultifunction: Known<Bool> { bit(7, of: .headerType) }

  /// Revision id.
  public var revision: Known<UInt8> { value(.revision).map { UInt8($0) } }

  /// Absent but for a bridge.
  public var busNumbers: Known<BusNumbers> {
    guard let layout = layout.value else { return .unknown(layout.ignorance ?? beyond) }
    guard layout == 1 || layout == 2 else { return .absent }
    guard let primary = byte(0x18), let secondary = byte(0x19), let subordinate = byte(0x1a) else {
      return .unknown(beyond)
    }
    return .value(BusNumbers(primary: primary, secondary: secondary, subordinate: subordinate))
  }

  /// The port type as the function's own registers have it; conventional without a PCI Express capability.
  public var port: Known<PortType> {
    switch self[.expressFlags] {
    case .value(let flags): .value(.express(UInt8(flags.value >> 4 & 15)))
    case .absent: .value(.conventional)
    case .unknown(let why): .unknown(why)
    }
  }

  /// Whether a slot hangs below the port (PCI_EXP_FLAGS_SLOT); absent without PCI Express.
  public var hasSlot: Known<Bool> { bit(8, of: .expressFlags) }

  /// Function-level reset, by the PCI Express capability or by Advanced Features (drivers/pci/pci.c
  /// `pcie_reset_flr`, `pci_af_flr`); absent where neither capability is there.
  public var hasFunctionLevelReset: Known<Bool> {
    let express = bit(28, of: .deviceCapabilities)
    let advanced = value(.advancedFeatures).map { $0 & 3 == 3 }
    if express.value == true || advanced.value == true { return .value(true) }
    if express.ignorance != nil { return express }
    if advanced.ignorance != nil { return advanced }
    return express.value == nil ? advanced : express
  }

  /// Whether ARI forwarding is on at this port; absent where its capability has no such register
  /// (drivers/pci/access.c `pcie_capability_reg_implemented`).
  public var forwardsARI: Known<Bool> {
    guard let flags = value(.expressFlags).value else { return bit(5, of: .deviceControl2) }
    return flags & 15 < 2 ? .absent : bit(5, of: .deviceControl2)
  }

  /// Whether a change from D3hot to D0 leaves the function as it was (PCI_PM_CTRL_NO_SOFT_RESET); absent without power
  /// management.
  public var keepsStateInD3: Known<Bool> { bit(3, of: .powerControl) }

  /// Access control services.
  public var acs: Known<ACS> { pair(.acsCapability, .acsControl) }

  /// The same where both registers are double words, as Intel's 100 and 200 series ports have them.
  public var wideACS: Known<ACS> { pair(.wideACSCapability, .wideACSControl) }

  private func pair(_ capability: ConfigRegister, _ control: ConfigRegister) -> Known<ACS> {
    switch (value(capability), value(control)) {
    case (.value(let capability), .value(let control)):
      .value(ACS(capability: UInt16(truncatingIfNeeded: capability), control: UInt16(truncatingIfNeeded: control)))
    case (.unknown(let why), _), (_, .unknown(let why)): .unknown(why)
    case (.absent, _), (_, .absent): .absent
    }
  }

  /// Virtual functions; absent where the function cannot have any.
  public var sriov: Known<SRIOV> {
    let registers: [ConfigRegister] = [
      .sriovTotal, .sriovNumber, .sriovOffset, .sriovStride, .sriovDevice, .sriovControl,
    ]
    var words: [UInt16] = []
    for register in registers {
      switch value(register) {
      case .value(let value): words.append(UInt16(truncatingIfNeeded: value))
      case .absent: return .absent
      case .unknown(let why): return .unknown(why)
      }
    }
    return .value(
      SRIOV(
        total: words[0], number: words[1], offset: words[2], stride: words[3], device: words[4],
        isEnabled: words[5] & 1 != 0))
  }

  /// Ids and class as the kernel makes them of the header (drivers/pci/probe.c `pci_setup_device`); absent of a virtual
  /// function, whose header has no ids, and of one that was not filled in.
  public var identity: Known<Identity> {
    if isSilent { return .absent }
    guard let vendor = number(at: 0, width: 2), let device = number(at: 2, width: 2), let code = number(at: 8, width: 4)
    else { return .unknown(beyond) }
    if vendor == 0 || vendor == 0xffff { return .absent }
    let subsystem = subsystemIDs
    return .value(
      Identity(
        vendor: UInt16(vendor), device: UInt16(device), subsystemVendor: UInt16(subsystem & 0xffff),
        subsystemDevice: UInt16(subsystem >> 16), classCode: ClassCode(code >> 8)))
  }

  /// In the header, or for a bridge in a capability; 0 where there are none.
  private var subsystemIDs: UInt32 {
    switch byte(0x0e).map({ $0 & 0x7f }) {
    case 0: number(at: 0x2c, width: 4) ?? 0
    case 1: offset(of: ConfigCapability.subsystem).value.flatMap { number(at: $0 + 4, width: 4) } ?? 0
    case 2: number(at: 0x40, width: 4) ?? 0
    default: 0
    }
  }
}
