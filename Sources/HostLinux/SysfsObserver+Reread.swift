public import HostAccess
public import Topology

extension SysfsObserver {
  public func reread(_ stale: Stale, in inventory: Inventory) -> Difference {
    Difference(from: inventory, to: look(.full, directories: true))
  }
  public func capabilities() -> [Capability] { [] }
}
