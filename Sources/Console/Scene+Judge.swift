import Ownership
import Topology

/// What the verdicts of a machine add up to; the title bar shows it.
struct Tally: Hashable, Sendable {
  var viable = 0
  var blocked = 0
  var hostOwned = 0
  var owned = 0
  var unknown = 0

  mutating func count(_ state: GroupState, by step: Int) {
    switch state {
    case .viable: viable += step
    case .blocked: blocked += step
    case .hostOwned: hostOwned += step
    case .owned: owned += step
    case .unknown: unknown += step
    }
  }
}

extension Scene {
  /// Whoever judges here: the rules of this kernel; what is marked, and what the journal has in force, counts as asked
  /// for.
  var judge: Judge {
    Judge(
      rules: rehearsal?.rules.set ?? .inForce(on: inventory?.host.kernelRelease ?? .absent),
      asked: recorded.union(marks.lazy.map(\.address)))
  }

  /// Takes in what the journal has in force, and judges the groups concerned anew.
  mutating func record(_ functions: Set<Address>) {
    let touched = recorded.symmetricDifference(functions)
    recorded = functions
    let groups = Set(touched.compactMap { inventory?[$0]?.group.value })
    if rowsFollow(judge(groups)) { refreshRows(.news) }
  }

  /// Judges every group anew: after the first look, or when the kernel is another one.
  mutating func judgeAll() {
    verdicts.removeAll(keepingCapacity: true)
    states.removeAll(keepingCapacity: true)
    tally = Tally()
    guard let inventory else { return }
    verdicts.reserveCapacity(inventory.groups.count)
    states.reserveCapacity(inventory.functions.count)
    let judge = judge
    for group in inventory.groups { keep(judge.verdict(on: group, in: inventory)) }
    for function in inventory.functions where function.group.value == nil {
      states[function.address] = judge.state(ofUngrouped: function)
    }
  }

  /// What judging anew brought.
  struct Judged {
    /// Groups whose state is another one, with what it was.
    var turned: [(group: GroupID, from: GroupState?)] = []
    /// Whether any verdict says something else than before.
    var isDifferent = false
    /// Whether a device alone in its group became, or ceased to be, what folds into one line with its like.
    var turnsSingles = false

    /// What judging all of it anew may bring.
    static let everything = Judged(isDifferent: true, turnsSingles: true)
  }

  /// Judges only `groups` and `functions` anew.
  mutating func judge(_ groups: Set<GroupID>, _ functions: Set<Address> = []) -> Judged {
    guard let inventory else { return Judged() }
    let judge = judge
    var judged = Judged()
    for id in groups {
      let before = verdicts.removeValue(forKey: id)
      if let before { tally.count(before.state, by: -1) }
      guard let group = inventory[id] else { continue }
      let verdict = judge.verdict(on: group, in: inventory)
      keep(verdict)
      if before?.state != verdict.state { judged.turned.append((id, from: before?.state)) }
      judged.isDifferent = judged.isDifferent || before != verdict
      if verdict.devices.count == 1, before?.devices.first?.state.isQuiet != verdict.devices.first?.state.isQuiet {
        judged.turnsSingles = true
      }
    }
    for address in functions {
      guard let function = inventory[address] else {
        states[address] = nil
        continue
      }
      if function.group.value == nil { states[address] = judge.state(ofUngrouped: function) }
    }
    judged.turned.sort { $0.group < $1.group }
    return judged
  }

  private mutating func keep(_ verdict: Verdict) {
    tally.count(verdict.state, by: 1)
    for device in verdict.devices { states[device.address] = device.state }
    verdicts[verdict.group] = verdict
  }
}

extension Scene {
  /// Whether what judging brought decides which rows there are and in which order.
  func rowsFollow(_ judged: Judged) -> Bool {
    if judged.isDifferent, filter.isActive || sort == .state || listing == .groups { return true }
    return judged.turnsSingles && (inventory?.groups.count ?? 0) > RowBuilder.foldingThreshold
  }
}
