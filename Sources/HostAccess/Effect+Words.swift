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
    case .writeFile(let file, let text?): ["file", file.path, text]
    case .writeFile(let file, nil): ["no-file", file.path]
    case .setOwner(let node, let uid, let gid, let mode):
      ["owner", "\(uid)", "\(gid)", Self.octal(mode)] + node.words
    }
  }

  /// Reads what `words` gives. Nil where it is anything else, or an effect that is not permitted.
  public init?(words: [String]) {
    guard let verb = words.first, words.count >= 2 else { return nil }
    if let other = Self.lasting(words) {
      guard other.isPermitted, other.words == words else { return nil }
      self = other
      return
    }
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

  /// Effects on files and nodes.
  private static func lasting(_ words: [String]) -> Effect? {
    switch (words[0], words.count) {
    case ("file", 3): ConfigurationFile(path: words[1]).map { .writeFile($0, words[2]) }
    case ("no-file", 2): ConfigurationFile(path: words[1]).map { .writeFile($0, nil) }
    case ("owner", 5...):
      if let uid = UInt32(words[1]), let gid = UInt32(words[2]), let mode = UInt16(words[3], radix: 8),
        let node = DeviceNode(words: words[4...])
      {
        .setOwner(node, uid: uid, gid: gid, mode: mode)
      } else {
        nil
      }
    default: nil
    }
  }

  /// Permission bits as chmod takes them: four digits.
  public static func octal(_ mode: UInt16) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
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
    case .writeFile(let file, let text):
      file.isPermitted && (text?.utf8.count ?? 0) <= ConfigurationFile.limit && text?.utf8.contains(0) != true
    // 2^32 - 1 is chown's word for "as it is".
    case .setOwner(_, let uid, let gid, let mode): uid != .max && gid != .max && mode <= 0o777
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
