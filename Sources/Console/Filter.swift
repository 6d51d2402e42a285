import Topology

/// What the device list shows. A group is never shown in part.
///
/// Terms stand side by side and all must hold: `class:storage,network driver:!nvme 82540`. A comma gives
/// alternatives, `!` turns a term round, and a word without a key matches anything that is shown.
struct Filter: Hashable, Sendable {
  /// As typed.
  var text = ""
  /// As understood.
  var terms: [Term] = []

  /// One condition on a function.
  struct Term: Hashable, Sendable {
    var isNegated: Bool
    /// One of them is enough.
    var tests: [Test]
  }

  /// What a function is asked.
  enum Test: Hashable, Sendable {
    case shown(Needle)
    case className(Needle)
    /// The leading hexadecimal digits of the class code.
    case classCode(String)
    case driver(Needle)
    case driverless
    case group(GroupID)
    case ungrouped
    case device(DeviceWord)
    case ids(vendor: String, device: String)
    /// Bus, and the domain where one was named.
    case bus(UInt8, domain: UInt32?)
    case numa(Int)
    case noNUMA
  }

  /// The states that can be asked for: of the device, or of its group.
  struct DeviceWord: Hashable, Sendable {
    var deviceStates: Set<String>
    var groupStates: Set<String>
  }

  /// Whether anything is hidden at all.
  var isActive: Bool { !terms.isEmpty }

  /// The keys of the grammar, in the order that the prompt shows.
  enum Key: String, CaseIterable, Sendable {
    case classKey = "class"
    case driver, group, state, id, bus, numa
  }
}

/// A word to look for. Without a capital letter, case does not count.
struct Needle: Hashable, Sendable {
  private let bytes: [UInt8]
  private let countsCase: Bool

  init(_ text: some StringProtocol) {
    countsCase = text.contains { $0.isUppercase }
    bytes = Array(text.utf8)
  }

  /// Whether it stands anywhere in `haystack`.
  func isIn(_ haystack: [UInt8]) -> Bool {
    guard let first = bytes.first else { return true }
    guard haystack.count >= bytes.count else { return false }
    for start in 0...(haystack.count - bytes.count)
    where Self.same(haystack[start], first, countsCase) && matches(haystack, at: start) {
      return true
    }
    return false
  }

  /// Whether it stands anywhere in `text`.
  func isIn(_ text: String) -> Bool { isIn(Array(text.utf8)) }

  private func matches(_ haystack: [UInt8], at start: Int) -> Bool {
    for offset in 1..<max(1, bytes.count)
    where !Self.same(haystack[start + offset], bytes[offset], countsCase) {
      return false
    }
    return true
  }

  private static func same(_ left: UInt8, _ right: UInt8, _ countsCase: Bool) -> Bool {
    left == right || (!countsCase && (65...90).contains(left) && left | 32 == right)
  }
}
