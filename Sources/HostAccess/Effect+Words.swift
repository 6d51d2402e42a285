import Topology

extension Effect {
  /// The effect as words, for journals and documents: `["unbind", "0000:02:01.0", "e1000"]`.
  public var words: [String] {
    switch self {
    case .setOverride(let address, let driver?): ["override", "\(address)", driver]
    case .setOverride(let address, nil): ["clear-override", "\(address)"]
    case .unbind(let address, let driver): ["unbind", "\(address)", driver]
    case .probe(let address, let driver?): ["probe", "\(address)", driver]
    case .probe(let address, nil): ["probe-any", "\(address)"]
    case .loadModule(let name): ["modprobe", name]
    case .setVirtualFunctions(let address, let count): ["vfs", "\(address)", "\(count)"]
    }
  }

  /// Reads what `words` gives. Nil where it is anything else, or an effect that is not permitted.
  public init?(words: [String]) {
    guard let verb = words.first, words.count >= 2 else { return nil }
    let address = Address(words[1])
    switch (verb, words.count) {
    case ("modprobe", 2): self = .loadModule(words[1])
    case ("clear-override", 2): guard let address else { return nil }; self = .setOverride(address, nil)
    case ("probe-any", 2): guard let address else { return nil }; self = .probe(address, expecting: nil)
    case ("override", 3): guard let address else { return nil }; self = .setOverride(address, words[2])
    case ("unbind", 3): guard let address else { return nil }; self = .unbind(address, from: words[2])
    case ("probe", 3): guard let address else { return nil }; self = .probe(address, expecting: words[2])
    case ("vfs", 3):
      guard let address, let count = Int(words[2]), String(count) == words[2] else { return nil }
      self = .setVirtualFunctions(address, count)
    default: return nil
    }
    guard isPermitted else { return nil }
  }

  /// Whether it is one of the writes that are ever made, whoever asks for it: a driver's name is one component of a
  /// path, an override one line, a module's name no option.
  public var isPermitted: Bool {
    switch self {
    case .setOverride(_, nil), .probe(_, nil): true
    // drivers/base/driver.c `driver_set_override`: less than a page with its newline.
    case .setOverride(_, let name?):
      !name.isEmpty && name.utf8.count < 4095 && !name.utf8.contains { $0 == 10 || $0 == 0 }
    case .unbind(_, let name), .probe(_, let name?): Self.isComponent(name)
    case .loadModule(let name): Self.isModule(name)
    case .setVirtualFunctions(_, let count): (0...0xffff).contains(count)
    }
  }

  private static func isComponent(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && name.utf8.count < 256
      && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 10 || $0 == 0 }
  }

  private static func isModule(_ name: String) -> Bool {
    name.utf8.first != UInt8(ascii: "-") && (1..<64).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
