public import Topology

/// How grave a finding is, and with that what consent it takes. The raw values are the JSON's words.
public enum Severity: String, Hashable, Sendable, CaseIterable, Comparable {
  /// `--yes` is enough.
  case low
  /// The group's number has to be named: `--consent GROUP`, or typed in the console.
  case medium
  /// Somebody may be locked out of the machine, or it may stop: typed at a terminal, never a flag.
  case lockout

  /// By gravity.
  public static func < (left: Severity, right: Severity) -> Bool {
    left.rank < right.rank
  }
  private var rank: Int {
    switch self {
    case .low: 0
    case .medium: 1
    case .lockout: 2
    }
  }
}

/// Something that an act would cost, or that could not be made sure of.
public struct Finding: Hashable, Sendable {
  /// What kind. The raw values are the JSON's words.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case fileSystem = "file-system"
    case swap
    case disk
    case network
    case login
    case display
    case keyboard
    case holder
    case virtualFunctions = "virtual-functions"
    case resetReach = "reset-reach"
    case suspended
    case hangsOnUnbind = "hangs-on-unbind"
    case reach
    case openToAll = "open-to-all"
    case memoryLimit = "memory-limit"
    case unknown
    /// Another card sits where one was assigned for good.
    case otherCard = "assigned-for-another-card"
    /// A store, a rule or a tool wants another driver.
    case otherDriver = "configured-otherwise"
    /// The ids of vfio-pci take a card that the host has.
    case sameIDs = "ids-of-another"
    /// libvirt binds and gives back by itself.
    case managed = "managed-by-libvirt"
    /// It is assigned again at the next boot.
    case staysAssigned = "stays-assigned"
    /// Early boot needs a new initramfs.
    case earlyBoot = "early-boot"
  }
  /// How grave.
  public var severity: Severity
  /// On account of which member.
  public var address: Address
  /// What kind.
  public var kind: Kind
  /// A sentence that names what would be lost, cleaned.
  public var text: String

  /// All of it.
  public init(_ severity: Severity, _ address: Address, _ kind: Kind, _ text: String) {
    self.severity = severity
    self.address = address
    self.kind = kind
    self.text = text
  }
}
