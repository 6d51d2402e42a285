/// The kernel's groups carried over to a machine on paper.
///
/// What the kernel made is the truth, the derivation explains it. So the difference that a change makes to the derivation
/// is added to what the kernel made: of two functions that the change does not reach, neither themselves nor what is
/// above them, only a tie that is new or gone is news. About everybody else the derivation alone can say something.
struct PaperGroups {
  private let paper: WhatIf
  /// The groups of today, as they are derived.
  private let before: Isolation
  /// Those on paper.
  private let after: Isolation
  /// The same by the hardware alone; nil where nothing is asserted.
  private let hardware: Isolation?
  /// Whom the change does not reach, as they are called today.
  private let steady: Set<Address>
  /// Functions on paper by the name of today.
  private let places: [Address: Address]
  /// Groups of today that the derivation does not come to, and those of which that cannot be told.
  private let unexplained: Set<GroupID>
  private let unread: Set<GroupID>
  /// Whom somebody may join of whom it cannot be told.
  private let courted: Set<Address>

  init(_ paper: WhatIf) {
    self.paper = paper
    let inventory = paper.inventory
    let groupless = WhatIf.groupless(inventory, paper.basis.ports)
    let sheets = Set(paper.ports.keys.filter { paper.gone.contains($0) && inventory[$0] == nil })
    let ports = paper.ports.values.sorted { $0.address < $1.address }
    let basis = paper.heedsOverride ? paper.basis : paper.basis.honest
    let derive = { (basis: TieBasis) in
      basis.isolation(of: ports, in: inventory, groupless: groupless.union(sheets), names: paper.names)
    }
    let before = paper.basis.isolation(of: paper.basis.ports, in: inventory, groupless: groupless)
    let after = derive(basis)
    let steady = Self.steady(paper)
    let name = { (place: Address) in paper.names[place] ?? place }
    var courted: Set<Address> = []
    for doubt in after.doubts where !steady.contains(name(doubt.member)) || !steady.contains(name(doubt.about)) {
      courted.formUnion(([doubt.member] + doubt.candidates).map(name))
    }
    (self.before, self.after, self.steady, self.courted) = (before, after, steady, courted)
    hardware = paper.heedsOverride ? derive(basis.honest) : nil
    places = Dictionary(paper.ports.keys.map { (name($0), $0) }) { first, _ in first }
    unexplained = Set(inventory.groups.lazy.filter { before.comes(to: $0) == false }.map(\.id))
    unread = Set(inventory.groups.lazy.filter { before.comes(to: $0) == nil }.map(\.id))
  }

  /// Functions that are where they were and what they were, and so is everything above them.
  private static func steady(_ paper: WhatIf) -> Set<Address> {
    let today = Dictionary(paper.basis.ports.map { ($0.address, $0) }) { first, _ in first }
    var verdicts: [Address: Bool] = [:]
    for start in paper.ports.keys where verdicts[start] == nil {
      var path: [Address] = []
      var next: Address? = start
      var isSteady = true
      while let place = next {
        if let verdict = verdicts[place] {
          isSteady = verdict
          break
        }
        // A tree that bites its own tail ends where it was bitten.
        verdicts[place] = paper.ports[place] == today[place]
        path.append(place)
        next = paper.ports[place]?.parent.function
      }
      for place in path.reversed() {
        isSteady = isSteady && paper.ports[place] == today[place]
        verdicts[place] = isSteady
      }
    }
    return Set(verdicts.lazy.filter(\.value).map(\.key))
  }
}

extension PaperGroups {
  /// Every group, without a number where it is new.
  var outcomes: [WhatIf.Outcome] {
    sets().compactMap { members in
      let was = Set(members.compactMap { group(of: $0) }).sorted()
      var outcome = WhatIf.Outcome(id: GroupID(0), members: members, was: was, isNew: true, doubt: doubt(members, was))
      outcome.wasAsserted = was.contains { paper.ties[$0]?.isAsserted == true }
      outcome.isAsserted = members.contains(where: isAsserted)
      if isSame(outcome) {
        // Where there are no groups there is none to keep.
        guard let id = was.first else { return nil }
        (outcome.id, outcome.isNew, outcome.doubt) = (id, false, nil)
      }
      return outcome
    }
  }

  private func name(_ place: Address) -> Address { paper.names[place] ?? place }

  private func group(of member: Address) -> GroupID? { paper.inventory.group(of: member)?.id }

  private func names(_ members: [Address]?) -> [Address] { (members ?? []).map(name).sorted() }

  /// The members of every group.
  private func sets() -> [[Address]] {
    var heads: [Address: Address] = [:]
    func head(_ member: Address) -> Address {
      var found = member
      while let next = heads[found] { found = next }
      if found != member { heads[member] = found }
      return found
    }
    func unite(_ one: Address, _ other: Address) {
      let (left, right) = (head(one), head(other))
      if left != right { heads[max(left, right)] = min(left, right) }
    }
    for tie in after.ties {
      let (member, other) = (name(tie.member), name(tie.to))
      if !isHeldApart(member, other) { unite(member, other) }
    }
    for group in paper.inventory.groups {
      // One for each group that the derivation makes of them, which is united by its own ties.
      var classes: [Address: Address] = [:]
      for member in group.members where steady.contains(member) {
        if let first = before.members(withGroupOf: member)?.first, classes[first] == nil { classes[first] = member }
      }
      let members = classes.values.sorted()
      for member in members.dropFirst() { unite(members[0], member) }
    }
    return Dictionary(grouping: after.groups.flatMap(\.self).map(name), by: head).values.map { $0.sorted() }
      .sorted { $0[0] < $1[0] }
  }

  /// Whether the kernel keeps two apart that the derivation had together before anything was changed.
  private func isHeldApart(_ one: Address, _ other: Address) -> Bool {
    guard steady.contains(one), steady.contains(other), group(of: one) != group(of: other) else { return false }
    return before.members(withGroupOf: one)?.contains(other) == true
  }

  private func doubt(_ members: [Address], _ was: [GroupID]) -> WhatIf.Outcome.Doubt? {
    if let other = was.first(where: unexplained.contains) { return .otherwise(other) }
    return members.allSatisfy(isCertain) ? nil : .notRead
  }

  private func isCertain(_ member: Address) -> Bool {
    guard after.isCertain(ofGroupOf: places[member] ?? member) else { return false }
    guard let group = group(of: member), unread.contains(group) else { return true }
    // Of whom the change reaches all that decides is known now; of the others it is not.
    return !steady.contains(member) && !isOverrideInDoubt
  }

  /// Whether the kernel is to do without an override of which it is not known that it heeds it.
  private var isOverrideInDoubt: Bool { paper.changes.contains(.withoutOverride) && !paper.basis.heedsOverride }

  /// Whether it is a group of today, for sure, with everybody in place.
  private func isSame(_ outcome: WhatIf.Outcome) -> Bool {
    let members = outcome.members
    guard outcome.isAsserted == outcome.wasAsserted, !members.contains(where: isMoved) else { return false }
    let isThere =
      outcome.was.isEmpty
      ? paper.inventory.groups.isEmpty && names(before.members(withGroupOf: members[0])) == members
      : outcome.was.count == 1 && paper.inventory[outcome.was[0]]?.members == members
    guard isThere else { return false }
    if outcome.doubt == nil { return true }
    if isOverrideInDoubt { return false }
    return members.allSatisfy { steady.contains($0) && !courted.contains($0) }
  }

  /// Whether it hangs below something else than today.
  private func isMoved(_ member: Address) -> Bool {
    guard let now = paper.ports[places[member] ?? member]?.parent, let then = paper.inventory[member]?.parent else {
      return true
    }
    return now.function.map(name) != then.function
  }

  /// Whether the hardware would have it in a larger group than the override does.
  private func isAsserted(_ member: Address) -> Bool {
    guard let hardware else { return false }
    let place = places[member] ?? member
    return hardware.members(withGroupOf: place) != after.members(withGroupOf: place)
  }
}
