public import HostAccess
import Topology

extension Effect {
  /// The effect as a preview shows it, to the byte: `write "vfio-pci" > /sys/…/driver_override`. The paths and texts
  /// are those that are used.
  public var exact: String {
    switch self {
    case .writeFile(let file, let text?): return Self.replacement(of: file, with: Self.quoted(text))
    case .writeFile(let file, nil): return "remove \(Clean.visible(file.path))\(Self.reload(after: file))"
    case .setOwner(let node, let uid, let gid, let mode):
      return "chown \(uid):\(gid) \(node.path); chmod \(Self.octal(mode)) \(node.path)"
    case .setOverride, .unbind, .probe, .loadModule, .setVirtualFunctions: break
    }
    guard let write else { return words.map { Clean.visible($0) }.joined(separator: " ") }
    return "write \(Self.quoted(write.text)) > \(Clean.visible(write.path))"
  }

  /// The same in a line that can be read: a longer text is counted, and shown beside.
  var line: String {
    guard case .writeFile(let file, let text?) = self, !isLine else { return exact }
    let count = text.utf8.count { $0 == UInt8(ascii: "\n") }
    return Self.replacement(of: file, with: "the \(count) lines below")
  }

  private static func replacement(of file: ConfigurationFile, with text: String) -> String {
    "replace \(Clean.visible(file.path)) with \(text)\(reload(after: file))"
  }

  /// What follows a rule of udev's.
  private static func reload(after file: ConfigurationFile) -> String {
    file.isRule ? "; udevadm control --reload" : ""
  }

  /// Whether it is told in a line.
  var isLine: Bool {
    guard case .writeFile(_, let text?) = self else { return true }
    return !text.dropLast().utf8.contains(UInt8(ascii: "\n"))
  }

  /// Quotes, backslashes and ends of lines are escaped, so that a text that holds them reads as no other does.
  private static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.reduce(into: "") { escaped, scalar in
      switch scalar {
      case "\"", "\\": escaped += "\\\(scalar)"
      case "\n": escaped += "\\n"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return "\"\(Clean.visible(escaped))\""
  }

  /// What it does, in a few words: `unbind e1000 from 02:01.0`.
  public var phrase: String {
    switch self {
    case .setOverride(let address, let driver?): "aim \(address.short) at \(Clean.visible(driver))"
    case .setOverride(let address, nil): "clear the override of \(address.short)"
    case .unbind(let address, let driver): "unbind \(Clean.visible(driver)) from \(address.short)"
    case .probe(let address, let driver?): "bind \(Clean.visible(driver)) to \(address.short)"
    case .probe(let address, nil): "bind whatever matches \(address.short)"
    case .loadModule(let name): "load the module \(Clean.visible(name))"
    case .setVirtualFunctions(let address, 0): "remove the virtual functions of \(address.short)"
    case .setVirtualFunctions(let address, let count):
      "make \(count) virtual \(count == 1 ? "function" : "functions") of \(address.short)"
    case .writeFile(let file, nil): "remove \(Clean.visible(file.path))"
    case .writeFile(let file, _?): "write \(Clean.visible(file.path))"
    case .setOwner(let node, let uid, _, let mode):
      "give \(node.path) to user \(uid) (mode \(Self.octal(mode)))"
    }
  }
}
