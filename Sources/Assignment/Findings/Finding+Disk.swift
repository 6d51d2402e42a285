import Topology

extension Finding {
  /// A disk with nothing known to be in use on it.
  static func disk(_ address: Address, _ name: String) -> Finding {
    Finding(.low, address, .disk, "\(Clean.visible(name)) leaves the host; nothing on it is mounted or swap.")
  }

  /// A disk that others are built on, none of it mounted.
  static func member(_ address: Address, of whole: String, kind: String, via: [String]) -> Finding {
    Finding(
      .medium, address, .disk,
      "\(via.last.map(Clean.visible) ?? "A disk") is part of the \(kind) \(Clean.visible(whole)), which is not mounted "
        + "but loses it\(Findings.way(via)).")
  }
}
