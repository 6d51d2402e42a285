/// What the kernel looks at when it puts a function into a group: where it hangs, what kind of port it is, and
/// whether it keeps its traffic apart.
public struct PortFacts: Hashable, Sendable {
  /// Where it sits.
  public var address: Address
  /// What it hangs below. A virtual function hangs below what its physical function hangs below.
  public var parent: Parent
  /// Whether a bus begins below it (header type 1 or 2).
  public var leadsToABus: Bool
  /// Its port type, as its own registers have it.
  public var type: PortType
  /// Header type bit 7, or a function number above 0 that was found by scanning; never of a virtual function
  /// (drivers/pci/probe.c `pci_scan_slot`, drivers/pci/iov.c `pci_iov_add_virtfn`).
  public var isMultifunction: Bool
  /// The ACS capability; nil where there is none.
  public var acs: ACS?
  /// What a quirk says about isolation in place of the registers (drivers/pci/quirks.c `pci_dev_acs_enabled`); nil
  /// where no quirk has an opinion.
  public var quirk: Bool?
  /// The quirk that says so, where it is one of the kernel's.
  public var quirkSource: IsolationQuirk.Opinion?
  /// Other functions of its bus whose requester ids it uses, as devfn (`dma_alias_mask`).
  public var aliases: Set<UInt8>
  /// A bridge above which requester ids do not change any more (PCI_DEV_FLAGS_BRIDGE_XLATE_ROOT).
  public var endsAliases: Bool
  /// A conventional bridge whose requests carry the id of its secondary bus, device 0 (PCI_DEV_FLAG_PCIE_BRIDGE_ALIAS).
  public var usesSecondaryBus = false
  /// The function of drivers/pci/quirks.c behind `aliases`, `endsAliases` or `usesSecondaryBus`.
  public var aliasSource: String?
  /// Facts that could not be read, and why. What stands in their place is what most functions have, and no claim.
  public var gaps: [PortFact: Ignorance] = [:]

  /// A function; the rest is what most functions are.
  public init(
    address: Address, parent: Parent, leadsToABus: Bool = false, type: PortType = .conventional,
    isMultifunction: Bool = false, acs: ACS? = nil, quirk: Bool? = nil, aliases: Set<UInt8> = [],
    endsAliases: Bool = false
  ) {
    self.address = address
    self.parent = parent
    self.leadsToABus = leadsToABus
    self.type = type
    self.isMultifunction = isMultifunction
    self.acs = acs
    self.quirk = quirk
    self.aliases = aliases
    self.endsAliases = endsAliases
  }
}

/// The facts of a port that may be out of reach.
public enum PortFact: String, Hashable, Sendable, CaseIterable {
  /// `type`, and with it all that comes of being PCI Express or not.
  case type
  /// `isMultifunction`.
  case multifunction
  /// `acs`.
  case acs
  /// `quirk`: ids, or the platform, are not known.
  case quirk
  /// `aliases`.
  case aliases
}

extension PortFacts {
  /// Whether it keeps its traffic apart (drivers/pci/pci.c `pci_acs_enabled`), as far as the facts that decide it are
  /// known. A gap in a fact that decides nothing is no gap here.
  public var isolation: Known<Bool> {
    if let quirk { return .value(quirk) }
    if let why = gaps[.quirk] { return .unknown(why) }
    if let why = gaps[.type] { return .unknown(why) }
    switch type {
    case .conventional, .express(7), .express(8), .express(10): return .value(false)
    case .express(4), .express(6): return acsIsolates
    case .express(0), .express(1), .express(5), .express(9):
      if let why = gaps[.multifunction] {
        return acsIsolates.value == true ? .value(true) : .unknown(why)
      }
      return isMultifunction ? acsIsolates : .value(true)
    case .express: return .value(true)
    }
  }

  private var acsIsolates: Known<Bool> {
    gaps[.acs].map { .unknown($0) } ?? .value(acs?.isolates ?? false)
  }
}

/// The two words of an ACS capability (include/uapi/linux/pci_regs.h, PCI_ACS_CAP and PCI_ACS_CTRL).
public struct ACS: Hashable, Sendable {
  /// What the function can do.
  public var capability: UInt16
  /// What is switched on.
  public var control: UInt16
  /// Both.
  public init(capability: UInt16, control: UInt16) {
    self.capability = capability
    self.control = control
  }

  /// Source validation, request and completion redirect, upstream forwarding (drivers/iommu/iommu.c REQ_ACS_FLAGS).
  public static let required: UInt16 = 0x1d
  private static let egressControl: UInt16 = 0x20

  /// Whether all that is required is on. What a function cannot do it need not switch on, but for egress control
  /// (drivers/pci/pci.c `pci_acs_flags_enabled`).
  public var isolates: Bool {
    let needed = Self.required & (capability | Self.egressControl)
    return control & needed == needed
  }
}
