import Ownership
import Topology

/// Physical functions that are not with a vfio driver while virtual ones of theirs are there: none takes them so
/// (EBUSY; drivers/vfio/pci/vfio_pci_core.c `vfio_pci_core_register_device`).
extension Handover {
  struct Parent: Hashable {
    var address: Address
    /// Its virtual functions, as far as they are seen.
    var virtual: [Address]
    /// Whether somebody is to have it.
    var isWanted: Bool
    /// Whether somebody is to have a virtual function that is in its group, and not it: which cannot be, for it keeps
    /// the group from being owned, and leaves its driver only when they are gone.
    var isDeadlock: Bool
    var group: GroupID?
  }

  /// Those that are in the way. `exempt` keep their drivers whoever has them; `unused` are asked for by nobody.
  func parents(exempting exempt: Set<Address> = [], unused: Set<Address> = []) -> [Parent] {
    let asked = Set(endpoints).union(withheld).subtracting(exempt).subtracting(unused)
    return Set(groups.flatMap(\.members)).union(asked).subtracting(exempt).sorted().compactMap { address in
      guard let function = inventory[address] else { return nil }
      let virtual = inventory.functions.filter { $0.physicalFunction == address }
      let enabled = function.details?.virtualFunctions.value?.enabled.value ?? 0
      guard max(enabled, virtual.count) > 0 else { return nil }
      let isWanted = asked.contains(address)
      switch rules.standing(of: function) {
      case .vfio, .unknown: return nil
      case .free, .exempt: if !isWanted { return nil }
      case .host: break
      }
      let group = inventory.group(of: address)?.id
      let isDeadlock = virtual.contains { asked.contains($0.address) && inventory.group(of: $0.address)?.id == group }
      return Parent(
        address: address, virtual: virtual.map(\.address), isWanted: isWanted,
        isDeadlock: isDeadlock && !isWanted, group: group)
    }
  }

  /// What to know of one of them, and what comes next.
  func caveat(_ parent: Parent) -> Caveat {
    let who = "\(call(parent.address)) (\(inventory[parent.address].map(Self.driver) ?? "gone"))"
    let isOne = parent.virtual.count == 1
    let they =
      parent.virtual.isEmpty
      ? "virtual functions of it" : "its virtual \(isOne ? "function" : "functions") \(list(parent.virtual))"
    let fact = "no vfio driver takes \(who) while \(they) \(isOne ? "is" : "are") there"
    if parent.isDeadlock {
      let group = parent.group.map { "group \($0)" } ?? "the group"
      return Caveat(
        .blocked, parent.address,
        "\(fact.capitalizedFirst), and with that driver it keeps \(group) from being owned: no virtual function can be "
          + "handed out that shares a group with it. What would part them is told by the first of these; the second "
          + "makes way for the whole card.",
        next: ["viable why \(parent.address)", "sudo viable vfs \(parent.address) 0"])
    }
    let start = parent.isWanted ? "" : "While \(who) has that driver nobody can own its group. "
    let gone = parent.virtual.filter(withheld.contains)
    let left = gone.isEmpty ? "" : " \(list(gone)) \(gone.count == 1 ? "is" : "are") therefore left out here."
    let apart = parent.virtual.filter { inventory.group(of: $0).map { $0.id != parent.group } ?? false }
    let instead =
      parent.isWanted && !apart.isEmpty
      ? " In its place virtual functions can be handed out: \(list(apart)) \(apart.count == 1 ? "is" : "are") "
        + "in other groups." : ""
    return Caveat(
      .blocked, parent.address, "\(start)\(fact.capitalizedFirst): they go first.\(left)\(instead)",
      next: ["sudo viable vfs \(parent.address) 0"])
  }

  /// The same without virtual functions that go before their physical one can be had, which is to be handed out too.
  func withholding(for format: ExportFormat) -> Handover {
    let exempt = format == .dpdk ? Set(bifurcated) : []
    var handover = self
    let parents = Set(parents(exempting: exempt).filter(\.isWanted).map(\.address))
    handover.withheld = endpoints.filter { inventory[$0]?.physicalFunction.map(parents.contains) ?? false }
    handover.endpoints.removeAll { handover.withheld.contains($0) }
    return handover
  }
}
