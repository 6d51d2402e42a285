import HostAccess
import Topology

extension Finding {
  /// A store or a rule binds the function to another driver than it is to have: at the next boot that one wins.
  static func otherDriver(
    _ address: Address, wanted: DriverName, kept: DriverName, _ source: Configured.Source
  ) -> Finding? {
    guard Configured.folded(wanted) != Configured.folded(kept) else { return nil }
    return Finding(
      .low, address, .otherDriver,
      "\(Clean.visible("\(source)")) binds it to \(Clean.visible(kept)), not to \(Clean.visible(wanted)): that is so again "
        + "after the next boot.")
  }

  /// Released or given back, and assigned again at the next boot.
  static func staysAssigned(_ address: Address, _ kept: DriverName, _ source: Configured.Source) -> Finding {
    Finding(
      .low, address, .staysAssigned,
      "\(Clean.visible("\(source)")) binds it to \(Clean.visible(kept)) again at the next boot. To end that: viable restore "
        + "\(address) --persist")
  }
}
