import Topology

extension ScenarioParts {
  /// A bus hangs below one bridge, or is a root bus, and has a higher number than the bus of its bridge
  /// (drivers/pci/probe.c `pci_scan_bridge_extend`). Virtual functions may be on buses of their own.
  func checkBuses() throws(DocumentError) {
    var parents: [UInt64: (label: String?, example: String)] = [:]
    var buses: [String: (bus: UInt64, example: String)] = [:]
    for label in labels {
      guard let address = addresses[label], let section = section(label), let at = section.fields["at"],
        section.fields["virtual-function-of"] == nil
      else { continue }
      let bus = address.packed >> 8
      let bridge = try above(label)
      if let bridge, let place = addresses[bridge] {
        guard place.domain == address.domain, address.bus > place.bus else {
          throw at.error(
            expected: "an address on a bus of domain \(Hex.text(place.domain, atLeast: 4)) above "
              + "\(Hex.text(place.bus, atLeast: 2)), where \(bridge), the bridge above \(label), is")
        }
        if let other = buses[bridge], other.bus != bus {
          throw at.error(
            expected: "an address on the bus of \(other.example), below the same bridge")
        }
        buses[bridge] = buses[bridge] ?? (bus, label)
      }
      if let other = parents[bus], other.label != bridge {
        let place = other.label.map { "below \($0)" } ?? "a root bus"
        throw at.error(expected: "an address on another bus; that of \(other.example) is \(place)")
      }
      parents[bus] = parents[bus] ?? (bridge, label)
    }
  }
}
