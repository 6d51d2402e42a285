import Topology

/// A function that nothing ties to anybody.
extension Witness {
  func alone(_ reason: TieReason) -> Why {
    let address = reason.at
    var why = Why(reason, "\(name(address)) is alone in its group: " + ground(address) + ".")
    why.evidence = proof(address)
    return why
  }

  private func ground(_ address: Address) -> String {
    if let physical = inventory[address]?.physicalFunction {
      return "as a virtual function of \(physical.short) it has a requester ID of its own, and "
        + (above(address).contains(where: isHollow)
          ? keeping(above(address)) : "nothing above it lets traffic through")
    }
    let isOnRootBus = above(address).isEmpty
    let place =
      isOnRootBus
      ? "it is on a root bus and has a requester ID of its own" : keeping(above(address))
    return place + offspring(address)
      + (below(address) ?? beside(address, isOnRootBus ? "chip" : "card"))
  }

  /// Its virtual functions, where each of them is alone too.
  private func offspring(_ address: Address) -> String {
    let groups = inventory.functions.filter { $0.physicalFunction == address }.map { inventory.group(of: $0.address) }
    guard !groups.isEmpty, groups.allSatisfy({ $0?.members.count == 1 }) else { return "" }
    return groups.count == 1
      ? ", and its virtual function is a group of its own"
      : ", and its \(groups.count) virtual functions are groups of their own"
  }

  /// What a bridge or port does for whoever is below it; nil for anything else.
  private func below(_ address: Address) -> String? {
    guard let facts = facts(address), facts.leadsToABus else { return nil }
    if facts.type == .express(5), facts.gaps[.type] == nil { return "" }
    guard facts.isolation.value == true else {
      return ", and nothing is below it" + emptiness(address)
    }
    if facts.quirk == true {
      return ", and the kernel knows it to keep what is below it apart"
        + (facts.quirkSource?.isAssumed == true ? " (assumed)" : "")
    }
    return isHollow(address)
      ? ", and the kernel takes it for isolating, though its ACS implements nothing of what is asked for"
      : ", and its ACS keeps what is below it apart"
  }

  /// What the ports above do.
  private func keeping(_ ports: [Address]) -> String {
    let hollow = ports.filter(isHollow)
    if hollow.isEmpty { return "everything above it keeps traffic apart" }
    return "the kernel takes everything above it to keep traffic apart, though the ACS of "
      + "\(names.list(hollow.map(\.short))) implements nothing of what is asked for"
  }

  /// What keeps the other functions of its card out of its group.
  private func beside(_ address: Address, _ thing: String) -> String {
    guard let facts = facts(address), facts.isMultifunction else { return "" }
    let siblings = siblings(address)
    if siblings.isEmpty { return "" }
    let others = "the other function\(siblings.count == 1 ? "" : "s") of its \(thing)"
    if facts.isolation.value == true { return ", and it is isolated from \(others)" }
    guard siblings.allSatisfy({ ties.isolation.isIsolated($0) }) else { return "" }
    return ", and \(others) \(siblings.count == 1 ? "is" : "are") isolated from it"
  }

  /// Nothing, unless something is: then it is the words that are wrong.
  private func emptiness(_ address: Address) -> String {
    ties.isolation.bus(below: address) == nil ? "" : " that would be tied to it"
  }

  private func siblings(_ address: Address) -> [Address] {
    (0..<8).map { function in
      Address(domain: address.domain, bus: address.bus, device: address.device, function: UInt8(function))
    }.filter { $0 != address && inventory[$0].map { $0.physicalFunction == nil } ?? false }
  }

  private func proof(_ address: Address) -> [String] {
    var lines = above(address).flatMap { acsEvidence($0) }
    guard let facts = facts(address) else { return lines }
    if facts.isMultifunction || facts.leadsToABus && facts.type != .express(5), facts.isolation.value == true {
      lines = acsEvidence(address) + lines
    }
    if let source = facts.quirkSource, facts.quirk == true, lines.isEmpty {
      lines.append(
        "\(address.short): drivers/pci/quirks.c \(source.source) answers for its registers\(assumption(source))"
      )
    }
    return lines
  }
}
