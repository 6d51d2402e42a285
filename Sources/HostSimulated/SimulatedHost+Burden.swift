import Ownership
public import Topology

extension SimulatedHost {
  /// Takes over what the functions of the machine that is rehearsed were seen to carry, and what could not be told.
  public mutating func carry(_ burden: Burden) {
    let drivers = inventory.functions.map { ($0.address, $0.driver) }
    observed = Observed(burden: burden, drivers: Dictionary(drivers) { first, _ in first })
  }

  /// What functions carry while a host driver is bound, and who has them open. A machine that was made up has its disks
  /// and interfaces: nothing of them is mounted, and nobody logs in there. A rehearsed one carries what was seen.
  public func burden(of addresses: [Address], in inventory: Inventory) -> Burden {
    var burden = Burden()
    for address in addresses {
      guard let function = inventory[address] else { continue }
      if let observed {
        tell(of: function, as: observed, into: &burden)
      } else {
        tellMadeUp(of: function, into: &burden)
      }
      let virtual = inventory.functions.filter { $0.physicalFunction == address }.map(\.address)
      if !virtual.isEmpty { burden.carried.append(Carried(address, .virtualFunctions(virtual))) }
      let group = function.group.value.flatMap { inventory[$0] }
      burden.carried += (group?.holders.value ?? []).map { Carried(address, .holder($0)) }
    }
    return burden
  }

  private func tellMadeUp(of function: Function, into burden: inout Burden) {
    let (address, details) = (function.address, function.details)
    burden.carried += (details?.disks.value ?? []).map { Carried(address, .disk($0), via: [$0]) }
    burden.carried += (details?.interfaces.value ?? []).map {
      Carried(address, .interface($0, isUp: true, addresses: [], routes: 0), via: [$0])
    }
  }

  /// What was seen holds while the driver is the one that it was seen with. What another host driver brings nobody
  /// looked at. Virtual functions come and go here, so that those that there are now count.
  private func tell(of function: Function, as observed: Observed, into burden: inout Burden) {
    let address = function.address
    let seen = observed.drivers[address] ?? .absent
    guard function.driver != seen, seen.ignorance == nil else {
      burden.carried += observed.burden.of(address).filter {
        if case .virtualFunctions = $0.what { false } else { true }
      }
      burden.unknown += observed.burden.unknown.filter { $0.address == address }
      return
    }
    guard let device = world[address], let driver = device.driver, !device.isVFIO, driver != "pci-stub" else { return }
    burden.unknown.append(Burden.Gap(address, .disksAndInterfaces, .notRead))
  }
}
