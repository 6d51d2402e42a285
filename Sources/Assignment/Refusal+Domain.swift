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

extension Refusal {
  /// Why virtual functions cannot be handed out that share a group with their physical one: it keeps the group from
  /// being owned, and leaves its host driver only when it has none any more
  /// (drivers/vfio/pci/vfio_pci_core.c `vfio_pci_core_register_device`). Nil where none of `named` is such a one.
  public static func physical(besides named: [Address], in verdict: Verdict, of inventory: Inventory) -> Refusal? {
    for blocker in verdict.blockers {
      guard case .driver(let physical, _) = blocker, !named.contains(physical) else { continue }
      let own = named.filter { inventory[$0]?.physicalFunction == physical }
      if !own.isEmpty { return Refusal(.besidePhysical(own, physical, verdict.group)) }
    }
    return nil
  }

  /// A virtual function that was asked for, and its physical one that keeps it.
  func physical(_ names: Naming) -> Said? {
    guard case .besidePhysical(let virtual, let physical, let group) = why else { return nil }
    let who = names.list(virtual.map { names[$0] })
    let what = "\(who) \(virtual.count == 1 ? "is a virtual function" : "are virtual functions") of \(names[physical])"
    guard let group else {
      return Said(
        "\(what), which no vfio driver takes while it has any: nobody can have both.",
        "Name one or the other; for \(names[physical]) they go first: viable vfs \(physical) 0")
    }
    return Said(
      "\(what), which keeps group \(group) from being owned and leaves its host driver only when it has none: no virtual "
        + "function can be handed out that shares a group with its physical one.",
      "What would part them: viable why \(physical)",
      "To hand out the whole card instead: viable vfs \(physical) 0, then viable assign \(physical)")
  }
}
