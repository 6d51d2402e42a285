import Ownership
import Topology

/// Physical functions that are not with a vfio driver while virtual ones of theirs are there: none takes them so
/// (EBUSY; drivers/vfio/pci/vfio_pci_core.c `vfio_pci_core_register_device`).
extension Handover {
  struct Parent: Hashable {
    var address: Address
    /// Its virtual functions, as far as they are seen.
    var virtual: [Address]
    /// Those of them that were named.
    var named: [Address]
    /// Whether somebody is to have it: it comes along with its group only where none of its virtual ones was named.
    var isWanted: Bool
    /// Whether a virtual function was named that is in its group: which nobody can have, for it keeps the group from
    /// being owned, and leaves its driver only when they are gone.
    var isDeadlock: Bool
    var group: GroupID?
  }

  /// Those that are in the way. `exempt` keep their drivers whoever has them; `unused` are asked for by nobody.
  func parents(exempting exempt: Set<Address> = [], unused: Set<Address> = []) -> [Parent] {
    let asked = Set(endpoints).union(withheld).subtracting(exempt).subtracting(unused)
    let children = children
    return Set(groups.flatMap(\.members)).union(asked).subtracting(exempt).sorted().compactMap { address in
      guard let function = inventory[address] else { return nil }
      let virtual = children[address] ?? []
      let enabled = function.details?.virtualFunctions.value?.enabled.value ?? 0
      guard max(enabled, virtual.count) > 0 else { return nil }
      let own = virtual.filter(named.contains)
      let isWanted = asked.contains(address) && (own.isEmpty || isNamed(address))
      var isDeadlock = false
      let group = inventory.group(of: address)?.id
      switch rules.standing(of: function) {
      case .vfio, .unknown: return nil
      case .free, .exempt: if !isWanted { return nil }
      case .host: isDeadlock = own.contains { inventory.group(of: $0)?.id == group }
      }
      return Parent(
        address: address, virtual: virtual, named: own, isWanted: isWanted, isDeadlock: isDeadlock, group: group)
    }
  }

  /// Virtual functions by their physical ones.
  private var children: [Address: [Address]] {
    var found: [Address: [Address]] = [:]
    for function in inventory.functions {
      if let physical = function.physicalFunction { found[physical, default: []].append(function.address) }
    }
    return found
  }

  /// Whether a function was asked for by itself, or as one of a whole group.
  private func isNamed(_ address: Address) -> Bool {
    if isWhole || named.contains(address) { return true }
    return inventory.group(of: address).map { namedGroups.contains($0.id) } ?? false
  }

  /// Why virtual functions that were named cannot be had as long as their physical one is what it is; nil where they
  /// can.
  func contradiction(for format: ExportFormat) -> Refusal? {
    for parent in parents(exempting: keeping(for: format)) where !parent.named.isEmpty {
      if parent.isDeadlock { return Refusal(.besidePhysical(parent.named, parent.address, parent.group)) }
      if parent.isWanted { return Refusal(.besidePhysical(parent.named, parent.address, nil)) }
    }
    return nil
  }

  /// Those that keep their drivers whoever has them.
  private func keeping(for format: ExportFormat) -> Set<Address> { format == .dpdk ? Set(bifurcated) : [] }

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
    let out = Set(withheld)
    let gone = parent.virtual.filter(out.contains)
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
    var handover = self
    let wanted = parents(exempting: keeping(for: format)).filter(\.isWanted)
    handover.leaving = Set(wanted.flatMap(\.virtual))
    handover.withheld = endpoints.filter(handover.leaving.contains)
    // One without a driver that would only come along stays where its virtual one is what was named.
    let staying = Set(named.compactMap { inventory[$0]?.physicalFunction }.filter { !isNamed($0) && !isVFIO($0) })
    handover.endpoints.removeAll { handover.leaving.contains($0) || staying.contains($0) }
    return handover
  }
}
