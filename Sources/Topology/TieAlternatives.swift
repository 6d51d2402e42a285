/// Other derivations, each of which there is evidence for on this machine.
enum TieAlternatives {
  /// The likeliest first.
  static func all(
    _ inventory: Inventory, _ ports: [PortFacts], _ groupless: Set<Address>
  ) -> [(cause: TiedGroup.Cause, isolation: Isolation)] {
    var all: [(cause: TiedGroup.Cause, isolation: Isolation)] = []
    if let (option, ports) = overridden(inventory, ports) {
      all.append((.override(option: option), Isolation(ports, groupless: groupless)))
    }
    for option in TieOption.all(in: inventory) {
      guard let wanted = configured(option, ports) else { continue }
      all.append((.commandLine(option: option.text), Isolation(wanted, groupless: groupless)))
    }
    all.append((.proposedRule, Isolation(ports, groupless: groupless, rules: .wholeSwitch)))
    return all
  }

  /// What a kernel with the ACS override patch believes of the ports, and the option that tells it to. It leaves alone
  /// what is conventional and what has ACS (the patch's `pcie_acs_overrides`), and whoever a quirk speaks for.
  static func overridden(_ inventory: Inventory, _ ports: [PortFacts]) -> (option: String, ports: [PortFacts])? {
    guard let line = inventory.host.commandLine.value, let option = KernelCommandLine(line).acsOverride else {
      return nil
    }
    let believed = ports.map { port in
      guard port.acs == nil, port.quirk == nil, port.gaps.isEmpty,
        option.covers(inventory[port.address]?.identity.value, port)
      else { return port }
      var port = port
      port.quirk = true
      return port
    }
    return ("pcie_acs_override=" + option.text, believed)
  }

  /// The registers as an option of the command line wants them, where something else is in them now.
  private static func configured(_ option: TieOption, _ ports: [PortFacts]) -> [PortFacts]? {
    let named = Set(option.ports)
    let wanted = ports.map { port in
      var port = port
      if named.contains(port.address) { port.acs = port.acs.map(option.applied) }
      return port
    }
    return wanted == ports ? nil : wanted
  }
}
