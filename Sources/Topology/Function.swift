/// Where a function hangs in the tree.
public enum Parent: Hashable, Sendable {
  /// On a root bus, named by the host bridge's directory: `pci0000:00`.
  case root(String)
  /// Below a bridge; or, for a domain made by Intel VMD, below the VMD controller.
  case function(Address)

  /// The function above, if there is one.
  public var function: Address? {
    if case .function(let address) = self { address } else { nil }
  }
}

/// A driver's name, as the base name of the `driver` link spells it.
public typealias DriverName = String

/// An IOMMU group's number. Ids are reused by the kernel (an ida), so a number is never a durable key.
public struct GroupID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// `N` of `/sys/kernel/iommu_groups/N`.
  public let number: UInt32
  /// Any number, 0 included.
  public init(_ number: UInt32) { self.number = number }
  /// By number.
  public static func < (left: GroupID, right: GroupID) -> Bool { left.number < right.number }
  /// Decimal, as in `/dev/vfio/N`.
  public var description: String { String(number) }
}

/// One PCI function, as far as a listing reads it; `details` hold what only a closer look needs.
public struct Function: Hashable, Sendable {
  /// Where it sits.
  public var address: Address
  /// What it hangs below.
  public var parent: Parent
  /// Ids and class.
  public var identity: Known<Identity>
  /// The bound driver; absent is driverless.
  public var driver: Known<DriverName> { didSet { if driver != oldValue { hasVariantDriver = false } } }
  /// Its IOMMU group; absent without an IOMMU for it.
  public var group: Known<GroupID>
  /// The PF, when this is a virtual function.
  public var physicalFunction: Address?
  /// `driver_override`; read in a listing only where a verdict needs it.
  public var driverOverride: Known<DriverName>
  /// Whether the driver keeps a vfio device in this function's `vfio-dev` though no table names it: a variant of
  /// vfio-pci that is newer than the tables. Says nothing any more once another driver is bound.
  public var hasVariantDriver = false
  /// What a closer look reads; nil until somebody looked.
  public var details: Details? {
    get { boxedDetails?.value }
    set { boxedDetails = newValue.map(Box.init) }
  }
  private var boxedDetails: Box<Details>?
  /// Whether somebody looked closer; cheaper than to take the details out and see.
  public var hasDetails: Bool { boxedDetails != nil }
  /// The VFIO device of a function that was looked at closely.
  public var vfioDevice: String? { boxedDetails?.value.vfioDevice.value }
  /// Whether its driver has registered it with VFIO, as far as was looked.
  public var hasVFIODevice: Bool { vfioDevice != nil || hasVariantDriver }
  /// The port type of a function that was looked at closely.
  public var port: PortType? { boxedDetails?.value.port.value }

  /// A function with nothing known but its place.
  public init(
    address: Address, parent: Parent, identity: Known<Identity> = .unknown(.notRead),
    driver: Known<DriverName> = .unknown(.notRead), group: Known<GroupID> = .unknown(.notRead),
    physicalFunction: Address? = nil, driverOverride: Known<DriverName> = .unknown(.notRead), details: Details? = nil
  ) {
    self.address = address
    self.parent = parent
    self.identity = identity
    self.driver = driver
    self.group = group
    self.physicalFunction = physicalFunction
    self.driverOverride = driverOverride
    self.details = details
  }

  /// A PCI-to-PCI or CardBus bridge, by class.
  public var leadsToABus: Bool { identity.value?.classCode.leadsToABus ?? false }
}

/// What kind of thing a function is; the words of the JSON field `kind`.
public enum Kind: String, Hashable, Sendable {
  case function
  case bridge
  case virtualFunction = "vf"
  case endpoint
  case legacyEndpoint = "legacy-endpoint"
  case rootPort = "root-port"
  case upstreamPort = "upstream-port"
  case downstreamPort = "downstream-port"
  case pcieToPCIBridge = "pcie-to-pci-bridge"
  case pciToPCIeBridge = "pci-to-pcie-bridge"
  case integratedEndpoint = "integrated-endpoint"
  case eventCollector = "event-collector"
  case conventionalBridge = "conventional-bridge"
  case conventional = "conventional"
}

extension Function {
  /// The kind, from config space where it was read, else from the class and the `physfn` link.
  public var kind: Kind {
    if physicalFunction != nil { return .virtualFunction }
    if let port { return port.kind(leadsToABus: leadsToABus) }
    return leadsToABus ? .bridge : .function
  }
}

/// The device/port type of the PCI Express capability (bits 7:4 of its flags; include/uapi/linux/pci_regs.h
/// `PCI_EXP_FLAGS_TYPE`), or conventional where there is no such capability.
public enum PortType: Hashable, Sendable {
  case express(UInt8)
  case conventional

  /// The kind it makes of a function.
  public func kind(leadsToABus: Bool) -> Kind {
    switch self {
    case .conventional: leadsToABus ? .conventionalBridge : .conventional
    case .express(0): .endpoint
    case .express(1): .legacyEndpoint
    case .express(4): .rootPort
    case .express(5): .upstreamPort
    case .express(6): .downstreamPort
    case .express(7): .pcieToPCIBridge
    case .express(8): .pciToPCIeBridge
    case .express(9): .integratedEndpoint
    case .express(10): .eventCollector
    case .express: leadsToABus ? .bridge : .function
    }
  }
}
