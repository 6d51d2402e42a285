import HostAccess
import Topology

/// A domain of libvirt's as it is kept in a file: which functions it has, and who binds them.
///
/// Tags alone are looked at, one after the other and each once, so that whatever stands in the file the work is in
/// proportion to its length.
struct DomainText {
  private let text: [UInt8]
  private var place = 0
  private var line = 1

  /// What the domain says of PCI functions, with lines.
  static func statements(_ text: String, at path: String) -> [Configured.Statement] {
    var reader = DomainText(text: Array(text.utf8))
    return reader.read(path)
  }

  private init(text: [UInt8]) { self.text = text }

  private mutating func read(_ path: String) -> [Configured.Statement] {
    var found: [Configured.Statement] = []
    var name = ""
    var depth = 0
    var open: (line: Int, isManaged: Bool)?
    var isInSource = false
    while let tag = next() {
      let isEnd = tag.name.hasPrefix("/")
      switch tag.name {
      case "name" where depth == 1 && name.isEmpty: name = words()
      case "hostdev" where tag["type"] == "pci" && !tag.isEmpty,
        "interface" where tag["type"] == "hostdev" && !tag.isEmpty:
        open = (tag.line, tag["managed"] == "yes")
      case "/hostdev", "/interface": (open, isInSource) = (nil, false)
      case "source" where open != nil: isInSource = !tag.isEmpty
      case "/source": isInSource = false
      case "address" where isInSource:
        if let open, let address = tag.address {
          let what = Configured.What.hostdev(address, domain: name, isManaged: open.isManaged)
          found.append(Configured.Statement(what, Configured.Source(path, line: open.line)))
        }
      default: break
      }
      if isEnd { depth -= 1 } else if !tag.isEmpty { depth += 1 }
    }
    return found
  }

  /// A tag with its attributes.
  private struct Tag {
    var name: String
    var attributes: [String: String] = [:]
    var line: Int
    var isEmpty = false
    subscript(name: String) -> String? { attributes[name] }

    /// `<address domain='0x0000' bus='0x02' slot='0x01' function='0x0'/>`.
    var address: Address? {
      func number(_ name: String, below limit: UInt32) -> UInt32? {
        guard let text = attributes[name] else { return nil }
        let value = text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
        return value.flatMap { $0 < limit ? $0 : nil }
      }
      guard let bus = number("bus", below: 256), let slot = number("slot", below: 32),
        let function = number("function", below: 8)
      else { return nil }
      let domain = number("domain", below: .max) ?? 0
      return Address(domain: domain, bus: UInt8(bus), device: UInt8(slot), function: UInt8(function))
    }
  }

  private mutating func step() -> UInt8? {
    guard place < text.count else { return nil }
    let byte = text[place]
    place += 1
    if byte == 10 { line += 1 }
    return byte
  }

  /// Text up to the next tag.
  private mutating func words() -> String {
    var bytes: [UInt8] = []
    while place < text.count, text[place] != UInt8(ascii: "<"), let byte = step() { bytes.append(byte) }
    return Self.unescaped(String(decoding: bytes, as: UTF8.self))
  }

  /// The five entities that XML has by itself, and characters by number; anything else stands for itself.
  static func unescaped(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    let parts = text.split(separator: "&", omittingEmptySubsequences: false)
    return parts.dropFirst().reduce(into: String(parts[0])) { result, part in
      guard let end = part.firstIndex(of: ";"), let character = character(part[..<end]) else {
        result += "&" + part
        return
      }
      result += String(character) + part[part.index(after: end)...]
    }
  }

  /// The same text as XML writes it.
  static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
  }

  private static func character(_ name: Substring) -> Character? {
    switch name {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default:
      guard name.hasPrefix("#") else { return nil }
      let digits = name.dropFirst()
      let number = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      return number.flatMap { Unicode.Scalar($0) }.map { Character($0) }
    }
  }

  private mutating func next() -> Tag? {
    while let byte = step() {
      guard byte == UInt8(ascii: "<") else { continue }
      if text[place...].starts(with: "!--".utf8) {
        skipComment()
        continue
      }
      return tag()
    }
    return nil
  }

  private mutating func skipComment() {
    var last: [UInt8] = []
    while let byte = step() {
      last = last.suffix(2) + [byte]
      if last.elementsEqual("-->".utf8) { return }
    }
  }

  private mutating func tag() -> Tag {
    var tag = Tag(name: "", line: line)
    var word: [UInt8] = []
    var key: String?
    var quote: UInt8?
    while let byte = step() {
      if let open = quote {
        if byte == open {
          if let key { tag.attributes[key] = String(decoding: word, as: UTF8.self) }
          (quote, key, word) = (nil, nil, [])
        } else {
          word.append(byte)
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\""): (quote, word) = (byte, [])
      case UInt8(ascii: "="): (key, word) = (String(decoding: word, as: UTF8.self), [])
      case UInt8(ascii: ">"), UInt8(ascii: " "), 10, 9, 13:
        if tag.name.isEmpty, !word.isEmpty { tag.name = String(decoding: word, as: UTF8.self) }
        if byte == UInt8(ascii: ">") {
          tag.isEmpty = word.last == UInt8(ascii: "/") || tag.name.hasPrefix("?") || tag.name.hasPrefix("!")
          if tag.name.count > 1, tag.name.hasSuffix("/") { tag.name.removeLast() }
          return tag
        }
        word = []
      default: word.append(byte)
      }
    }
    return tag
  }
}
