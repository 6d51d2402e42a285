import Ownership
import Topology

extension LineMode {
  /// The machine in a sentence or two.
  static func summary(_ scene: Scene) -> [String] {
    guard let inventory = scene.inventory else { return ["Looking at the machine."] }
    let (devices, groups) = (inventory.functions.count, inventory.groups.count)
    guard groups > 0 else {
      return ["\(devices) devices."] + (devices > 0 ? Sentences.noGroups(inventory.host) : [])
    }
    var states: [GroupState: Int] = [:]
    for verdict in scene.verdicts.values { states[verdict.state, default: 0] += 1 }
    let told = [GroupState.viable, .blocked, .hostOwned, .owned, .unknown].compactMap { state in
      states[state].map { "\($0) \(state.spoken)" }
    }
    return ["\(devices) devices in \(groups) groups: \(Sentences.list(told))."]
  }

  /// One row of the list.
  static func sentence(_ scene: Scene, row index: Int) -> String {
    let (row, number) = (scene.rows[index], index + 1)
    let names = scene.inventory?.names ?? Names()
    switch row.content {
    case .function(let address):
      guard let function = scene.inventory?[address] else { return "Row \(number), gone." }
      let place = row.group.map { "group \($0)" } ?? "no group"
      let name = DeviceText.name(of: function, names: names)
      let match = row.isContext ? ", here because its group matches" : ""
      return "Device \(number), \(address.short) \(name), \(place), \(state(scene, function))\(match)."
    case .gone(let function):
      return "Device \(number), \(function.address.short) \(DeviceText.name(of: function, names: names)), gone."
    case .folded(_, let devices, let groups):
      return "Row \(number), \(devices.count) devices in \(groups == 1 ? "1 group" : "\(groups) groups"), folded."
    case .group(let group):
      let state = scene.verdicts[group]?.state.spoken ?? "unknown"
      return "Row \(number), group \(group), \(state)."
    case .ungrouped: return "Row \(number), devices in no group."
    case .hidden(let count): return "Row \(number), \(count) rows are hidden by the filter."
    }
  }

  /// `blocks: driver sym53c8xx`.
  static func state(_ scene: Scene, _ function: Function) -> String {
    let state = scene.states[function.address] ?? .unknown
    let word = state == .unknown ? "unknown" : state.word.lowercased()
    switch function.driver {
    case .value(let driver): return "\(word): driver \(Clean.visible(driver))"
    case .absent: return "\(word): no driver"
    case .unknown(let why): return "\(word): its driver could not be read (\(Sentences.reason(why)))"
    }
  }
}

extension GroupState {
  /// As it is read out: no word in capitals, which some readers spell.
  var spoken: String { word.lowercased() }
}

extension Sentences {
  /// One change as a sentence; nil for what is no news to a listener, such as a power state.
  static func change(_ change: Change, from old: Inventory, to new: Inventory) -> String? {
    func name(_ address: Address) -> String {
      guard let function = new[address] ?? old[address] else { return address.short }
      return "\(address.short) \(DeviceText.noun(of: function))"
    }
    func driver(_ driver: DriverName?) -> String { driver.map { Clean.visible($0) } ?? "none" }
    switch change {
    case .deviceAdded(let address, let group):
      return "\(name(address)) appeared" + (group.map { " in group \($0)." } ?? ".")
    case .deviceRemoved(let address, let group):
      return "\(name(address)) is gone" + (group.map { " from group \($0)." } ?? ".")
    case .driver(let address, _, let from, let to):
      return "\(name(address)), driver is now \(driver(to)), and was \(driver(from))."
    case .group(let address, let from, let to):
      let (now, before) = (to.map { "group \($0)" } ?? "no group", from.map { "group \($0)" } ?? "no group")
      return "\(name(address)) is now in \(now), and was in \(before)."
    case .driverOverride(let address, _, let from, let to):
      return "\(name(address)), driver_override is now \(driver(to)), and was \(driver(from))."
    case .groupAdded(let group): return "Group \(group) appeared."
    case .groupRemoved(let group): return "Group \(group) is gone."
    case .replaced(let address, _): return "\(name(address)) is another device than before."
    case .facts: return nil
    }
  }
}
