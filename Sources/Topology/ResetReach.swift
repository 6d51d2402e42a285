/// A way in which the kernel can reset a function, by the words of sysfs `reset_method`
/// (drivers/pci/pci.c `pci_reset_fn_methods`).
public enum ResetMethod: String, Hashable, Sendable, CaseIterable {
  case deviceSpecific = "device_specific"
  case acpi
  case functionLevel = "flr"
  case advancedFeatures = "af_flr"
  case power = "pm"
  case bus
  case cxlBus = "cxl_bus"

  /// Whether it leaves every other function alone. What firmware does is firmware's secret.
  public var isOfTheFunctionAlone: Bool {
    switch self {
    case .deviceSpecific, .functionLevel, .advancedFeatures, .power: true
    case .acpi, .bus, .cxlBus: false
    }
  }
}

/// What a reset of one function reaches: groups are about DMA, and a reset does not stop at their borders.
public struct ResetReach: Hashable, Sendable {
  /// The function that is to be reset.
  public var address: Address
  /// What a reset of its bus does.
  public var bus: BusReset
  /// Every other function that a reset of its bus hits, whether or not the kernel would do it; by address.
  public var others: [Other]
  /// How the function can be reset without touching another; absent when it cannot.
  public var ownReset: Known<ResetMethod>
  /// Which file says so.
  public var ownSource: Source
  /// Why the kernel does not use a reset that the registers offer.
  public var quirks: [ResetQuirk]

  /// A reset of the bus that a function stands on.
  public enum BusReset: Hashable, Sendable {
    /// The bridge that does it, by its secondary bus reset bit.
    case possible(by: Address)
    /// A root bus has no bridge that could.
    case onRootBus
    /// Resetting its physical function is another matter.
    case virtualFunction
    /// A function on the bus, below it, or the bridge itself does not survive it.
    case forbidden(because: Address, ResetQuirk)
  }

  /// A file below the function's directory in sysfs.
  public enum Source: String, Hashable, Sendable {
    /// The kernel's own list.
    case methods = "reset_method"
    /// The registers, where the kernel has no such list.
    case registers = "config"
  }

  /// Another function in reach.
  public struct Other: Hashable, Sendable {
    /// Which.
    public var address: Address
    /// How its group stands to that of the function that is to be reset.
    public var group: Relation
    /// Who works with it.
    public var driver: Known<DriverName>
    /// A bridge in reach makes VFIO's hot reset impossible (drivers/vfio/pci/vfio_pci_core.c `vfio_pci_dev_set`).
    public var isBridge: Bool
  }

  /// Whose group it is.
  public enum Relation: Hashable, Sendable {
    case same
    case other(GroupID)
    /// It has none.
    case none
    case unknown(Ignorance)
  }

  /// Others in reach that whoever owns the function's group does not own with it.
  public var strangers: [Other] { others.filter { $0.group != .same } }
}

extension ResetReach {
  /// From an inventory alone, and, where they were read, from `reset_method` and the function's configuration space.
  /// Nil when there is no such function.
  public init?(
    of address: Address, in inventory: Inventory, methods: Known<[ResetMethod]> = .unknown(.notRead),
    config: Known<ConfigSpace> = .unknown(.notRead)
  ) {
    guard let function = inventory[address] else { return nil }
    self.address = address
    let above = function.parent.function.flatMap { inventory[$0] }
    let bridge = above.flatMap { $0.leadsToABus ? $0 : nil }
    var reached: [Function] = []
    if let bridge, function.physicalFunction == nil {
      reached = Self.functions(below: bridge.address, in: inventory)
      bus = .possible(by: bridge.address)
      for candidate in [bridge] + reached {
        guard let identity = candidate.identity.value, let quirk = ResetQuirk.quirk(.bus, of: identity) else {
          continue
        }
        bus = .forbidden(because: candidate.address, quirk)
        break
      }
    } else {
      bus = function.physicalFunction == nil ? .onRootBus : .virtualFunction
    }
    others = reached.filter { $0.address != address }.map { other in
      Other(
        address: other.address, group: Self.relation(of: other.group, to: function.group), driver: other.driver,
        isBridge: other.leadsToABus)
    }
    quirks = Self.quirks(of: function, config.value, isOnRootBus: bridge == nil)
    ownReset = Self.ownReset(methods, config, without: Set(quirks.map(\.kind)))
    ownSource = methods.ignorance != nil && config != .unknown(.notRead) ? .registers : .methods
  }

  private static func relation(of other: Known<GroupID>, to own: Known<GroupID>) -> Relation {
    switch (other, own) {
    case (.unknown(let why), _): .unknown(why)
    case (.absent, _): .none
    case (.value(let id), _): own == .value(id) ? .same : .other(id)
    }
  }

  /// Everything on the bus below a bridge and on the buses below that, by address.
  private static func functions(below bridge: Address, in inventory: Inventory) -> [Function] {
    var found: Set<Address> = [bridge]
    var reached: [Function] = []
    var isGrowing = true
    // A bridge may have a lower address than what it stands below; every pass but the last reaches further down.
    while isGrowing {
      isGrowing = false
      for function in inventory.functions where !found.contains(function.address) {
        guard let above = function.parent.function, found.contains(above) else { continue }
        found.insert(function.address)
        reached.append(function)
        isGrowing = true
      }
    }
    return reached.sorted { $0.address < $1.address }
  }

  private static func quirks(of function: Function, _ space: ConfigSpace?, isOnRootBus: Bool) -> [ResetQuirk] {
    guard let identity = function.identity.value else { return [] }
    let revision = function.details?.revision.value ?? space?.revision.value
    return [ResetQuirk.Kind.functionLevel, .power].compactMap {
      ResetQuirk.quirk($0, of: identity, revision: revision, isOnRootBus: isOnRootBus)
    }
  }

  /// The kernel's own list is the truth; without it the registers speak, less what quirks forbid.
  private static func ownReset(
    _ methods: Known<[ResetMethod]>, _ config: Known<ConfigSpace>, without forbidden: Set<ResetQuirk.Kind>
  ) -> Known<ResetMethod> {
    switch methods {
    case .value(let methods): return methods.first(where: \.isOfTheFunctionAlone).map { .value($0) } ?? .absent
    case .absent: return .absent
    case .unknown(let why):
      guard let space = config.value else { return .unknown(config.ignorance ?? why) }
      return ownReset(space, without: forbidden)
    }
  }

  private static func ownReset(_ space: ConfigSpace, without forbidden: Set<ResetQuirk.Kind>) -> Known<ResetMethod> {
    var gap: Ignorance?
    if !forbidden.contains(.functionLevel) {
      let express = space[.deviceCapabilities].map(\.value)
      if let bits = express.value, bits & 1 << 28 != 0 { return .value(.functionLevel) }
      let advanced = space[.advancedFeatures].map(\.value)
      if let bits = advanced.value, bits & 3 == 3 { return .value(.advancedFeatures) }
      gap = express.ignorance ?? advanced.ignorance
    }
    if !forbidden.contains(.power) {
      let keepsState = space.keepsStateInD3
      if keepsState.value == false { return .value(.power) }
      gap = gap ?? keepsState.ignorance
    }
    return gap.map { .unknown($0) } ?? .absent
  }
}
