import Ownership
import Topology

/// What a filter and a search look at: the machine with its verdicts.
struct Sight {
  let inventory: Inventory
  let verdicts: [GroupID: Verdict]
  let states: [Address: DeviceState]
  /// Written over for every function, so that ten thousand of them do not cost ten thousand strings.
  private var haystack: [UInt8] = []

  init(inventory: Inventory, verdicts: [GroupID: Verdict], states: [Address: DeviceState]) {
    self.inventory = inventory
    self.verdicts = verdicts
    self.states = states
  }

  /// Whether `function` is what the filter asks for by itself.
  mutating func matches(_ filter: Filter, _ function: Function, isGone: Bool = false) -> Bool {
    var isWritten = false
    for term in filter.terms {
      var holds = false
      for test in term.tests where !holds {
        if case .shown(let needle) = test {
          if !isWritten { write(function, isGone: isGone) }
          isWritten = true
          holds = needle.isIn(haystack)
        } else {
          holds = passes(test, function, isGone: isGone)
        }
      }
      if holds == term.isNegated { return false }
    }
    return true
  }

  /// Whether `needle` stands in anything shown of `function`.
  mutating func shows(_ needle: Needle, _ function: Function, isGone: Bool = false) -> Bool {
    write(function, isGone: isGone)
    return needle.isIn(haystack)
  }

  private func passes(_ test: Filter.Test, _ function: Function, isGone: Bool) -> Bool {
    let identity = function.identity.value
    switch test {
    case .shown: return false
    case .className(let needle):
      guard let code = identity?.classCode else { return false }
      return needle.isIn(code.noun) || needle.isIn(ClassWord.of(code))
    case .classCode(let digits):
      return identity.map { Hex.text($0.classCode.value, atLeast: 6).hasPrefix(digits) } ?? false
    case .driver(let needle): return function.driver.value.map { needle.isIn($0) } ?? false
    case .driverless: return function.driver == .absent
    case .group(let group): return function.group.value == group
    case .ungrouped: return function.group.value == nil
    case .device(let word): return has(word, function, isGone: isGone)
    case .ids(let vendor, let device):
      guard let identity else { return false }
      return Hex.text(identity.vendor, atLeast: 4).hasPrefix(vendor)
        && Hex.text(identity.device, atLeast: 4).hasPrefix(device)
    case .bus(let bus, let domain):
      return function.address.bus == bus && (domain.map { $0 == function.address.domain } ?? true)
    case .numa(let node): return function.details?.numaNode.value == node
    case .noNUMA: return function.details?.numaNode == .absent
    }
  }

  private func has(_ word: Filter.DeviceWord, _ function: Function, isGone: Bool) -> Bool {
    if isGone { return word.deviceStates.contains(DeviceState.gone.rawValue) }
    if let state = states[function.address], word.deviceStates.contains(state.rawValue) { return true }
    guard let group = function.group.value, let verdict = verdicts[group] else { return false }
    return word.groupStates.contains(verdict.state.rawValue)
  }

  /// Everything that the list shows of a function, pieces apart so that no word matches across two of them.
  private mutating func write(_ function: Function, isGone: Bool) {
    haystack.removeAll(keepingCapacity: true)
    add(function.address.description)
    if let identity = function.identity.value {
      add(identity.classCode.noun)
      add(identity.ids)
      if let name = inventory.names.device(of: identity) { add(Clean.visible(name)) }
      if let name = inventory.names.vendor(of: identity) { add(Clean.visible(name)) }
    }
    if let driver = function.driver.value { add(Clean.visible(driver)) }
    if let group = function.group.value {
      haystack.append(UInt8(ascii: "g"))
      add(group.description)
    }
    let state = isGone ? DeviceState.gone : states[function.address] ?? .unknown
    add(state == .blocks ? "BLOCKS" : state.rawValue)
    for name in function.details?.interfaces.value ?? [] { add(Clean.visible(name)) }
    for name in function.details?.disks.value ?? [] { add(Clean.visible(name)) }
  }

  private mutating func add(_ piece: String) {
    haystack.append(contentsOf: piece.utf8)
    haystack.append(0)
  }
}
