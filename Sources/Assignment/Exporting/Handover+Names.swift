import Topology

extension Handover {
  /// `02:01.0 Ethernet`.
  func call(_ address: Address) -> String { "\(address.short) \(noun(address))" }

  /// The names of several, all of a few and the first of many.
  func list(_ addresses: [Address]) -> String {
    guard addresses.count > 6 else { return Naming([:]).list(addresses.map(call)) }
    return addresses.prefix(5).map(call).joined(separator: ", ") + " and \(addresses.count - 5) more"
  }

  /// `Ethernet`, `root port`.
  func noun(_ address: Address) -> String { inventory[address].map(Self.noun) ?? "device" }

  static func noun(_ function: Function) -> String {
    switch function.kind {
    case .rootPort: return "root port"
    case .upstreamPort: return "upstream port"
    case .downstreamPort: return "downstream port"
    case .pcieToPCIBridge: return "PCIe-to-PCI bridge"
    case .pciToPCIeBridge: return "PCI-to-PCIe bridge"
    case .conventionalBridge: return "PCI bridge"
    default: break
    }
    let noun = function.identity.value?.classCode.noun ?? "device"
    return function.physicalFunction == nil ? noun : noun + " VF"
  }

  /// The device's name as pci.ids has it; its noun where it has none. Clean.
  func model(_ function: Function) -> String {
    let name = function.identity.value.flatMap { inventory.names.device(of: $0) }.map { Clean.visible($0) }
    return [Self.noun(function), name].compactMap(\.self).joined(separator: "  ")
  }

  /// `e1000`, `no driver`, `driver unknown (needs root)`. Clean.
  static func driver(_ function: Function) -> String {
    switch function.driver {
    case .value(let driver): Clean.visible(driver)
    case .absent: "no driver"
    case .unknown(let why): Clean.visible("driver unknown (\(why))")
    }
  }
}

/// Running text in the comments of a file.
enum Wrapped {
  /// The words in lines of at most `width` characters after `prefix`; a word that is longer has a line of its own.
  static func lines(_ text: String, prefix: String = "", rest: String? = nil, width: Int = 72) -> [String] {
    var lines: [String] = []
    var line = prefix
    var isEmpty = true
    for word in text.split(separator: " ", omittingEmptySubsequences: true) {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        (line, isEmpty) = (rest ?? prefix, true)
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return isEmpty ? lines : lines + [line]
  }
}
