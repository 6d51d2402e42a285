/// The kernel's walk over a tree, function by function: who joins whom, and why.
struct IsolationWalk {
  private(set) var groups: [[Address]] = []
  private(set) var ties: [Tie] = []
  private(set) var doubts: [Doubt] = []
  private let tree: IsolationTree
  private let rules: Isolation.Rules
  /// Each function's group; -1 before it has one.
  private var numbers: [Int]
  /// Functions that use others' requester ids, by bus.
  private let aliasing: [UInt64: [Int]]

  init(_ tree: IsolationTree, _ rules: Isolation.Rules) {
    self.tree = tree
    self.rules = rules
    numbers = Array(repeating: -1, count: tree.functions.count)
    aliasing = Dictionary(grouping: tree.functions.indices.filter { !tree.functions[$0].aliases.isEmpty }) {
      tree.functions[$0].address.packed >> 8
    }
  }

  /// Places everything. The kernel asks in this order: requester ids, ports on the way up, aliases on the bus, functions
  /// of the slot.
  mutating func placeAll() {
    for place in tree.order where tree.isGrouped(place) { follow(place) }
  }

  private mutating func follow(_ place: Int) {
    let start = tree.real[place]
    if start != place, numbers[start] >= 0 { return join(place, start, .vmd, at: start) }
    switch tree.aliasStep[start] {
    case .joins(let bridge): join(place, bridge, .conventionalBus, at: bridge)
    case .unknown(let bridge): doubt(place, about: bridge, [bridge])
    case .ends(let base): climb(place, from: base)
    }
  }

  private mutating func climb(_ place: Int, from base: Int) {
    switch tree.climbStep[base] {
    case .joins(let port):
      let culprit = tree.leaking[port]
      join(place, port, Self.kind(of: tree.functions[culprit]), at: culprit)
    case .unknown(let port): doubt(place, about: port, [tree.above[base]].filter { $0 >= 0 })
    case .ends(let top):
      if rules == .wholeSwitch, joinSwitch(place, top) { return }
      search(place, from: top)
    }
  }

  private static func kind(of culprit: PortFacts) -> Tie.Kind {
    switch culprit.leak {
    case .acsOff: .acsOff
    case .conventional, .bridge: .conventionalBus
    case .noACS, .quirk, nil: .noACS
    }
  }

  /// Whoever shares a requester id on the bus, then whoever is in the same slot and lets traffic through.
  private mutating func search(_ place: Int, from base: Int) {
    var seen: Set<Int> = []
    if let (found, via) = group(aliasing: base, &seen) {
      return join(place, found, .aliasQuirk, at: holder(of: base, via + [found]), via: via)
    }
    if tree.functions[base].gaps[.aliases] != nil {
      let bus = tree.functions[base].address.packed >> 8
      return doubt(place, about: base, tree.neighbours(of: base) { $0.packed >> 8 == bus })
    }
    let mates = slot(of: base)
    guard mates.count > 1 else { return begin(place) }
    if tree.isolates[base] == true { return begin(place) }
    if tree.functions[base].gaps[.multifunction] != nil { return doubt(place, about: base, mates) }
    guard tree.functions[base].isMultifunction else { return begin(place) }
    if tree.isolates[base] == nil { return doubt(place, about: base, mates) }
    for mate in mates where mate != base {
      guard let isolates = tree.isolates[mate] else { return doubt(place, about: mate, mates) }
      if isolates { continue }
      if let (found, via) = group(aliasing: mate, &seen) {
        let first = mates.first { tree.isolates[$0] == false } ?? base
        return join(place, found, .multifunction, at: first, via: found == mate ? [] : [mate] + via)
      }
    }
    begin(place)
  }

  /// The switch whose internal bus this is, when one of its downstream ports lets traffic through.
  private mutating func joinSwitch(_ place: Int, _ top: Int) -> Bool {
    let parent = tree.above[top]
    guard parent >= 0, tree.functions[parent].type == .express(5) else { return false }
    let bus = tree.functions[top].address.packed >> 8
    let ports = tree.neighbours(of: top) { $0.packed >> 8 == bus }
    guard let culprit = ports.first(where: { tree.isolates[$0] == false }),
      let first = ports.first(where: { numbers[$0] >= 0 })
    else { return false }
    join(place, first, Self.kind(of: tree.functions[culprit]), at: culprit)
    return true
  }

  private mutating func join(_ place: Int, _ other: Int, _ kind: Tie.Kind, at: Int, via: [Int] = []) {
    put(place, into: numbers[other])
    let address = { [functions = tree.functions] (place: Int) in functions[place].address }
    ties.append(
      Tie(kind, at: address(at), member: address(place), to: address(other), via: via.map(address)))
  }

  private mutating func begin(_ place: Int) {
    groups.append([])
    put(place, into: groups.endIndex - 1)
  }

  private mutating func doubt(_ place: Int, about: Int, _ candidates: [Int]) {
    begin(place)
    let others = candidates.filter { $0 != place }.map { tree.functions[$0].address }
    doubts.append(
      Doubt(member: tree.functions[place].address, about: tree.functions[about].address, candidates: others))
  }

  private mutating func put(_ place: Int, into group: Int) {
    numbers[place] = group
    groups[group].append(tree.functions[place].address)
  }
}

extension IsolationWalk {
  private func slot(of place: Int) -> [Int] {
    let slot = tree.functions[place].address.packed >> 3
    return tree.neighbours(of: place) { $0.packed >> 3 == slot }
  }

  /// The function with a group that shares a requester id with `place`, directly or over the others that are named
  /// (`get_pci_alias_group`).
  private func group(aliasing place: Int, _ seen: inout Set<Int>) -> (found: Int, via: [Int])? {
    guard seen.insert(place).inserted else { return nil }
    if numbers[place] >= 0 { return (place, []) }
    // Most buses have nobody of the kind.
    guard let users = aliasing[tree.functions[place].address.packed >> 8] else { return nil }
    for other in sharers(of: place, users) {
      if let (found, via) = group(aliasing: other, &seen) {
        return (found, found == other ? [] : [other] + via)
      }
    }
    return nil
  }

  /// Those whose requester ids it uses, and those that use its own.
  private func sharers(of place: Int, _ users: [Int]) -> [Int] {
    let address = tree.functions[place].address
    let own = tree.functions[place].aliases.compactMap { devfn in
      tree.place(
        of: Address(domain: address.domain, bus: address.bus, device: devfn >> 3, function: devfn & 7))
    }
    let devfn = UInt8(truncatingIfNeeded: address.packed)
    let others = users.filter { tree.functions[$0].aliases.contains(devfn) }
    return Set(own + others).subtracting([place]).sorted()
  }

  /// Who uses the other's requester id at the first link of a chain.
  private func holder(of place: Int, _ chain: [Int]) -> Int {
    guard let next = chain.first else { return place }
    let devfn = UInt8(truncatingIfNeeded: tree.functions[next].address.packed)
    return tree.functions[place].aliases.contains(devfn) ? place : next
  }
}
