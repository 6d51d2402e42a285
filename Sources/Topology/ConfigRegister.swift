/// The registers of configuration space that decide about grouping and reset (include/uapi/linux/pci_regs.h).
public enum ConfigRegister: Hashable, Sendable, CaseIterable {
  case vendorID, deviceID, status, revision, headerType
  /// Of a bridge; a header of type 0 has none of the three.
  case primaryBus, secondaryBus, subordinateBus
  /// PMCSR of the power management capability.
  case powerControl
  /// Flags, device capabilities, device capabilities 2 and device control 2 of the PCI Express capability.
  case expressFlags, deviceCapabilities, deviceCapabilities2, deviceControl2
  /// The capability byte of Advanced Features.
  case advancedFeatures
  /// The first word of the Standard Hot-Plug Controller capability.
  case hotPlugController
  case acsCapability, acsControl
  /// The same as the Intel 100 and 200 series ports have them: two double words
  /// (drivers/pci/quirks.c `pci_quirk_intel_spt_pch_acs`).
  case wideACSCapability, wideACSControl
  case ariCapability, ariControl
  case atsCapability, atsControl
  case pasidCapability, pasidControl
  case sriovControl, sriovTotal, sriovNumber, sriovOffset, sriovStride, sriovDevice
  /// Miscellaneous Port Configuration of Intel PCH root ports, at a fixed place
  /// (drivers/pci/quirks.c `pci_quirk_enable_intel_rp_mpc_acs`).
  case intelPortConfiguration

  /// Where a register is found.
  enum Place: Equatable {
    case header(Int)
    case capability(UInt8, Int)
    case extended(UInt16, Int)
  }

  /// As lspci and the specifications call it.
  public var name: String { row.name }
  /// Bytes: 1, 2 or 4.
  public var width: Int { row.width }
  var place: Place { row.place }

  private var row: (name: String, place: Place, width: Int) {
    switch self {
    case .vendorID: ("Vendor ID", .header(0x00), 2)
    case .deviceID: ("Device ID", .header(0x02), 2)
    case .status: ("Status", .header(0x06), 2)
    case .revision: ("Revision ID", .header(0x08), 1)
    case .headerType: ("Header Type", .header(0x0e), 1)
    case .primaryBus: ("Primary Bus", .header(0x18), 1)
    case .secondaryBus: ("Secondary Bus", .header(0x19), 1)
    case .subordinateBus: ("Subordinate Bus", .header(0x1a), 1)
    case .powerControl: ("PM Control/Status", .capability(0x01, 4), 2)
    case .expressFlags: ("PCIe Flags", .capability(0x10, 0x02), 2)
    case .deviceCapabilities: ("Device Capabilities", .capability(0x10, 0x04), 4)
    case .deviceCapabilities2: ("Device Capabilities 2", .capability(0x10, 0x24), 4)
    case .deviceControl2: ("Device Control 2", .capability(0x10, 0x28), 2)
    case .advancedFeatures: ("AF Capabilities", .capability(0x13, 3), 1)
    case .hotPlugController: ("SHPC Capability", .capability(0x0c, 0), 2)
    case .intelPortConfiguration: ("Miscellaneous Port Configuration", .header(0xd8), 4)
    default: extendedRow
    }
  }

  private var extendedRow: (name: String, place: Place, width: Int) {
    switch self {
    case .acsCapability: ("ACS Capability", .extended(0x0d, 4), 2)
    case .acsControl: ("ACS Control", .extended(0x0d, 6), 2)
    case .wideACSCapability: ("ACS Capability", .extended(0x0d, 4), 4)
    case .wideACSControl: ("ACS Control", .extended(0x0d, 8), 4)
    case .ariCapability: ("ARI Capability", .extended(0x0e, 4), 2)
    case .ariControl: ("ARI Control", .extended(0x0e, 6), 2)
    case .atsCapability: ("ATS Capability", .extended(0x0f, 4), 2)
    case .atsControl: ("ATS Control", .extended(0x0f, 6), 2)
    case .pasidCapability: ("PASID Capability", .extended(0x1b, 4), 2)
    case .pasidControl: ("PASID Control", .extended(0x1b, 6), 2)
    case .sriovControl: ("SR-IOV Control", .extended(0x10, 0x08), 2)
    case .sriovTotal: ("SR-IOV Total VFs", .extended(0x10, 0x0e), 2)
    case .sriovNumber: ("SR-IOV Number of VFs", .extended(0x10, 0x10), 2)
    case .sriovOffset: ("SR-IOV First VF Offset", .extended(0x10, 0x14), 2)
    case .sriovStride: ("SR-IOV VF Stride", .extended(0x10, 0x16), 2)
    default: ("SR-IOV VF Device ID", .extended(0x10, 0x1a), 2)
    }
  }
}
