import HostAccess
import Ownership
import Topology

extension Scene {
  /// How long a changed function keeps its `!`, in milliseconds.
  static let changedFor: UInt64 = 10_000
  /// How long a function that left keeps its `~` row.
  static let goneFor: UInt64 = 5_000

  /// Takes a whole look in: the first one as it is, a later one as what it changes.
  mutating func take(_ whole: Inventory, at now: Moment) {
    guard let known = inventory else {
      inventory = whole
      generation += 1
      lastChange = now
      judgeAll()
      regrow()
      refreshRows(.news)
      let (devices, groups) = (whole.functions.count, whole.groups.count)
      log.add(Note(.scan, "\(devices) devices, \(groups) groups"), at: now)
      return
    }
    asked.details.removeAll()
    forgetExplanations()
    // The whole look is newer than anything that still waits.
    waiting.removeAll()
    hear(Difference(from: known, to: whole), sources: [.poll], at: now)
  }

  /// Takes a difference in: the machine, its verdicts, what left, what is new, the log, and the rows.
  mutating func take(_ difference: Difference, at now: Moment) {
    guard !difference.isEmpty, let meaning = compare(difference, at: now) else { return }
    // Nothing holds the old machine any more: the change is made in place, and costs what it changes.
    inventory?.apply(difference)
    generation += 1
    supposing?.isAsked = false
    let lost = dropMarks()
    let functions = Set(difference.functions.map(\.address)).union(difference.goneFunctions)
    var judged = Judged()
    if meaning.isOtherKernel {
      judgeAll()
      judged = .everything
    } else {
      judged = judge(meaning.groups, functions)
    }
    tell(meaning.changes, judged.turned, lost: lost, at: now)
    if meaning.moves {
      forgetExplanations()
      regrow()
    }
    if meaning.moves || rowsFollowFacts || rowsFollow(judged) { refreshRows(.news) }
    doubt()
  }

  /// What a difference means beside the machine that it starts from.
  private struct Meaning {
    var changes: [Change]
    var moves: Bool
    var groups: Set<GroupID>
    var isOtherKernel: Bool
  }

  /// Everything that has to be known of the machine as it was; with it goes what left and what was asked for.
  private mutating func compare(_ difference: Difference, at now: Moment) -> Meaning? {
    guard let old = inventory else { return nil }
    var groups = Set(difference.groups.map(\.id)).union(difference.goneGroups)
    for address in difference.functions.map(\.address) + difference.goneFunctions {
      if let group = old[address]?.group.value { groups.insert(group) }
    }
    groups.formUnion(difference.functions.compactMap(\.group.value))
    depart(difference, from: old, at: now)
    settleDetails(difference, old)
    follow(difference, old)
    return Meaning(
      changes: difference.changes(from: old), moves: moves(difference, old), groups: groups,
      isOtherKernel: difference.host.map { $0.kernelRelease != old.host.kernelRelease } ?? false)
  }

  /// Whether functions come, go, or change their place: only then can rows move in the plain tree.
  func moves(_ difference: Difference, _ old: Inventory) -> Bool {
    if !difference.goneFunctions.isEmpty || !difference.goneGroups.isEmpty { return true }
    for function in difference.functions {
      guard let before = old[function.address] else { return true }
      if before.parent != function.parent || before.group != function.group
        || before.identity.value != function.identity.value
      {
        return true
      }
    }
    return difference.groups.contains { group in
      guard let before = old[group.id] else { return true }
      return before.members != group.members || before.others != group.others
    }
  }

  /// Whether drivers, details and states of ungrouped functions decide the rows, not the tree alone.
  private var rowsFollowFacts: Bool { filter.isActive || sort == .driver || sort == .state }

  /// Makes the tree anew.
  mutating func regrow() {
    guard let inventory else { return }
    trunk = Trunk(inventory, gone: gone)
    colours.assign(trunk.brackets)
  }

  private mutating func depart(_ difference: Difference, from old: Inventory, at now: Moment) {
    var left: [Function] = difference.goneFunctions.compactMap { old[$0] }
    for function in difference.functions {
      if let before = old[function.address], !Anchor(before).isSame(as: Anchor(function)) { left.append(before) }
    }
    if !gone.isEmpty {
      // Once over the list, however much comes back or leaves in one go.
      let back = Dictionary(difference.functions.map { ($0.address, Anchor($0)) }) { _, last in last }
      let again = Set(left.map(\.address))
      gone.removeAll { departed in
        let address = departed.function.address
        return again.contains(address) || back[address].map { Anchor(departed.function).isSame(as: $0) } ?? false
      }
    }
    for function in left {
      gone.append(Departed(function: function, at: now.milliseconds))
      changed[function.address] = nil
    }
  }

  /// What was requested and has come, or is another device now, may be asked for again.
  private mutating func settleDetails(_ difference: Difference, _ old: Inventory) {
    guard !asked.details.isEmpty else { return }
    for address in difference.goneFunctions { asked.details.remove(address) }
    for function in difference.functions where asked.details.contains(function.address) {
      var before = old[function.address]
      before?.details = function.details
      if function.details != nil || before != function { asked.details.remove(function.address) }
    }
  }

  /// Ids that become readable do not make another device of it: cursor, marks and places follow.
  private mutating func follow(_ difference: Difference, _ old: Inventory) {
    for function in difference.functions {
      guard let before = old[function.address].map(Anchor.init) else { continue }
      let after = Anchor(function)
      guard before != after, before.isSame(as: after) else { continue }
      if cursor.anchor == before { cursor.anchor = after }
      if marks.remove(before) != nil { marks.insert(after) }
      for (letter, anchor) in namedPlaces where anchor == before { namedPlaces[letter] = after }
    }
  }

  private mutating func tell(
    _ changes: [Change], _ turned: [(group: GroupID, from: GroupState?)], lost: Int, at now: Moment
  ) {
    let news = changes.filter(\.isNews)
    for change in news {
      log.add(Note(.change, change.sentence), group: change.group, at: now)
      if case .deviceRemoved = change { continue }
      if let address = change.address, !isOurs(address, at: now) { changed[address] = now.milliseconds }
    }
    for (group, from) in turned {
      guard let from, let state = verdicts[group]?.state else { continue }
      log.add(Note(.event, "group \(group) \(from.word) -> \(state.word)"), group: group, at: now)
    }
    if !news.isEmpty || !turned.isEmpty { lastChange = now }
    if lost > 0 {
      message = Note(.error, "marks lost: \(lost)")
    } else if prompt == nil, let newest = news.last(where: { $0.address.map { !isOurs($0, at: now) } ?? true }) {
      message = Note(.change, newest.sentence + (news.count > 1 ? " (and \(news.count - 1) more)" : ""))
    }
  }

  /// Forgets the marks of functions that are gone or another device now, and says how many.
  private mutating func dropMarks() -> Int {
    guard !marks.isEmpty, let inventory else { return 0 }
    let kept = marks.filter { mark in inventory[mark.address].map { Anchor($0).isSame(as: mark) } ?? false }
    let lost = marks.count - kept.count
    marks = kept
    return lost
  }
}

extension Anchor {
  /// Whether both stand for the same device: ids that could not be read contradict nothing.
  func isSame(as other: Anchor) -> Bool {
    guard address == other.address, parent == other.parent else { return false }
    guard let identity, let theirs = other.identity else { return true }
    return identity == theirs
  }
}
