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
        let isCard = function.identity.value?.classCode.base == 0x02 && UserspaceIO(of: function, root) == nil
        network.tell(address, isCard: isCard, isRecorded: isRecorded, into: &burden)
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
    let shared = functions.compactMap { function in UserspaceIO(of: function, root).map { (function.address, $0) } }
    guard root.isLive else {
      burden.unknown += shared.map { .init($0.0, .holders, .notRecorded) }
      return
    }
    if bound.isEmpty, shared.isEmpty { return }
    guard place.isPrivileged else {
      burden.unknown += (bound.map(\.address) + shared.map(\.0)).map { .init($0, .holders, .needsRoot) }
      return
    }
    let holders = Holders(root)
    for (address, access) in shared { access.tell(address, holders.found, into: &burden) }
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

  /// By a driver that does something with it; pci-stub only keeps others away.
  private static func isDriven(_ function: Function) -> Bool {
    function.driver != .absent && function.driver != .value("pci-stub") && !isForOwners(function)
  }
}
