import Topology

/// What `pcie_acs_override` would make of a function that lets traffic through.
///
/// The patch (`pcie_acs_overrides`) leaves alone what is no PCI Express and what has ACS, on or off; its entry is the last
/// of the kernel's table, so that every other one with an opinion is heard first.
extension Witness {
  /// One sentence for each sort of function among some, for the list of what does not help.
  func pretences(_ addresses: [Address]) -> [String] {
    var sorts: [(pretence: Pretence, who: [Address])] = []
    for address in addresses {
      guard let facts = facts(address), facts.leak != nil,
        let pretence = pretence(of: address, facts)
      else { continue }
      if let place = sorts.firstIndex(where: { $0.pretence == pretence }) {
        sorts[place].who.append(address)
      } else {
        sorts.append((pretence, [address]))
      }
    }
    return sorts.map { sort in
      sentence(sort.pretence, sort.who, names: sorts.count > 1 ? list(sort.who) : nil)
    }
  }

  private enum Pretence: Hashable {
    /// An option makes the kernel believe that it isolates.
    case option(String)
    /// It is no PCI Express.
    case conventional
    /// It has ACS, which is off.
    case hasACS
    /// A quirk says that it does not isolate.
    case quirk
  }

  private func pretence(of address: Address, _ facts: PortFacts) -> Pretence? {
    if facts.quirk != nil { return .quirk }
    if facts.acs != nil { return .hasACS }
    switch facts.type {
    case .conventional: return .conventional
    case .express(4), .express(6): return .option("downstream")
    case .express(0), .express(1), .express(5), .express(9): return .option("multifunction")
    case .express:
      return inventory[address]?.identity.value.map { .option("id:\($0.ids)") }
    }
  }

  private func sentence(_ pretence: Pretence, _ who: [Address], names: String?) -> String {
    let of = names.map { " of \($0)" } ?? ""
    switch pretence {
    case .option(let option):
      return
        "pcie_acs_override=\(option) only pretends\(of): the groups get smaller, the hardware lets the traffic "
        + "through as before."
    case .conventional:
      return
        "pcie_acs_override would not even pretend\(of): its patch leaves alone what is no PCI Express."
    case .hasACS:
      return
        "pcie_acs_override would not even pretend\(of): its patch leaves alone what has ACS, on or off."
    case .quirk:
      let source = who.lazy.compactMap { facts($0)?.quirkSource?.source }.first
      return
        "pcie_acs_override would not even pretend\(of): the kernel asks \(source ?? "its own quirk") first."
    }
  }
}
