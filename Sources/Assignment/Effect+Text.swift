public import HostAccess
import Topology

extension Effect {
  /// The effect as a preview shows it, to the byte: `write "vfio-pci" > /sys/…/driver_override`. The paths and texts
  /// are those that are used.
  public var exact: String {
    guard let write else { return words.map { Clean.visible($0) }.joined(separator: " ") }
    let isLine = write.text.hasSuffix("\n")
    // Quotes and backslashes are escaped, so that a text that holds them reads as no other does.
    let text = (isLine ? String(write.text.dropLast()) : write.text).reduce(into: "") { text, character in
      text += character == "\"" || character == "\\" ? "\\\(character)" : "\(character)"
    }
    return "write \"\(Clean.visible(text))\(isLine ? "\\n" : "")\" > \(Clean.visible(write.path))"
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
    }
  }
}
