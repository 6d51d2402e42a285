public import Topology

/// Says why: what is known of a machine, and how its devices are called.
public struct Witness: Sendable {
  let inventory: Inventory
  let ties: Ties
  let configs: [Address: ConfigSpace]
  let names: Naming
  let vfs: [Address: Int]

  /// The functions, what ties them, and their configuration space where it was read. `labels` are a scenario's own
  /// names for devices.
  public init(
    _ inventory: Inventory, _ ties: Ties, configs: [Address: Known<ConfigSpace>] = [:], labels: [Address: String] = [:]
  ) {
    self.inventory = inventory
    self.ties = ties
    self.configs = configs.compactMapValues(\.value)
    names = Naming(labels)
    var vfs: [Address: Int] = [:]
    for function in inventory.functions {
      if let physical = function.physicalFunction { vfs[physical, default: 0] += 1 }
    }
    self.vfs = vfs
  }

  /// Every reason of a group in words.
  public func whys(of group: TiedGroup) -> [Why] { group.reasons.map { why($0, in: group) } }

  /// A reason in words.
  public func why(_ reason: TieReason, in group: TiedGroup) -> Why {
    var why = bare(reason, in: group)
    guard reason.kind != .unexplained else { return why }
    switch group.cause {
    case .proposedRule?:
      if reason.binds.contains(where: { $0 != reason.at && isBeside($0, reason.at) }) {
        why.sentence +=
          " This kernel goes by the rule of September 2025: one downstream port that lets traffic through takes in the "
          + "whole switch."
        why.keeps.append("Another slot of the same switch does not.")
      }
      why.evidence.append(
        "a kernel with the rule of September 2025 for switches comes to this group, an older one does not")
    case .commandLine(let option)? where reason.kind != .acsOff:
      why.evidence.append(
        "the kernel's command line has \(Clean.visible(option)): with the registers as it sets them the kernel comes to "
          + "this group, with those of today it does not")
    case .commandLine?, .override?, .platform?, nil: break
    }
    return why
  }

  /// Whether two are downstream ports of one switch.
  private func isBeside(_ one: Address, _ other: Address) -> Bool {
    guard facts(one)?.type == .express(6), facts(other)?.type == .express(6) else { return false }
    return inventory[one]?.parent == inventory[other]?.parent
  }

  private func bare(_ reason: TieReason, in group: TiedGroup) -> Why {
    switch reason.kind {
    case .conventionalBus: conventionalBus(reason)
    case .noACS: noACS(reason)
    case .acsOff: acsOff(reason, group)
    case .multifunction: multifunction(reason)
    case .aliasQuirk: aliasQuirk(reason)
    case .vmd: vmd(reason)
    case .platformAlias: platformAlias(reason, group)
    case .override: override(reason, group)
    case .alone: alone(reason)
    case .unknown: unknown(reason, group)
    case .unexplained: unexplained(reason, group)
    }
  }
}

extension Witness {
  /// How a device is called: `02:01.0 Ethernet`, or with a scenario's own name.
  public func call(_ address: Address) -> String { name(address) }

  /// Why something that decides about a function is not known; nil where all is.
  public func ignorance(of address: Address) -> Ignorance? { gap(of: address) }

  /// `02:01.0 Ethernet`, or with a scenario's own name.
  func name(_ address: Address) -> String {
    let named = names[address]
    guard named == address.short else { return named }
    return "\(named) \(noun(address))"
  }

  /// `Ethernet`, `root port`.
  func noun(_ address: Address) -> String {
    guard let function = inventory[address] else { return "device" }
    if let port = portNoun(address) { return port }
    if function.physicalFunction != nil { return "virtual function" }
    return function.identity.value?.classCode.noun ?? "device"
  }

  /// The same of a bridge or port only.
  func portNoun(_ address: Address) -> String? {
    guard let facts = facts(address), facts.leadsToABus, facts.gaps[.type] == nil else { return nil }
    return switch facts.type {
    case .express(4): "root port"
    case .express(5): "upstream port"
    case .express(6): "downstream port"
    case .express(7): "PCIe-to-PCI bridge"
    case .express(8): "PCI-to-PCIe bridge"
    case .express: "PCIe bridge"
    case .conventional: "PCI bridge"
    }
  }

  /// The names of several, all of a few and the first of many.
  public func list(_ addresses: [Address]) -> String {
    guard addresses.count > Self.most else { return names.list(addresses.map(name)) }
    let shown = addresses.prefix(Self.most - 1).map(name).joined(separator: ", ")
    return "\(shown) and \(addresses.count - Self.most + 1) more"
  }

  static let most = 5

  /// `X is`, `X and Y are`.
  func subject(_ addresses: [Address]) -> String { list(addresses) + (addresses.count == 1 ? " is" : " are") }

  func facts(_ address: Address) -> PortFacts? { ties.isolation.facts(of: address) }

  /// The register of a function as a line of evidence; nothing where its bytes were not read.
  func register(_ register: ConfigRegister, of address: Address, _ meaning: String = "") -> String? {
    guard let evidence = configs[address]?[register].value else { return nil }
    return "\(address.short) \(evidence)" + (meaning.isEmpty ? "" : ": " + meaning)
  }

  /// Everybody that is bound but the device at which it arises.
  func bound(_ reason: TieReason) -> [Address] { reason.binds.filter { $0 != reason.at } }

  /// The bridges and ports above a function, nearest first.
  func above(_ address: Address) -> [Address] {
    var found: [Address] = []
    var next = inventory[address]?.parent.function
    while let place = next, !found.contains(place), let function = inventory[place] {
      found.append(place)
      next = function.parent.function
    }
    return found
  }
}

extension Witness {
  /// `SV RR`, the names of ACS flags as lspci abbreviates them.
  static func flags(_ bits: UInt16) -> String {
    let names = ["SV", "TB", "RR", "CR", "UF", "EC", "DT"]
    let set = names.indices.filter { bits & 1 << UInt16($0) != 0 }.map { names[$0] }
    return set.isEmpty ? "none" : set.joined(separator: " ")
  }

  /// What a function has of ACS, one line for each register.
  func acsEvidence(_ address: Address) -> [String] {
    guard let facts = facts(address), facts.gaps[.acs] == nil else { return [] }
    if let source = facts.quirkSource, source.verdict != .asWideRegistersSay {
      return ["\(address.short): drivers/pci/quirks.c \(source.source) answers for its registers\(assumption(source))"]
    }
    guard let acs = facts.acs else {
      return ["\(address.short): no ACS among its extended capabilities"]
    }
    let isWide = facts.quirkSource?.verdict == .asWideRegistersSay
    let capability = register(isWide ? .wideACSCapability : .acsCapability, of: address, Self.flags(acs.capability))
    let control = register(isWide ? .wideACSControl : .acsControl, of: address, Self.flags(acs.control))
    var lines = [
      capability ?? "\(address.short) can \(Self.flags(acs.capability))",
      control ?? "\(address.short) has \(Self.flags(acs.control)) on",
    ]
    let lacking = ACS.required & ~acs.capability
    if acs.isolates, lacking != 0 {
      lines.append(
        "\(address.short) does not implement \(Self.flags(lacking)): the kernel asks of a port only what it implements "
          + "(drivers/pci/pci.c pci_acs_flags_enabled)")
    }
    return lines
  }

  /// That an answer rests on what the kernel did at boot, out of sight.
  func assumption(_ quirk: IsolationQuirk.Opinion) -> String {
    guard quirk.isAssumed else { return "" }
    let set = quirk.verdict == .isolated ? "set the port up" : "did not set the port up"
    return " (assumed: that the kernel \(set) at boot does not show in the registers that were read)"
  }

  /// Whether a port passes for isolating though its ACS implements nothing that is asked for.
  func isHollow(_ address: Address) -> Bool {
    guard let facts = facts(address), facts.quirk == nil, facts.isolation.value == true, let acs = facts.acs else {
      return false
    }
    return acs.capability & ACS.required == 0 && [.express(4), .express(6)].contains(facts.type)
  }

  /// Why nobody should be indifferent to a group.
  static let peers =
    "Inside the group devices can reach each other's memory without the IOMMU seeing it: whoever is given one of them "
    + "is given all of them."
}
