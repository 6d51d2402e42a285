import Topology

extension Finding {
  /// A disk on which nothing was found in use; whether anything is may not be known.
  static func disk(_ address: Address, _ name: String, isUseKnown: Bool) -> Finding {
    Finding(
      .low, address, .disk,
      "\(Clean.visible(name)) leaves the host" + (isUseKnown ? "; nothing on it is mounted or swap." : "."))
  }

  /// A disk that others are built on, none of it found mounted.
  static func member(
    _ address: Address, of whole: String, kind: String, via: [String], isUseKnown: Bool
  ) -> Finding {
    Finding(
      .medium, address, .disk,
      "\(via.last.map(Clean.visible) ?? "A disk") is part of the \(kind) \(Clean.visible(whole)), which "
        + (isUseKnown ? "is not mounted but " : "") + "loses it\(Findings.way(via)).")
  }
}
