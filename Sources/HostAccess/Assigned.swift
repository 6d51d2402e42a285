public import Topology

/// Which card was assigned for good: what a store that knows addresses alone cannot tell from another card in the same
/// slot.
public struct Assigned: Hashable, Sendable {
  /// Where it sat.
  public var address: Address
  /// Its ids and class.
  public var identity: Identity
  /// Its directory below the root, `sys/devices/pci0000:00/…`.
  public var path: String
  /// The driver that it is to have.
  public var driver: DriverName

  /// All of it.
  public init(address: Address, identity: Identity, path: String, driver: DriverName) {
    self.address = address
    self.identity = identity
    self.path = path
    self.driver = driver
  }

  /// Whether a function is the card that was meant, wherever it sits now.
  public func isCard(_ function: Function) -> Bool { function.identity.value == identity }
}

extension Assigned {
  /// The whole file: lines of words, in this order.
  public var text: String {
    let lines = [
      ["viable-assignment", "1"], ["address", "\(address)"], ["card", identity.word], ["path", path],
      ["driver", driver],
    ]
    return lines.map { $0.map { Field.word($0) }.joined(separator: " ") + "\n" }.joined()
  }

  /// Reads what `text` gives; nil where it is anything else.
  public init?(text: String) {
    let lines = text.split(separator: "\n").map { line in
      line.split(separator: " ", omittingEmptySubsequences: false).compactMap { Field.text($0) }
    }
    guard lines.map(\.first) == ["viable-assignment", "address", "card", "path", "driver"],
      lines.allSatisfy({ $0.count == 2 }), let address = Address(lines[1][1]),
      let identity = Identity(word: lines[2][1])
    else { return nil }
    self.init(address: address, identity: identity, path: lines[3][1], driver: lines[4][1])
    guard self.text == text else { return nil }
  }
}
