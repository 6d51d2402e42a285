/// One reason for two functions to be in one group: the newcomer found the other one's group by this rule, and joined.
///
/// A group of n functions has n - 1 ties, which connect all of it: any two members are explained by the ties on the way
/// from one to the other.
public struct Tie: Hashable, Sendable {
  /// The kinds of reasons; the words are those of the JSON field `kind`.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A bridge to or of conventional PCI takes over the requests of everything below it.
    case conventionalBus = "conventional-bus"
    /// A port on the way up has no access control services at all.
    case noACS = "no-acs"
    /// A port on the way up has them, and they are not switched on.
    case acsOff = "acs-off"
    /// Functions of one card that can reach each other inside it.
    case multifunction
    /// A function that uses another one's requester id, as a quirk table says.
    case aliasQuirk = "alias-quirk"
    /// An Intel VMD makes the requests of its whole domain its own.
    case vmd
    /// Firmware or the platform's IOMMU driver says that they share a requester id.
    case platformAlias = "platform-alias"
    /// The groups are finer than the hardware, because a command line says so.
    case override
    /// Nothing ties it to anybody.
    case alone
    /// What decides could not be read.
    case unknown
    /// The kernel's groups say so, and nothing that was read does.
    case unexplained
  }

  /// By which rule.
  public var kind: Kind
  /// The device at which it arises: the bridge, the port, the first function of the card.
  public var at: Address
  /// Who joined.
  public var member: Address
  /// Whose group it joined.
  public var to: Address
  /// Functions between the two whose requester ids lead from one to the other; empty but for alias quirks.
  public var via: [Address]

  /// All of it.
  public init(_ kind: Kind, at: Address, member: Address, to: Address, via: [Address] = []) {
    self.kind = kind
    self.at = at
    self.member = member
    self.to = to
    self.via = via
  }
}

/// Why a function does not keep its traffic apart (drivers/pci/pci.c `pci_acs_enabled`).
public enum Leak: Hashable, Sendable {
  /// It is conventional PCI, which has no such thing.
  case conventional
  /// It is a bridge between PCI Express and conventional PCI, for which the specification has no such thing.
  case bridge
  /// It has no ACS capability.
  case noACS
  /// It has one and these flags of it are not switched on (bits as in `ACS`).
  case acsOff(missing: UInt16)
  /// The kernel knows better than its registers.
  case quirk
}

/// Functions whose group cannot be told, because what decides it was not read.
public struct Doubt: Hashable, Sendable {
  /// Whose group it is.
  public var member: Address
  /// The function of which too little is known.
  public var about: Address
  /// Whom it might be together with.
  public var candidates: [Address]
  /// All three.
  public init(member: Address, about: Address, candidates: [Address]) {
    self.member = member
    self.about = about
    self.candidates = candidates
  }
}
