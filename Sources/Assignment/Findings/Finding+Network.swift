import Topology

extension Finding {
  /// A network interface above the function, or one that it is a part of.
  static func network(
    _ address: Address, _ name: String, isUp: Bool, addresses: [String], routes: Int, via: [String]
  ) -> Finding {
    let interface = "interface \(Clean.visible(name))\(Findings.way(via))"
    var uses: [String] = []
    if !addresses.isEmpty { uses.append("has " + Naming([:]).list(addresses.map(Clean.visible))) }
    if routes > 0 { uses.append("carries \(routes) \(routes == 1 ? "route" : "routes")") }
    guard !uses.isEmpty else {
      return Finding(.low, address, .network, "\(interface) leaves the host; it is \(isUp ? "up" : "down") and unused.")
    }
    return Finding(.medium, address, .network, "\(interface) \(uses.joined(separator: " and ")): they are lost.")
  }

  /// A network interface of which nobody knows whether it is used.
  static func leaving(_ address: Address, interface name: String, via: [String]) -> Finding {
    Finding(.low, address, .network, "interface \(Clean.visible(name))\(Findings.way(via)) leaves the host.")
  }

  /// The interface through which somebody is logged in.
  static func login(_ address: Address, interface: String, from: String) -> Finding {
    Finding(
      .lockout, address, .login,
      "a login from \(Clean.visible(from)) comes through \(Clean.visible(interface)): it is cut off, and nobody gets in "
        + "that way again.")
  }
}
