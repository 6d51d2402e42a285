import HostAccess
import Ownership
import Topology

/// A machine looked at and judged: what every report starts from.
struct Survey {
  let place: Place
  let inventory: Inventory
  let rules: RuleSet
  /// One for each group of the inventory, in its order.
  let verdicts: [Verdict]
  /// The functions that no group lists, by address.
  let ungrouped: [Function]
  private let judge: Judge

  /// Judges every group, under the rules of the machine's own kernel unless others are named. What our journal has in
  /// force of a function counts as asked for.
  init(_ place: Place, _ inventory: Inventory, rules: RuleSet? = nil, asked: Set<Address> = []) {
    self.place = place
    self.inventory = inventory
    self.rules = rules ?? .inForce(on: inventory.host.kernelRelease)
    let judge = Judge(rules: self.rules, asked: asked)
    self.judge = judge
    ungrouped = inventory.functions.filter { function in
      if case .value(let group) = function.group { !inventory.contains(group) } else { true }
    }
    verdicts = inventory.groups.map { judge.verdict(on: $0, in: inventory) }
  }

  /// The verdict on a group.
  func verdict(on group: GroupID) -> Verdict? {
    let index = verdicts.partitioningIndex { $0.group >= group }
    return index < verdicts.count && verdicts[index].group == group ? verdicts[index] : nil
  }

  /// What a function is to its group, or by itself when it has none.
  func state(of function: Function) -> DeviceState {
    guard let devices = function.group.value.flatMap({ verdict(on: $0) })?.devices else {
      return judge.state(ofUngrouped: function)
    }
    let index = devices.partitioningIndex { $0.address >= function.address }
    guard index < devices.count, devices[index].address == function.address else {
      return judge.state(ofUngrouped: function)
    }
    return devices[index].state
  }
}
