public import HostAccess
public import Ownership
public import Topology

/// Devices on their way to somebody else, with everything that is known of them: what every export is written from.
public struct Handover: Sendable {
  /// The machine.
  public var inventory: Inventory
  /// Whose rules judge its groups.
  public var rules: RuleSet
  /// The groups concerned, by number; all of them where nothing was named.
  public var groups: [Group]
  /// Functions to hand over, by address: endpoints. Bridges are never handed over.
  public var endpoints: [Address]
  /// Functions that were named, one by one.
  let named: Set<Address>
  /// Groups that were named, whole.
  let namedGroups: Set<GroupID>
  /// Virtual functions among them that are left out, since their physical one is handed over and they go before.
  var withheld: [Address] = []
  /// Every virtual function that goes before, whatever group it is in.
  var leaving: Set<Address> = []
  /// Named functions that are in no group, by address: they are shown, and nobody can have them.
  public var ungrouped: [Address]
  /// Whether nothing was named: the whole machine is meant.
  public var isWhole: Bool
  /// Only what was named, and not the rest of its groups.
  public var isPartial: Bool
  /// What the machine offers.
  public var capabilities: [Capability] = []
  /// Configuration space, where it was read.
  public var configs: [Address: Known<ConfigSpace>] = [:]
  /// How the kernel would reset functions, where that was asked.
  public var methods: [Address: Known<[ResetMethod]>] = [:]
  /// Functions whose interrupts are known not to be kept apart from the host's, which no module was told to allow.
  public var exposed: [Address] = []
  /// Why groups are groups, where that was worked out.
  public var explained: [GroupID: Explained] = [:]
  /// What sort of world it was seen in: `this machine`, `an image`, `a simulated machine`. Never a name.
  public var origin = "a machine"
  /// What somebody chose.
  public var choice = Choice()

  /// What can be chosen beside the format.
  public struct Choice: Hashable, Sendable {
    /// Which of the two ways of handing devices out; nil is the one that works.
    public var model: Model?
    /// Whether libvirt binds drivers itself; nil is told from where the devices are now.
    public var isManaged: Bool?
    /// Nothing but what a program reads: no comments.
    public var isBare = false
    /// Nothing chosen.
    public init() {}
  }

  /// The two ways of handing devices out that this kernel's programs know.
  public enum Model: String, Hashable, Sendable, CaseIterable {
    /// `/dev/vfio/vfio` and `/dev/vfio/N`.
    case explicit
    /// `/dev/iommu` and `/dev/vfio/devices/vfioN`.
    case iommufd
  }

  /// What was named: groups whole, and functions with the whole of their groups unless `onlyNamed`; nothing named is
  /// the whole machine.
  public init(
    of named: [Address], groups: [GroupID], in inventory: Inventory, rules: RuleSet, onlyNamed: Bool = false
  ) {
    self.inventory = inventory
    self.rules = rules
    self.named = Set(named)
    namedGroups = Set(groups)
    isWhole = named.isEmpty && groups.isEmpty
    isPartial = onlyNamed
    var ids = Set(groups)
    for address in named { if let group = inventory.group(of: address) { ids.insert(group.id) } }
    let isEverything = isWhole
    self.groups = inventory.groups.filter { isEverything || ids.contains($0.id) }
    ungrouped = Set(named.filter { inventory.group(of: $0) == nil }).sorted()
    let whole = onlyNamed ? inventory.groups.filter { groups.contains($0.id) } : self.groups
    let members = Set(whole.flatMap(\.members) + (onlyNamed ? named : []))
    endpoints = members.sorted().filter { inventory[$0].map(Self.isEndpoint) ?? false }
  }

  /// Whether a function can be handed over at all: vfio-pci takes none whose header is a bridge's
  /// (drivers/vfio/pci/vfio_pci_core.c `vfio_pci_core_register_device`).
  static func isEndpoint(_ function: Function) -> Bool {
    guard !function.leadsToABus else { return false }
    // Host bridges and ISA bridges have ordinary headers, but nobody wants them in a guest.
    guard let code = function.identity.value?.classCode else { return true }
    return !code.isBridge
  }

  /// The verdict on each group, in the order of `groups`.
  public var verdicts: [Verdict] {
    let judge = Judge(rules: rules)
    return groups.map { judge.verdict(on: $0, in: inventory) }
  }

  /// Endpoints of the groups that stay behind.
  var leftBehind: [Address] {
    guard !isWhole else { return [] }
    let chosen = Set(endpoints).union(withheld)
    return groups.flatMap(\.members).filter { address in
      !chosen.contains(address) && (inventory[address].map(Self.isEndpoint) ?? false)
    }
  }

  /// How a function stands to whoever wants its group.
  func standing(of address: Address) -> Standing {
    inventory[address].map { rules.standing(of: $0) } ?? .unknown(.notRead)
  }

  func isVFIO(_ address: Address) -> Bool {
    if case .vfio = standing(of: address) { true } else { false }
  }

  /// `group 5`, `groups 5 and 7`, `02:01.0`.
  var title: String {
    let names = Naming([:])
    if groups.isEmpty { return names.list(ungrouped.map(\.short)) }
    if isPartial, !endpoints.isEmpty { return names.list(endpoints.map(\.short)) }
    return (groups.count == 1 ? "group " : "groups ") + names.list(groups.map(\.id.description))
  }

  /// The words that select the same for a command, but for groups that cannot be had as they are.
  func selectors(without groups: Set<GroupID> = []) -> String {
    if isPartial {
      return endpoints.filter { address in !(inventory.group(of: address).map { groups.contains($0.id) } ?? false) }
        .map(\.description).joined(separator: " ")
    }
    return self.groups.filter { !groups.contains($0.id) }.map { "group:\($0.id)" }.joined(separator: " ")
  }
}
