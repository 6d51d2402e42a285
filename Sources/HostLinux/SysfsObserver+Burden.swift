import HostAccess
public import Topology

extension SysfsObserver {
  /// What functions carry: file systems, swap, interfaces and whoever logs in through them, displays, keyboards,
  /// virtual functions, and processes that hold them. Reads /proc and /run below the same root.
  public func burden(of addresses: [Address], in inventory: Inventory) -> Burden {
    var burden = Burden()
    // What no host driver drives carries nothing of the host's.
    let functions = addresses.compactMap { inventory[$0] }
    let storage = StorageUse(root)
    let network = NetworkUse(root, Logins(root))
    let seat = SeatUse(root)
    for function in functions {
      let address = function.address
      let path = Look.devicesPath + "/" + address.description
      if Self.isDriven(function) {
        let isRecorded = root.isSysfs
        storage.tell(address, isRecorded: isRecorded, into: &burden)
        network.tell(address, isRecorded: isRecorded, into: &burden)
        seat.tell(function, at: root.resolve(path) ?? path, leaving: Set(addresses), root, into: &burden)
      }
      let virtual = inventory.functions.filter { $0.physicalFunction == address }.map(\.address)
      if !virtual.isEmpty { burden.carried.append(Carried(address, .virtualFunctions(virtual))) }
      if root.read(path: path + "/power/runtime_status", Parse.word).value == "suspended" {
        burden.carried.append(Carried(address, .suspended))
      }
    }
    addHolders(of: functions, in: inventory, to: &burden)
    return burden
  }

  private func addHolders(of functions: [Function], in inventory: Inventory, to burden: inout Burden) {
    let bound = functions.filter { Self.isForOwners($0) }
    guard root.isLive, !bound.isEmpty else { return }
    guard place.isPrivileged else {
      burden.unknown += bound.map { .init($0.address, "holders", .needsRoot) }
      return
    }
    let holders = Holders(root)
    for function in bound {
      let nodes = [
        function.group.value.map { "/dev/vfio/\($0)" },
        holders.devices[function.address].map { "/dev/vfio/devices/" + $0 },
      ]
      for holder in holders.found where nodes.contains(holder.node) {
        burden.carried.append(Carried(function.address, .holder(holder)))
      }
    }
  }

  private static func isDriven(_ function: Function) -> Bool {
    function.driver != .absent && !isForOwners(function)
  }
}
