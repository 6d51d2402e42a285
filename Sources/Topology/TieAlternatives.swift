/// Other derivations, each of which there is evidence for on this machine.
enum TieAlternatives {
  /// The likeliest first.
  static func all(
    _ inventory: Inventory, _ ports: [PortFacts], _ groupless: Set<Address>
  ) -> [(cause: TiedGroup.Cause, isolation: Isolation)] {
    [(.proposedRule, Isolation(ports, groupless: groupless, rules: .wholeSwitch))]
  }
}
