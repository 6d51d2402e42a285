import HostAccess
import Ownership
import Topology

extension Plan.Draft {
  /// Gives back to where they were whoever the journal knows. Of what it does not know, what is bound to a vfio driver
  /// and was asked for goes to whatever matches it.
  mutating func restore(_ scope: Scope) throws(Refusal) {
    var refusal: Refusal?
    try checkOrder(scope)
    // What was given last comes back first: a node goes with the driver that made it.
    try restorePlaces(scope)
    for address in scope.gone {
      untouched.append(Plan.Untouched(address, .gone))
      if !Self.isRecorded(address, scope) { refusal = Refusal(.gone(address)) }
    }
    // Virtual functions first: they may go with the count of their physical one.
    let virtual = scope.members.filter { scope.basis.inventory[$0.address]?.physicalFunction != nil }
    for member in virtual + scope.members.filter({ !virtual.contains($0) }) {
      guard scope.asked.contains(member.address) || !scope.intent.onlyNamed && scope.intent.entry == nil else {
        untouched.append(Plan.Untouched(member.address, .notNamed))
        continue
      }
      let why = try restore(member, scope)
      if let why { refusal = Refusal(why) }
    }
    if scope.intent.persists { try forget(scope) }
    try conclude(scope, refusal)
  }

  /// One function; why not, where that is to be told of it unless something else is done.
  private mutating func restore(_ member: Binding, _ scope: Scope) throws(Refusal) -> Refusal.Why? {
    let (journal, entry) = (scope.basis.journal, scope.intent.entry)
    let others = journal.others(than: member, in: entry)
    if !others.isEmpty { try scope.checkIdentity(of: member) }
    for other in others {
      let recorded = Self.name(other.card)
      untouched.append(Plan.Untouched(member.address, .otherCard(recorded: recorded, entry: other.entry)))
    }
    if let origin = journal.origin(of: member, before: entry) {
      try restore(member, to: origin, scope)
      return nil
    }
    // Whoever asks for all that is on record names no device; of what only a file keeps nothing else is on record.
    let isNamed = !scope.intent.isAll && entry == nil
    let isAsked = scope.asked.contains(member.address) && entry == nil && (isNamed || others.isEmpty)
    if isAsked, case .vfio = scope.basis.standing(of: member) {
      try scope.check(member)
      try scope.checkHolders(of: member)
      steps += Plan.Step.clearing(member)
      return nil
    }
    if let other = others.last {
      return isNamed ? .void(member.address, recorded: Self.name(other.card), found: Self.name(member)) : nil
    }
    untouched.append(Plan.Untouched(member.address, .unrecorded(member.driver.value)))
    return scope.intent.named.contains(member.address) ? .nothingRecorded(member.address) : nil
  }

  /// An act is taken back alone only where no later one stands on it: its way back leads past what that one did, whose
  /// own way back would then lead to where this one had brought it.
  private func checkOrder(_ scope: Scope) throws(Refusal) {
    guard let number = scope.intent.entry,
      let later = scope.basis.journal.later(than: number, seeing: scope.basis.bindings)
    else { return }
    throw Refusal(.laterEntry(later.subject, entry: number, later: later.entry))
  }

  /// Whether anything is on record of a function, whichever card it was.
  private static func isRecorded(_ address: Address, _ scope: Scope) -> Bool {
    scope.basis.journal.origin(of: .function(address), before: scope.intent.entry) != nil
  }

  /// Files and nodes as they were. What somebody else wrote or gave away since is his, a node that is gone took its
  /// owner along: of these nothing is in force any more.
  private mutating func restorePlaces(_ scope: Scope) throws(Refusal) {
    for subject in scope.intent.places(in: scope.basis.journal) {
      guard let origin = scope.basis.journal.origin(of: subject, before: scope.intent.entry) else { continue }
      guard let now = scope.basis.readings[subject], now != origin,
        scope.basis.journal.explains(now, in: scope.intent.entry)
      else { continue }
      switch (origin, now) {
      case (.file(let file, let old), .file(_, let text)):
        steps.append(Plan.Step(.writeFile(file, old), inverse: [.writeFile(file, text)]))
      case (.node(let node, let old), .node(_, let seen)):
        steps.append(
          Plan.Step(
            .setOwner(node, uid: old.owner, gid: old.group, mode: old.mode),
            inverse: [.setOwner(node, uid: seen.owner, gid: seen.group, mode: seen.mode)]))
      default: continue
      }
      readings.append(now)
    }
  }

  /// A plan that does nothing is one only where everything is back already.
  private func conclude(_ scope: Scope, _ refusal: Refusal?) throws(Refusal) {
    if !steps.isEmpty { return }
    let isBack = untouched.contains { item in
      if case .already = item.why { true } else { false }
    }
    if isBack { return }
    if let refusal { throw refusal }
    let isVoid = untouched.contains { item in
      if case .otherCard = item.why { true } else { false }
    }
    let isKnown = isVoid || scope.gone.contains { Self.isRecorded($0, scope) }
    let endpoint = scope.members.first { !scope.basis.isBridge($0) }
    if !isKnown, let first = endpoint ?? scope.members.first { throw Refusal(.nothingRecorded(first.address)) }
  }

  private mutating func restore(_ member: Binding, to origin: Binding, _ scope: Scope) throws(Refusal) {
    try scope.check(member)
    let (driver, override) = (origin.driver.value, origin.override.value)
    var more = Plan.Step.moving(member, to: driver, override: override)
    // Virtual functions that viable did not make are not its to remove, and go with the driver.
    if case .value(let new)? = scope.basis.journal.count(of: member, before: scope.intent.entry) {
      guard let old = member.virtualFunctions.value else {
        let why = member.virtualFunctions.ignorance ?? .notRecorded
        throw Refusal(.unknown(member.address, what: "sriov_numvfs", why))
      }
      try checkRemoval(of: member, from: old, to: new, scope)
      more += Plan.Step.counting(member.address, from: old, to: new)
    } else if member.driver != origin.driver, member.driver.value != nil {
      try scope.checkVirtualFunctions(of: member)
    }
    guard !more.isEmpty else {
      untouched.append(Plan.Untouched(member.address, .already(driver)))
      return
    }
    if member.driver != origin.driver {
      try scope.checkHolders(of: member)
      try scope.checkOwner(of: member, givingTo: driver)
    }
    steps += more
  }

  /// The ids of a card, as a refusal names it.
  private static func name(_ binding: Binding) -> String {
    switch binding.identity {
    case .value(let identity): "\(identity.ids) at \(binding.path)"
    case .absent: "nothing at \(binding.path)"
    case .unknown(let why): "an unknown card (\(why)) at \(binding.path)"
    }
  }
}

extension Plan.Draft {
  /// Creates virtual functions, or removes them.
  mutating func count(_ scope: Scope) throws(Refusal) {
    for member in scope.members {
      guard scope.asked.contains(member.address) else {
        untouched.append(Plan.Untouched(member.address, .notNamed))
        continue
      }
      try scope.check(member)
      let new = scope.intent.count ?? 0
      if let physical = scope.basis.inventory[member.address]?.physicalFunction {
        throw Refusal(.virtualFunction(member.address, of: physical))
      }
      guard let old = member.virtualFunctions.value else {
        if let why = member.virtualFunctions.ignorance {
          throw Refusal(.unknown(member.address, what: "sriov_numvfs", why))
        }
        let driver = member.driver.value
        throw Refusal(driver.map { .noVirtualFunctions(member.address, $0) } ?? .notPhysical(member.address))
      }
      // drivers/pci/pci-sysfs.c `sriov_numvfs_store`: ENOENT without a driver.
      guard member.driver.value != nil else { throw Refusal(.noVirtualFunctions(member.address, nil)) }
      let total = scope.basis.inventory[member.address]?.details?.virtualFunctions.value?.total ?? 0xffff
      guard (0...total).contains(new) else {
        throw Refusal(.tooManyVirtualFunctions(member.address, asked: new, total: total))
      }
      guard old != new else {
        untouched.append(Plan.Untouched(member.address, .counted(old)))
        continue
      }
      try checkRemoval(of: member, from: old, to: new, scope)
      alsoAssumed += scope.basis.virtualFunctions(of: member.address).compactMap { scope.basis.bindings[$0] }
      steps += Plan.Step.counting(member.address, from: old, to: new)
    }
  }

  /// Virtual functions that somebody was given are not taken away by a count, unless the same plan gives them back.
  private func checkRemoval(of member: Binding, from old: Int, to new: Int, _ scope: Scope) throws(Refusal) {
    guard old != 0, old != new else { return }
    let given = scope.basis.virtualFunctions(of: member.address).filter { address in
      guard let function = scope.basis.inventory[address], !isGivenBack(address, scope) else { return false }
      if case .vfio = scope.basis.rules.standing(of: function) { return true }
      return scope.basis.journal.origin(of: .function(address)) != nil
    }
    for address in given {
      if let holder = scope.basis.inventory.group(of: address)?.holders.value?.first {
        throw Refusal(.held(address, by: holder))
      }
    }
    if !given.isEmpty { throw Refusal(.virtualFunctionsInUse(member.address, given)) }
  }
  /// Whether what was done so far brings a function back to a driver of the host's, or to none.
  private func isGivenBack(_ address: Address, _ scope: Scope) -> Bool {
    guard let now = scope.basis.bindings[address],
      let origin = scope.basis.journal.origin(of: now, before: scope.intent.entry)
    else { return false }
    if case .vfio = scope.basis.standing(of: origin) { return false }
    let isBack = untouched.contains { item in
      if case .already = item.why { item.address == address } else { false }
    }
    return isBack || steps.contains { $0.effect.address == address }
  }
}
