import Topology

extension Finding {
  /// Swap space in use on the function's disk: pages that are out there are gone, and with them their processes.
  static func swap(_ address: Address, _ path: String, via: [String]) -> Finding {
    Finding(
      .lockout, address, .swap,
      "\(Clean.visible(path)) is swap in use\(Findings.way(via)): whatever is swapped out dies. `swapoff` it first.")
  }
}
