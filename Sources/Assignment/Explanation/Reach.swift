public import Topology

/// What a reset of a function reaches, in words: groups are about DMA, and a reset does not stop at their borders.
public struct Reach: Hashable, Sendable {
  /// What is known of it.
  public var reset: ResetReach
  /// How the function is reset without touching another: a sentence.
  public var own: String
  /// What a reset of its bus hits: a sentence that names everybody, the first of many.
  public var bus: String

  /// The same in a few words, with bare addresses.
  public var brief: String {
    switch reset.bus {
    case .onRootBus: return "none, a root bus has no bridge that could"
    case .virtualFunction: return "none, a virtual function"
    case .forbidden(let culprit, _): return "none, \(culprit.short) does not survive it"
    case .possible:
      guard !reset.others.isEmpty else { return "hits nothing else" }
      let shown = reset.others.prefix(4).map(\.address.short).joined(separator: " ")
      let more = reset.others.count > 4 ? " and \(reset.others.count - 4) more" : ""
      let strangers = reset.strangers.count
      return "also hits \(shown)\(more)" + (strangers == 0 ? "" : ", \(strangers) of them not of its group")
    }
  }

  /// Whether whoever is given the function could only get it clean at somebody else's cost.
  public var isAlarm: Bool { !reset.strangers.isEmpty && reset.ownReset.value == nil && reset.isPossible }
}

extension ResetReach {
  /// Whether there is a bridge that resets the bus, and nobody on it who does not survive that.
  public var isPossible: Bool { if case .possible = bus { true } else { false } }
}

extension Witness {
  /// What a reset of a function reaches, in words.
  public func reach(_ reset: ResetReach) -> Reach { Reach(reset: reset, own: own(reset), bus: bus(reset)) }

  private func own(_ reset: ResetReach) -> String {
    let address = reset.address.short
    switch reset.ownReset {
    case .value(let method):
      let text = "\(address) can be reset alone, by \(method.words)."
      // A reset of the physical function switches SR-IOV off (PCI Express base specification, 9.2.2.3).
      guard let count = vfs[reset.address] else { return text }
      return text + (count == 1 ? " Its virtual function goes with it." : " Its \(count) virtual functions go with it.")
    case .unknown(let why): return "Whether \(address) can be reset alone is unknown (\(why))."
    case .absent:
      let quirk = reset.quirks.first.map { " (the kernel knows better than its registers: \($0.source))" } ?? ""
      return "\(address) cannot be reset alone\(quirk)."
    }
  }

  private func bus(_ reset: ResetReach) -> String {
    switch reset.bus {
    case .onRootBus: return "It is on a root bus, which cannot be reset" + dirty(reset)
    case .virtualFunction: return "A virtual function has no bus of its own to reset" + dirty(reset)
    case .forbidden(let culprit, let quirk):
      return "The kernel does not reset its bus, as \(call(culprit)) does not survive that (drivers/pci/quirks.c "
        + "\(quirk.source))" + dirty(reset)
    case .possible(let bridge): return possible(by: bridge, reset)
    }
  }

  /// Without any reset its next owner gets it as the last one left it.
  private func dirty(_ reset: ResetReach) -> String {
    if case .absent = reset.ownReset { return ": its next owner finds it as the last one left it." }
    return "."
  }

  private func possible(by bridge: Address, _ reset: ResetReach) -> String {
    guard !reset.others.isEmpty else { return "A reset of its bus, by \(bridge.short), hits nothing else." }
    let shown = reset.others.prefix(reset.others.count > Self.most ? Self.most - 1 : Self.most).map(hit)
    let rest = reset.others.count - shown.count
    let who = names.list(shown + (rest > 0 ? ["\(rest) more"] : []))
    var text = "A reset of its bus, by \(bridge.short), also hits \(who)."
    if let bridge = reset.others.first(where: \.isBridge) {
      text += " VFIO offers no such reset, because the bridge \(bridge.address.short) is among them."
    } else if !reset.strangers.isEmpty {
      text += " VFIO does it only for whoever owns all of them."
    }
    return text
  }

  /// `04:00.1 Ethernet (ixgbe; group 8, another one)`.
  private func hit(_ other: ResetReach.Other) -> String {
    let driver: String =
      switch other.driver {
      case .value(let driver): Clean.visible(driver)
      case .absent: "no driver"
      case .unknown(let why): "driver unknown (\(why))"
      }
    let group: String =
      switch other.group {
      case .same: "the same group"
      case .other(let id): "group \(id), not its own"
      case .none: "no group"
      case .unknown(let why): "group unknown (\(why))"
      }
    return "\(call(other.address)) (\(driver); \(group))"
  }
}

extension ResetMethod {
  /// What it is called.
  public var words: String {
    switch self {
    case .functionLevel: "function-level reset (FLR)"
    case .advancedFeatures: "the function-level reset of its Advanced Features (AF)"
    case .power: "switching its power state off and on (PM)"
    case .deviceSpecific: "a way that the kernel knows for this device"
    case .acpi: "its firmware (ACPI)"
    case .bus: "its bus"
    case .cxlBus: "its CXL bus"
    }
  }
}
