public import Topology

/// What a function is called where there is one line for it.
public enum DeviceText {
  /// A noun and what tells it from its like: `PCIe root port, bus 01`, `Ethernet 82540EM Gigabit`. Clean.
  public static func name(of function: Function, names: Names) -> String {
    guard let identity = function.identity.value else { return "device with unreadable ids" }
    if let noun = function.kind.portNoun { return noun + bus(of: function) }
    let noun = identity.classCode.noun
    if let physical = function.physicalFunction {
      let model = model(identity, names: names, noun: noun, dropping: ["Virtual", "Function"])
      return join(noun, model) + ", VF of " + physical.short
    }
    return join(noun, model(identity, names: names, noun: noun, dropping: [])) + bus(of: function)
  }

  /// Its short address and its name. Clean.
  static func label(of function: Function, names: Names) -> String {
    "\(function.address.short) \(name(of: function, names: names))"
  }

  /// The noun alone: `SCSI HBA`, `PCIe root port`.
  public static func noun(of function: Function) -> String {
    function.kind.portNoun ?? function.identity.value?.classCode.noun ?? "device"
  }

  /// Vendor and device name in full, as pci.ids has them; ids where it has none. Clean.
  public static func fullName(of function: Function, names: Names) -> String {
    guard let identity = function.identity.value else { return "ids unreadable" }
    let vendor = names.vendor(of: identity) ?? "vendor " + Hex.text(identity.vendor, atLeast: 4)
    let device = names.device(of: identity) ?? "device " + Hex.text(identity.device, atLeast: 4)
    return Clean.visible(vendor + " " + device)
  }

  private static func join(_ noun: String, _ model: String) -> String { model.isEmpty ? noun : noun + " " + model }

  private static func bus(of function: Function) -> String {
    guard function.leadsToABus, let bus = function.details?.secondaryBus.value else { return "" }
    return ", bus " + Hex.text(bus, atLeast: 2)
  }

  /// The short name: the marketing name in brackets where there is one, else the name without what the noun says.
  private static func model(_ identity: Identity, names: Names, noun: String, dropping: [Substring]) -> String {
    guard let full = names.device(of: identity) else {
      return names.vendor(of: identity).map { "[" + Clean.visible($0) + "]" } ?? ""
    }
    var text = full[...]
    // By bytes: a pass over characters takes far longer than all the rest.
    if full.utf8.last == UInt8(ascii: "]"), let open = full.utf8.lastIndex(of: UInt8(ascii: "[")) {
      let inside = Substring(full.utf8[full.utf8.index(after: open)...].dropLast())
      // What is not ASCII may be a mark on the bracket, and then this is none; pci.ids has no such letter there.
      if inside.utf8.first.map({ $0 < 0x80 }) ?? true {
        if !inside.isEmpty, !inside.hasSuffix("mode") { return Clean.visible(inside) }
        text = full[..<open]
      }
    }
    let said = words(of: noun[...])
    let high: [Substring] = noun == "HD Audio" ? ["High", "Definition"] : []
    let kept = words(of: text).filter {
      !filler.contains($0) && !said.contains($0) && !high.contains($0) && !dropping.contains($0)
    }
    return Clean.visible(kept.joined(separator: " "))
  }

  /// Split at bytes: characters would take far longer, and a mark on a blank comes back to it when they are joined.
  private static func words(of text: Substring) -> [Substring] {
    text.utf8.split(separator: UInt8(ascii: " ")).map { Substring($0) }
  }

  /// Words that say nothing beside a noun.
  private static let filler: [Substring] = ["Controller", "Adapter", "Interface", "Connection", "controller"]
}
