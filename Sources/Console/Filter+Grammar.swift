import Ownership
import Topology

/// Why a filter is not understood, in words for the prompt.
struct FilterComplaint: Error, Hashable, Sendable {
  var text: String
}

extension Filter {
  /// Reads what was typed.
  init(parsing text: String) throws(FilterComplaint) {
    self.text = text
    for word in text.split(separator: " ") { terms.append(try Self.term(word)) }
  }

  private static func term(_ word: Substring) throws(FilterComplaint) -> Term {
    var (word, isNegated) = (word, false)
    if word.first == "!" {
      isNegated = true
      word = word.dropFirst()
    }
    guard !word.isEmpty else { throw FilterComplaint(text: "! needs a word after it") }
    guard let colon = word.firstIndex(of: ":"), let key = try key(word[..<colon]) else {
      return Term(isNegated: isNegated, tests: word.split(separator: ",").map { .shown(Needle($0)) })
    }
    var values = word[word.index(after: colon)...]
    if values.first == "!" {
      isNegated.toggle()
      values = values.dropFirst()
    }
    guard !values.isEmpty else {
      let wanted = key == .state ? "one of \(stateWords.joined(separator: " "))" : "needs a value"
      throw FilterComplaint(text: "\(key.rawValue): \(wanted)")
    }
    var tests: [Test] = []
    for value in values.split(separator: ",") {
      guard value.first != "!" else {
        throw FilterComplaint(text: "\(key.rawValue): one ! before all values is enough")
      }
      tests.append(try test(key, value))
    }
    return Term(isNegated: isNegated, tests: tests)
  }

  /// The key before a colon; nil where the word is an address or a pair of ids.
  private static func key(_ text: Substring) throws(FilterComplaint) -> Key? {
    if let key = Key(rawValue: text.lowercased()) { return key }
    if text.utf8.allSatisfy({ Hex.digit($0) != nil }) { return nil }
    let keys = Key.allCases.map(\.rawValue).joined(separator: " ")
    throw FilterComplaint(text: "no key \(Clean.visible(text)); keys are \(keys)")
  }

  private static func test(_ key: Key, _ value: Substring) throws(FilterComplaint) -> Test {
    switch key {
    case .classKey: classTest(value)
    case .driver: value == "-" || value == "none" ? .driverless : .driver(Needle(value))
    case .group: try groupTest(value)
    case .state: try stateTest(value)
    case .id: try idTest(value)
    case .bus: try busTest(value)
    case .numa: try numaTest(value)
    }
  }

  private static func classTest(_ value: Substring) -> Test {
    let isCode = [2, 4, 6].contains(value.utf8.count) && value.utf8.allSatisfy { Hex.digit($0) != nil }
    return isCode ? .classCode(value.lowercased()) : .className(Needle(value))
  }

  private static func groupTest(_ value: Substring) throws(FilterComplaint) -> Test {
    if value == "none" || value == "-" { return .ungrouped }
    let digits = value.first == "g" ? value.dropFirst() : value
    guard let number = UInt32(digits) else {
      throw FilterComplaint(text: "group: needs a number, not \(Clean.visible(value))")
    }
    return .group(GroupID(number))
  }

  /// The words of device states and group states; a beginning is enough, so that typing does not complain.
  static let stateWords: [String] =
    ["free", "exempt", "host", "blocks", "vfio", "open", "gone", "unknown"]
    + ["viable", "blocked", "host-owned", "owned"]

  private static func stateTest(_ value: Substring) throws(FilterComplaint) -> Test {
    let word = value.lowercased() == "??" ? "unknown" : value.lowercased()
    let exact = stateWords.contains(word)
    let meant = Set(stateWords.filter { exact ? $0 == word : $0.hasPrefix(word) })
    guard !meant.isEmpty else {
      throw FilterComplaint(
        text: "no state \(Clean.visible(value)); states are \(stateWords.joined(separator: " "))")
    }
    return .device(DeviceWord(deviceStates: meant, groupStates: meant))
  }

  private static func idTest(_ value: Substring) throws(FilterComplaint) -> Test {
    let halves = value.lowercased().split(separator: ":", omittingEmptySubsequences: false)
    let areHex = halves.allSatisfy { $0.utf8.count <= 4 && $0.utf8.allSatisfy { Hex.digit($0) != nil } }
    guard halves.count <= 2, areHex else {
      throw FilterComplaint(text: "id: needs vendor:device in hexadecimal, not \(Clean.visible(value))")
    }
    return .ids(vendor: String(halves[0]), device: halves.count == 2 ? String(halves[1]) : "")
  }

  private static func busTest(_ value: Substring) throws(FilterComplaint) -> Test {
    let parts = value.split(separator: ":", omittingEmptySubsequences: false)
    if let bus = parts.last.flatMap({ UInt8($0, radix: 16) }) {
      if parts.count == 1 { return .bus(bus, domain: nil) }
      if parts.count == 2, let domain = UInt32(parts[0], radix: 16) { return .bus(bus, domain: domain) }
    }
    throw FilterComplaint(text: "bus: needs a bus in hexadecimal, 02 or 10000:e1, not \(Clean.visible(value))")
  }

  private static func numaTest(_ value: Substring) throws(FilterComplaint) -> Test {
    if value == "none" || value == "-" { return .noNUMA }
    guard let node = Int(value), node >= 0 else {
      throw FilterComplaint(text: "numa: needs a node's number, not \(Clean.visible(value))")
    }
    return .numa(node)
  }
}

extension Filter {
  /// What Tab makes of the word that ends at `cursor` (in characters): the longest beginning that all
  /// candidates share. Keys before the colon, states, classes and this machine's drivers after it.
  static func completion(of text: String, at cursor: Int, drivers: Set<String>) -> (text: String, cursor: Int) {
    let head = String(text.prefix(cursor))
    let tail = text.dropFirst(cursor)
    let start = head.lastIndex { $0 == " " || $0 == "," || $0 == "!" }.map { head.index(after: $0) } ?? head.startIndex
    let word = head[start...]
    let wordStart = head.lastIndex(of: " ").map { head.index(after: $0) } ?? head.startIndex
    var candidates: [String] = []
    var stem = word
    if let colon = head[wordStart...].firstIndex(of: ":") {
      if colon >= start { stem = head[head.index(after: colon)...] }
      let key = head[wordStart..<colon].drop { $0 == "!" }
      candidates = values(of: Key(rawValue: key.lowercased()), drivers: drivers)
    } else {
      candidates = Key.allCases.map { $0.rawValue + ":" }
    }
    candidates = candidates.filter { $0.hasPrefix(stem.lowercased()) }
    guard var longest = candidates.first else { return (text, cursor) }
    for candidate in candidates { while !candidate.hasPrefix(longest) { longest.removeLast() } }
    guard longest.count > stem.count else { return (text, cursor) }
    let completed = String(head[..<stem.startIndex]) + longest
    return (completed + tail, completed.count)
  }

  private static func values(of key: Key?, drivers: Set<String>) -> [String] {
    switch key {
    case .driver: drivers.sorted()
    case .state: stateWords
    case .classKey: ClassWord.all
    case .group, .id, .bus, .numa, nil: []
    }
  }
}

/// The words for base classes that the filter takes beside the nouns of `ClassCode` (PCI Code and ID Assignment).
enum ClassWord {
  private static let byBase: [UInt8: String] = [
    0x01: "storage", 0x02: "network", 0x03: "display", 0x04: "multimedia", 0x05: "memory", 0x06: "bridge",
    0x07: "communication", 0x08: "system", 0x09: "input", 0x0a: "dock", 0x0b: "processor", 0x0c: "serial-bus",
    0x0d: "wireless", 0x0e: "i2o", 0x0f: "satellite", 0x10: "crypto", 0x11: "signal", 0x12: "accelerator",
    0x13: "instrumentation", 0x40: "co-processor",
  ]

  static let all = byBase.values.sorted()

  static func of(_ code: ClassCode) -> String { byBase[code.base] ?? "device" }
}
