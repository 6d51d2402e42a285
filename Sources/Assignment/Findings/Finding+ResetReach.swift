import Topology

extension Finding {
  /// A function that goes to somebody else, and that cannot be cleaned by a reset without hitting functions that do not
  /// go with it; nil where a reset stays inside its group. A reset of the function alone makes it a remark.
  static func resetReach(_ reset: ResetReach) -> Finding? {
    guard reset.isPossible, !reset.strangers.isEmpty else { return nil }
    let shown = reset.strangers.prefix(4).map { stranger in
      let driver = stranger.driver.value.map { " (\(Clean.visible($0)))" } ?? ""
      return stranger.address.short + driver
    }
    let more = reset.strangers.count - shown.count
    let who = Naming([:]).list(shown + (more > 0 ? ["\(more) more"] : []))
    let reach = "a reset of its bus also hits \(who), not of its group"
    switch reset.ownReset {
    case .value(let method):
      return Finding(.low, reset.address, .resetReach, "\(reach); it can be reset alone, by \(method.words).")
    case .absent:
      return Finding(
        .medium, reset.address, .resetReach,
        "\(reach), and it cannot be reset alone: whoever is given it finds it as the host left it, unless those are "
          + "given away too.")
    case .unknown(let why):
      return Finding(
        .medium, reset.address, .resetReach, "\(reach), and whether it can be reset alone is unknown (\(why)).")
    }
  }
}
