/// A tree of functions by number, and what the kernel asks of each on its way up. Everything on the way is worked out
/// once for every function from what is above it, so that a deep tree costs no more than a flat one.
struct IsolationTree: Hashable, Sendable {
  /// How a walk towards the root ends.
  enum Step: Hashable, Sendable {
    /// At this function, without having found a group.
    case ends(Int)
    /// At a bridge whose group is joined.
    case joins(Int)
    /// At a function of which too little is known.
    case unknown(Int)
  }

  /// By address, with port types as the kernel corrects them.
  private(set) var functions: [PortFacts]
  /// The function above; -1 where there is none.
  private(set) var above: [Int]
  /// Whoever is above comes first, as the kernel meets them.
  let order: [Int]
  /// Whether a function keeps its traffic apart; nil where that is not known.
  private(set) var isolates: [Bool?]
  /// The same of everything from a function up to the root bus (`pci_acs_path_enabled`).
  private(set) var pathIsolates: [Bool?]
  /// The function that does the DMA: itself, or the VMD it is below (arch/x86/pci/common.c `pci_real_dma_dev`).
  private(set) var real: [Int]
  /// The walk over bridges that take requests over.
  private(set) var aliasStep: [Step]
  /// The walk over ports that let traffic through.
  private(set) var climbStep: [Step]
  /// The nearest function, from one up, that is known to let traffic through; -1 where none is.
  private(set) var leaking: [Int]
  /// The nearest one, from one up, of which it is not known; -1 where all are.
  private(set) var doubtful: [Int]
  /// The first function below each; -1 where there is none.
  private(set) var firstBelow: [Int]
  private let places: [Address: Int]
  /// Functions that the IOMMU driver never saw, and so have no group.
  private let isGroupless: [Bool]

  init(_ given: [PortFacts], groupless: Set<Address>) {
    let unique = Dictionary(given.map { ($0.address, $0) }) { _, last in last }
    let functions = unique.values.sorted { $0.address < $1.address }
    let places = Dictionary(uniqueKeysWithValues: functions.indices.map { (functions[$0].address, $0) })
    let count = functions.count
    self.functions = functions
    self.places = places
    above = functions.map { $0.parent.function.flatMap { places[$0] } ?? -1 }
    order = Self.order(&above)
    isGroupless = functions.map { groupless.contains($0.address) }
    isolates = Array(repeating: nil, count: count)
    pathIsolates = isolates
    leaking = Array(repeating: -1, count: count)
    doubtful = leaking
    firstBelow = leaking
    real = Array(functions.indices)
    aliasStep = functions.indices.map { .ends($0) }
    climbStep = aliasStep
    for place in order { work(out: place) }
    for place in functions.indices.reversed() where above[place] >= 0 { firstBelow[above[place]] = place }
  }

  /// The number of a function.
  func place(of address: Address) -> Int? { places[address] }

  /// Whether a group is made or found for it.
  func isGrouped(_ place: Int) -> Bool { !isGroupless[place] }

  /// By depth, then address. A tree that bites its own tail is cut where it was bitten.
  private static func order(_ above: inout [Int]) -> [Int] {
    var depths = [Int](repeating: -1, count: above.count)
    for start in above.indices where depths[start] < 0 {
      var path: [Int] = []
      var next = start
      while next >= 0, depths[next] == -1 {
        depths[next] = -2
        path.append(next)
        next = above[next]
      }
      if next >= 0, depths[next] == -2, let last = path.last {
        above[last] = -1
        next = -1
      }
      var depth = next < 0 ? 0 : depths[next] + 1
      for place in path.reversed() {
        depths[place] = depth
        depth += 1
      }
    }
    return above.indices.sorted { (depths[$0], $0) < (depths[$1], $1) }
  }

  private mutating func work(out place: Int) {
    let parent = above[place]
    if parent >= 0 { correctType(of: place, below: parent) }
    isolates[place] = functions[place].isolation.value
    pathIsolates[place] = isolates[place]
    if isolates[place] == false { leaking[place] = place }
    if isolates[place] == nil { doubtful[place] = place }
    guard parent >= 0 else { return }
    guard functions[parent].leadsToABus else {
      // A domain of its own begins here: its root bus has no bridge.
      real[place] = real[parent]
      return
    }
    pathIsolates[place] = Self.both(isolates[place], pathIsolates[parent])
    if leaking[place] < 0 { leaking[place] = leaking[parent] }
    if doubtful[place] < 0 { doubtful[place] = doubtful[parent] }
    if real[parent] != parent { real[place] = real[parent] }
    aliasStep[place] = alias(place, below: parent)
    climbStep[place] = climb(place, below: parent)
  }

  /// Port types that cannot be where they are have been wired the other way round (drivers/pci/probe.c
  /// `set_pcie_port_type`).
  private mutating func correctType(of place: Int, below parent: Int) {
    switch (functions[place].type, functions[parent].type) {
    case (.express(6), .express(4)), (.express(6), .express(6)), (.express(6), .express(8)):
      functions[place].type = .express(5)
    case (.express(5), .express(5)): functions[place].type = .express(6)
    default: break
    }
  }

  private static func both(_ left: Bool?, _ right: Bool?) -> Bool? {
    if left == false || right == false { return false }
    return left == nil || right == nil ? nil : true
  }

  private func alias(_ place: Int, below parent: Int) -> Step {
    if functions[parent].endsAliases { return .ends(place) }
    guard let takesOver = takesOver(parent) else { return .unknown(parent) }
    if takesOver { return isGrouped(parent) ? .joins(parent) : aliasStep[parent] }
    // Nobody above took over what comes from here: it stays its own.
    return aliasStep[parent] == .ends(parent) ? .ends(place) : aliasStep[parent]
  }

  private func climb(_ place: Int, below parent: Int) -> Step {
    switch pathIsolates[parent] {
    case true?: .ends(place)
    case false?: isGrouped(parent) ? .joins(parent) : climbStep[parent]
    case nil: .unknown(doubtful[parent])
    }
  }

  /// Whether a bridge makes requests from below its own (drivers/pci/search.c `pci_for_each_dma_alias`).
  private func takesOver(_ place: Int) -> Bool? {
    if functions[place].gaps[.type] != nil { return nil }
    switch functions[place].type {
    case .conventional, .express(7), .express(8): return true
    case .express: return false
    }
  }

  /// The topmost function that its requests seem to come from.
  func requester(of place: Int) -> Int {
    var found = real[place]
    var next = found
    while above[next] >= 0, !functions[above[next]].endsAliases {
      next = above[next]
      if takesOver(next) == true { found = next }
    }
    return found
  }

  /// Functions beside one, itself among them, as long as their addresses are as asked.
  func neighbours(of place: Int, while isAsked: (Address) -> Bool) -> [Int] {
    var first = place
    while first > 0, isAsked(functions[first - 1].address) { first -= 1 }
    var last = place
    while last + 1 < functions.count, isAsked(functions[last + 1].address) { last += 1 }
    return Array(first...last)
  }
}

extension PortFacts {
  /// Why it does not keep its traffic apart; nil where it does, and where that is not known.
  public var leak: Leak? {
    guard isolation.value == false else { return nil }
    if quirk != nil { return .quirk }
    switch type {
    case .conventional: return .conventional
    case .express(7), .express(8): return .bridge
    case .express(10): return .noACS
    case .express(4), .express(6): return acsLeak
    case .express(0), .express(1), .express(5), .express(9): return isMultifunction ? acsLeak : nil
    case .express: return nil
    }
  }

  private var acsLeak: Leak? {
    guard let acs else { return .noACS }
    return acs.isolates ? nil : .acsOff(missing: acs.missing)
  }
}

extension ACS {
  /// The flags that would have to be on and are not.
  public var missing: UInt16 { Self.required & capability & ~control }
}
