public import Ownership
public import Topology

extension Refusal {
  /// Why the host driver cannot be taken from a controller that has a domain of its own, as VMD has: those of `members`
  /// that are in it are there because of the driver (drivers/pci/controller/vmd.c `vmd_remove`), and would go before
  /// they could be had. Nil for whoever makes no domain, or none that a member is in.
  public static func domain(
    madeBy controller: Address, among members: [Address], in inventory: Inventory
  ) -> Refusal? {
    guard let function = inventory[controller], !function.leadsToABus else { return nil }
    let first = inventory.functions.first { below in
      below.address.domain != controller.domain && below.parent == .function(controller)
    }
    guard let domain = first?.address.domain else { return nil }
    let lost = members.filter { $0.domain == domain }
    return lost.isEmpty ? nil : Refusal(.domainOf(controller, lost))
  }

  /// The same of a group: why none of its members can be had as long as it has those that block it.
  public static func domain(in verdict: Verdict, of group: Group, in inventory: Inventory) -> Refusal? {
    for blocker in verdict.blockers {
      guard case .driver(let address, _) = blocker else { continue }
      if let refusal = domain(madeBy: address, among: group.members, in: inventory) { return refusal }
    }
    return nil
  }

  /// The controller whose domain is in the way; nil where that is not what is.
  public var controller: Address? { if case .domainOf(let controller, _) = why { controller } else { nil } }
}
