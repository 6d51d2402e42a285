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
    write(function.address)
    if let identity = function.identity.value {
      haystack.append(contentsOf: identity.classCode.noun.utf8)
      haystack.append(UInt8(ascii: " "))
      add(inventory.names.device(of: identity).map { Clean.visible($0) } ?? "")
      if let name = inventory.names.vendor(of: identity) { add(Clean.visible(name)) }
      write(identity.vendor, digits: 4)
      haystack.append(UInt8(ascii: ":"))
      write(identity.device, digits: 4)
      haystack.append(0)
    }
    if let driver = function.driver.value { add(Clean.visible(driver)) }
    if let group = function.group.value {
      haystack.append(UInt8(ascii: "g"))
      add(group.description)
    }
    let state = isGone ? DeviceState.gone : states[function.address] ?? .unknown
    add(state.word)
    guard let details = function.details else { return }
    haystack.append(contentsOf: DeviceText.noun(of: function).utf8)
    if let bus = details.secondaryBus.value { haystack.append(contentsOf: ", bus \(Hex.text(bus, atLeast: 2))".utf8) }
    haystack.append(0)
    for name in details.interfaces.value ?? [] { add(Clean.visible(name)) }
    for name in details.disks.value ?? [] { add(Clean.visible(name)) }
  }

  private mutating func add(_ piece: String) {
    haystack.append(contentsOf: piece.utf8)
    haystack.append(0)
  }

  /// The canonical form, written without making a string of it.
  private mutating func write(_ address: Address) {
    write(address.domain, digits: address.domain > 0xffff ? 8 - address.domain.leadingZeroBitCount / 4 : 4)
    haystack.append(UInt8(ascii: ":"))
    write(address.bus, digits: 2)
    haystack.append(UInt8(ascii: ":"))
    write(address.device, digits: 2)
    haystack.append(UInt8(ascii: "."))
    write(address.function, digits: 1)
    haystack.append(0)
  }

  private mutating func write(_ value: some FixedWidthInteger & UnsignedInteger, digits: Int) {
    let value = UInt32(truncatingIfNeeded: value)
    for place in (0..<digits).reversed() {
      let digit = UInt8(truncatingIfNeeded: value >> UInt32(place * 4)) & 15
      haystack.append(digit < 10 ? digit + UInt8(ascii: "0") : digit + UInt8(ascii: "a") - 10)
    }
  }
}
