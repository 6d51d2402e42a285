/// The kernel's partition of a tree into IOMMU groups, from values, with the reason for every join
/// (drivers/iommu/iommu.c `pci_device_group`).
///
/// Functions are taken in the order in which the kernel meets them, bridges before what is below them, and each joins
/// a group that is there or begins one. Where a fact that decides is not known, the function stands alone with a doubt.
/// Linear in the number of functions.
public struct Isolation: Hashable, Sendable {
  /// Which kernel's rules.
  public enum Rules: Hashable, Sendable {
    /// Those of every release up to 6.12 and most after it: a downstream port of a switch answers for itself.
    case perPort
    /// Those proposed in September 2025: one downstream port that does not isolate spoils the whole switch.
    case wholeSwitch
  }

  /// Every group's members by address; groups by their first member.
  public let groups: [[Address]]
  /// One for each function that joined a group, in the order in which they did.
  public let ties: [Tie]
  /// One for each function whose group could not be told.
  public let doubts: [Doubt]
  private let tree: IsolationTree
  let tieNumbers: [Address: Int]
  private let places: [Address: Int]
  /// Groups that a doubt is about.
  private let open: Set<Int>

  /// Partitions what is given. A function whose parent is not among it stands on a root bus; those that are
  /// `groupless` are passed over, as are those that no IOMMU translates for.
  public init(_ functions: [PortFacts], groupless: Set<Address> = [], rules: Rules = .perPort) {
    tree = IsolationTree(rules == .perPort ? functions : Self.spoiled(functions), groupless: groupless)
    var walk = IsolationWalk(tree, rules)
    walk.placeAll()
    ties = walk.ties
    doubts = walk.doubts
    tieNumbers = Dictionary(uniqueKeysWithValues: walk.ties.indices.map { (walk.ties[$0].member, $0) })
    // Numbers of the walk are of no use outside; addresses are.
    groups = walk.groups.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    var places: [Address: Int] = [:]
    for (number, members) in groups.enumerated() {
      for member in members { places[member] = number }
    }
    self.places = places
    open = Set(walk.doubts.flatMap { [$0.member] + $0.candidates }.compactMap { places[$0] })
  }

  /// The members of a function's group, itself among them; nil where it is not among what was given, or groupless.
  public func members(withGroupOf address: Address) -> [Address]? {
    places[address].map { groups[$0] }
  }

  /// Whether a function's group is told in full: no doubt is about it or about who else might be in it.
  public func isCertain(ofGroupOf address: Address) -> Bool { places[address].map { !open.contains($0) } ?? false }

  /// What was given of a function, with the port type as the kernel corrects it.
  public func facts(of address: Address) -> PortFacts? { tree.place(of: address).map { tree.functions[$0] } }

  /// Everything that was given, by address.
  public var functions: [PortFacts] { tree.functions }

  /// Whether a function is known to keep its traffic apart (drivers/pci/pci.c `pci_acs_enabled`).
  public func isIsolated(_ address: Address) -> Bool { facts(of: address)?.isolation.value ?? false }

  /// The function whose requester id the IOMMU sees: the topmost bridge that takes requests over, or itself.
  public func requester(of address: Address) -> Address {
    tree.place(of: address).map { tree.functions[tree.requester(of: $0)].address } ?? address
  }

  /// With switches of which a downstream port lets traffic through: then none of its ports keeps any apart.
  private static func spoiled(_ functions: [PortFacts]) -> [PortFacts] {
    let leaks = functions.filter { $0.type == .express(6) && $0.isolation.value == false }
    let buses = Set(leaks.map { $0.address.packed >> 8 })
    return functions.map { function in
      guard function.type == .express(6), buses.contains(function.address.packed >> 8) else { return function }
      var function = function
      if function.isolation.value != false { function.quirk = false }
      return function
    }
  }

  /// The bus that begins below a bridge, as its children have it; nil where nothing is below it.
  public func bus(below bridge: Address) -> UInt8? {
    guard let place = tree.place(of: bridge), tree.firstBelow[place] >= 0 else { return nil }
    return tree.functions[tree.firstBelow[place]].address.bus
  }
}
