/// A machine on paper: what the groups would be if something were changed. Nothing is touched.
public struct WhatIf: Hashable, Sendable {
  /// One thing that is different.
  public enum Change: Hashable, Sendable {
    /// A device, with all its functions and what is below them, in the slot below a port or bridge.
    case move(Address, below: Address)
    /// A device in a slot of its own, below a port that has ACS.
    case moveApart(Address)
    /// ACS of a port on or off.
    case acs(Address, isOn: Bool)
    /// A bridge gone, and what was below it in its place; a device gone.
    case remove(Address)
    /// That many virtual functions.
    case virtualFunctions(Address, Int)
    /// A kernel that is not told to pretend.
    case withoutOverride
  }

  /// The machine as it is.
  public let inventory: Inventory
  /// What is different.
  public private(set) var changes: [Change] = []
  /// What has to be kept in mind, one sentence each.
  public internal(set) var notes: [String] = []
  /// What the kernel would look at. Functions that moved have places of their own.
  var ports: [Address: PortFacts]
  /// By its place on paper, the function that is meant, where the two differ.
  var names: [Address: Address] = [:]
  /// Functions that are not there any more.
  var gone: Set<Address> = []
  /// Virtual functions that are new, and whose they are.
  public internal(set) var born: [Address: Address] = [:]
  /// Whether the kernel on paper has the override patch and is told to use it.
  var heedsOverride: Bool
  /// Why today's groups are what they are.
  public let ties: Ties
  /// What comes to them.
  let basis: TieBasis
  let virtual: [Address: Known<SRIOV>]
  private var sheets: UInt32 = 0

  /// A machine as it is. `virtual` says where physical functions have their virtual ones, as far as that was read.
  public init(_ inventory: Inventory, _ ports: [PortFacts], virtual: [Address: Known<SRIOV>] = [:]) {
    self.inventory = inventory
    self.virtual = virtual
    ties = Ties(inventory, ports)
    basis = TieBasis(inventory, ports, ties, groupless: Self.groupless(inventory, ports))
    heedsOverride = basis.heedsOverride
    self.ports = Dictionary(basis.ports.map { ($0.address, $0) }) { first, _ in first }
  }

  /// Functions that no IOMMU translates for; nobody where there is no IOMMU at all.
  static func groupless(_ inventory: Inventory, _ ports: [PortFacts]) -> Set<Address> {
    inventory.groups.isEmpty ? [] : Set(ports.map(\.address).filter { inventory.group(of: $0) == nil })
  }

  /// Changes one thing more.
  public mutating func apply(_ change: Change) throws(WhatIfError) {
    switch change {
    case .move(let device, let port): try move(device, below: port)
    case .moveApart(let device): try moveApart(device)
    case .acs(let port, let isOn): try setACS(port, isOn)
    case .remove(let device): try remove(device)
    case .virtualFunctions(let physical, let count): try setVirtualFunctions(of: physical, count, virtual[physical])
    case .withoutOverride: try dropOverride()
    }
    changes.append(change)
    // Two changes may have the same to say.
    var said: Set<String> = []
    notes = notes.filter { said.insert($0).inserted }
  }

  /// A bus that no machine has: on paper every slot that is filled has one.
  mutating func newBus() -> UInt32 {
    sheets += 1
    return 0xffff_0000 + sheets
  }
}

/// Why a change cannot be made on paper.
public enum WhatIfError: Error, Hashable, Sendable {
  /// Not in the grammar.
  case malformed(String)
  /// It names what is not there, or more than one thing.
  case selector(SelectorError)
  /// Two changes that cannot both be.
  case contradiction(WhatIf.Change, WhatIf.Change)
  /// There is no room for it, or no such thing: a sentence.
  case impossible(String)
}

extension WhatIfError: CustomStringConvertible {
  /// A sentence. Clean.
  public var description: String {
    switch self {
    case .malformed(let text):
      "'\(Clean.visible(text))' is no change; a change is DEVICE@PORT, DEVICE@new, acs-on@PORT, acs-off@PORT, "
        + "remove@DEVICE, vfs=N@DEVICE or no-override"
    case .selector(let error): error.description
    case .contradiction(let one, let other): "'\(one)' and '\(other)' contradict each other: ask one at a time"
    case .impossible(let why): why
    }
  }
}
