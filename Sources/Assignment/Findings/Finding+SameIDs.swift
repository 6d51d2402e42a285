import HostAccess
import Topology

extension Finding {
  /// vfio-pci's ids name a card of which the machine has more than one: the others go to it as well whenever their own
  /// driver is not there first.
  static func sameIDs(
    _ function: Function, _ ids: [IDPattern], in inventory: Inventory, _ source: Configured.Source
  ) -> Finding? {
    guard let identity = function.identity.value, let id = ids.first(where: { $0.matches(identity) }) else {
      return nil
    }
    let others = inventory.functions.filter { other in
      guard other.address != function.address, let driver = other.driver.value, driver != "vfio-pci" else {
        return false
      }
      return other.identity.value.map { id.matches($0) } ?? false
    }
    guard let first = others.first, let driver = first.driver.value else { return nil }
    let more = others.count > 1 ? " and \(others.count - 1) more" : ""
    return Finding(
      .low, function.address, .sameIDs,
      "\(Clean.visible("\(source)")) gives vfio-pci the ids \(id.words), which \(first.address) (\(Clean.visible(driver)))\(more) "
        + "has as well: at a boot either may get it. An assignment by address takes one alone.")
  }
}
