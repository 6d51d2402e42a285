public import Topology

extension SimulatedHost {
  /// What functions carry while a host driver is bound, and who has them open. Nothing of a simulated machine is
  /// mounted and nobody logs in there; a rehearsal knows no more than the machine's disks and interfaces.
  public func burden(of addresses: [Address], in inventory: Inventory) -> Burden {
    var burden = Burden()
    for address in addresses {
      guard let function = inventory[address] else { continue }
      let details = function.details
      burden.carried += (details?.disks.value ?? []).map { Carried(address, .disk($0), via: [$0]) }
      burden.carried += (details?.interfaces.value ?? []).map {
        Carried(address, .interface($0, isUp: true, addresses: [], routes: 0), via: [$0])
      }
      let virtual = inventory.functions.filter { $0.physicalFunction == address }.map(\.address)
      if !virtual.isEmpty { burden.carried.append(Carried(address, .virtualFunctions(virtual))) }
      let group = function.group.value.flatMap { inventory[$0] }
      burden.carried += (group?.holders.value ?? []).map { Carried(address, .holder($0)) }
    }
    return burden
  }
}
