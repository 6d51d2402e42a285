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
    if let (option, ports) = configured(inventory, ports) {
      all.append((.commandLine(option: option), Isolation(ports, groupless: groupless)))
    }
    all.append((.proposedRule, Isolation(ports, groupless: groupless, rules: .wholeSwitch)))
    return all
  }

  /// What a kernel with the ACS override patch believes of the ports, and the option that tells it to. It leaves alone
  /// what is conventional and what has ACS (the patch's `pcie_acs_overrides`), and whoever a quirk speaks for.
  /// `names` says which function is meant by a place that is there on paper alone.
  static func overridden(
    _ inventory: Inventory, _ ports: [PortFacts], names: [Address: Address] = [:]
  ) -> (option: String, ports: [PortFacts])? {
    guard let line = inventory.host.commandLine.value, let option = KernelCommandLine(line).acsOverride else {
      return nil
    }
    let believed = ports.map { port in
      guard port.acs == nil, port.quirk == nil, port.gaps.isEmpty,
        option.covers(inventory[names[port.address] ?? port.address]?.identity.value, port)
      else { return port }
      var port = port
      port.quirk = true
      return port
    }
    return ("pcie_acs_override=" + option.text, believed)
  }

  /// The registers as the command line wants them, where something else is in them now.
  static func configured(_ inventory: Inventory, _ ports: [PortFacts]) -> (option: String, ports: [PortFacts])? {
    guard let line = inventory.host.commandLine.value else { return nil }
    let options = KernelCommandLine(line).acs
    if options.disabledRedirects.isEmpty, options.configured.isEmpty { return nil }
    var texts: [String] = []
    let wanted = ports.map { port in
      guard var acs = port.acs else { return port }
      let inForce = options.options(for: port.address, in: inventory)
      for option in inForce { acs.control = option.applied(to: acs.control) }
      if acs != port.acs { texts += inForce.map(\.text) }
      var port = port
      port.acs = acs
      return port
    }
    return texts.first.map { ("pci=" + $0, wanted) }
  }
}
