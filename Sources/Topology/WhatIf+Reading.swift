extension WhatIf.Change {
  /// Reads `02:01.0@00:1c.0`, `02:01.0@new`, `acs-on@00:1c.0`, `acs-off@00:1c.0`, `remove@01:00.0`, `vfs=4@03:00.0` and
  /// `no-override`. Devices may be named by any selector of one function; `02:01` is all functions of a device.
  public init(_ text: String, in inventory: Inventory) throws(WhatIfError) {
    if text == "no-override" {
      self = .withoutOverride
      return
    }
    let halves = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty else { throw .malformed(text) }
    switch halves[0] {
    case "acs-on": self = .acs(try Self.device(halves[1], inventory), isOn: true)
    case "acs-off": self = .acs(try Self.device(halves[1], inventory), isOn: false)
    case "remove": self = .remove(try Self.device(halves[1], inventory))
    case let word where word.hasPrefix("vfs="):
      guard let count = Int(word.dropFirst(4)), (0...65535).contains(count) else { throw .malformed(text) }
      self = .virtualFunctions(try Self.device(halves[1], inventory), count)
    default:
      let device = try Self.device(halves[0], inventory)
      self = halves[1] == "new" ? .moveApart(device) : .move(device, below: try Self.device(halves[1], inventory))
    }
  }

  private static func device(_ text: String, _ inventory: Inventory) throws(WhatIfError) -> Address {
    let target: Selector.Target
    do throws(SelectorError) {
      target = try Selector(text).resolve(in: inventory)
    } catch {
      throw .selector(error)
    }
    guard case .functions(let functions) = target, let first = functions.first,
      functions.allSatisfy({ $0.packed >> 3 == first.packed >> 3 })
    else { throw .impossible("'\(Clean.visible(text))' is a group; a change names one device") }
    return first
  }
}

extension WhatIf.Change: CustomStringConvertible {
  /// The canonical spelling, which reads back as the same change.
  public var description: String {
    switch self {
    case .move(let device, let port): "\(device)@\(port)"
    case .moveApart(let device): "\(device)@new"
    case .acs(let port, let isOn): (isOn ? "acs-on@" : "acs-off@") + port.description
    case .remove(let device): "remove@\(device)"
    case .virtualFunctions(let physical, let count): "vfs=\(count)@\(physical)"
    case .withoutOverride: "no-override"
    }
  }

  /// The same as a condition: `02:01.0 were below 00:1c.0`.
  public var condition: String {
    switch self {
    case .move(let device, let port): "\(device.short) were in the slot below \(port.short)"
    case .moveApart(let device): "\(device.short) had a slot of its own, below a port with ACS"
    case .acs(let port, let isOn): "ACS of \(port.short) were \(isOn ? "on" : "off")"
    case .remove(let device): "\(device.short) were gone"
    case .virtualFunctions(let physical, let count):
      "\(physical.short) had \(count) virtual function\(count == 1 ? "" : "s")"
    case .withoutOverride: "the kernel were booted without pcie_acs_override"
    }
  }
}
