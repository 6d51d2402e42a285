import HostAccess
import Topology

extension Finding {
  /// libvirt takes a managed function from whatever driver it has, and gives it to whatever matches when the domain
  /// ends.
  static func managed(_ address: Address, domain: String, _ source: Configured.Source) -> Finding {
    Finding(
      .low, address, .managed,
      "libvirt's domain \(Clean.visible(domain)) binds it by itself when it starts, and gives it back to the host when it "
        + "ends (managed='yes', \(Clean.visible("\(source)"))).")
  }
}
