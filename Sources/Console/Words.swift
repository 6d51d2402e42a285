public import Ownership
public import Topology

extension DeviceState {
  /// The word of the STATE column. One is in upper case because it is the one to find.
  public var word: String {
    switch self {
    case .free: "free"
    case .exempt: "exempt"
    case .host: "host"
    case .blocks: "BLOCKS"
    case .vfio: "vfio"
    case .open: "open"
    case .gone: "gone"
    case .unknown: "??"
    }
  }

  /// Its role.
  public var role: Role {
    switch self {
    case .free, .vfio: .stateGood
    case .exempt, .host: .stateQuiet
    case .blocks: .stateWarning
    case .open: .stateOpen
    case .gone: .gone
    case .unknown: .changed
    }
  }

  /// Whether the member stands in the way of an owner.
  var isInTheWay: Bool { self == .host || self == .blocks }
}

extension GroupState {
  /// The words of the screen.
  public var word: String {
    switch self {
    case .viable: "viable"
    case .blocked: "NOT VIABLE"
    case .hostOwned: "host-owned"
    case .owned: "owned"
    case .unknown: "unknown"
    }
  }

  /// Its role.
  public var role: Role {
    switch self {
    case .viable: .stateGood
    case .blocked: .stateWarning
    case .hostOwned: .stateQuiet
    case .owned: .stateOpen
    case .unknown: .changed
    }
  }
}

extension RuleSet {
  /// Whose rules they are, for people.
  public var words: String {
    switch self {
    case .explicitLinux: "VFIO groups"
    case .explicit2021: "VFIO groups before 5.19"
    case .implicitApril: "/dev/ioasid, April 2021"
    case .implicitRFC1: "/dev/ioasid, May 2021"
    case .implicitRFC2: "/dev/iommu, July 2021"
    case .autoUnbind: "automatic unbinding"
    case .iommufd: "iommufd"
    }
  }
}

extension Kind {
  /// What a bridge or port is called in a list; nil for everything that its class names better.
  var portNoun: String? {
    switch self {
    case .rootPort: "PCIe root port"
    case .upstreamPort: "PCIe switch upstream port"
    case .downstreamPort: "PCIe switch downstream port"
    case .pcieToPCIBridge: "PCIe-to-PCI bridge"
    case .pciToPCIeBridge: "PCI-to-PCIe bridge"
    case .conventionalBridge: "PCI-to-PCI bridge"
    case .eventCollector: "Root complex event collector"
    case .function, .bridge, .virtualFunction, .endpoint, .legacyEndpoint, .integratedEndpoint, .conventional: nil
    }
  }

  /// What it is, in a sentence's words.
  var words: String {
    switch self {
    case .function: "function"
    case .bridge: "bridge"
    case .virtualFunction: "virtual function"
    case .endpoint: "PCIe endpoint"
    case .legacyEndpoint: "legacy PCIe endpoint"
    case .integratedEndpoint: "endpoint in the root complex"
    case .conventional: "conventional PCI device"
    case .rootPort, .upstreamPort, .downstreamPort, .pcieToPCIBridge, .pciToPCIeBridge, .conventionalBridge,
      .eventCollector:
      portNoun ?? rawValue
    }
  }
}

extension Node {
  /// `rw-rw---- uid 0 gid 64`: who may open it.
  public var access: String {
    let bits = ["x", "w", "r"]
    let letters = (0..<9).reversed().map { mode >> UInt16($0) & 1 == 1 ? bits[$0 % 3] : "-" }
    return letters.joined() + " uid \(owner) gid \(group)"
  }
}

extension ReservedRegion {
  /// `0xfee00000-0xfeefffff`.
  public var range: String { "0x" + Hex.text(first, atLeast: 1) + "-0x" + Hex.text(last, atLeast: 1) }
}
