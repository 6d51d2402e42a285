import Topology

/// A function that nothing ties to anybody.
extension Witness {
  func alone(_ reason: TieReason, _ group: TiedGroup) -> Why {
    let address = reason.at
    var why = Why(reason, "\(name(address)) is alone in its group: " + ground(address) + ".")
    why.evidence = proof(address)
    if case .proposedRule? = group.cause {
      why.evidence.append("a kernel with the rule of September 2025 for switches comes to this group")
    }
    return why
  }

  private func ground(_ address: Address) -> String {
    let function = inventory[address]
    if let physical = function?.physicalFunction {
      return "a virtual function of \(physical.short) has a requester ID of its own, and nothing above it lets traffic "
        + "through"
    }
    let ports = above(address)
    let place =
      ports.isEmpty ? "on the root bus, with a requester ID of its own" : "everything above it keeps traffic apart"
    let facts = facts(address)
    if let count = vfs[address] {
      return "\(place); its \(count == 1 ? "virtual function is a group" : "\(count) virtual functions are groups") of "
        + "\(count == 1 ? "its" : "their") own"
    }
    if let facts, facts.leadsToABus, facts.type == .express(5) { return place }
    if let facts, facts.leadsToABus, facts.isolation.value == true {
      return "\(place), and what is below it is kept apart by its ACS"
    }
    if let facts, facts.leadsToABus { return "\(place), and nothing is below it" + emptiness(address) }
    if let facts, facts.isMultifunction, facts.isolation.value == true, hasSiblings(address) {
      return "\(place), and so does its card among its functions"
    }
    return place
  }

  /// Nothing, unless something is: then it is the words that are wrong.
  private func emptiness(_ address: Address) -> String {
    ties.isolation.bus(below: address) == nil ? "" : " that would be tied to it"
  }

  private func hasSiblings(_ address: Address) -> Bool {
    (0..<8).contains { function in
      let other = Address(
        domain: address.domain, bus: address.bus, device: address.device, function: UInt8(function))
      return other != address && inventory[other] != nil
    }
  }

  private func proof(_ address: Address) -> [String] {
    var lines = above(address).flatMap { acsEvidence($0) }
    guard let facts = facts(address) else { return lines }
    if facts.isMultifunction || facts.leadsToABus && facts.type != .express(5), facts.isolation.value == true {
      lines = acsEvidence(address) + lines
    }
    if let source = facts.quirkSource, facts.quirk == true, lines.isEmpty {
      lines.append("\(address.short): drivers/pci/quirks.c \(source.source)")
    }
    return lines
  }
}
