public import Ownership
public import Topology

/// A machine that is a value: what an observer would see of it, and the world that the rules know of it. Copies are
/// independent and compare equal exactly when nothing tells them apart.
public struct SimulatedHost: Hashable, Sendable {
  /// What it is called.
  public var name: String
  /// What is looked at: kept true to `world` by `happen`.
  public internal(set) var inventory: Inventory
  /// What the rules know.
  public internal(set) var world: World
  /// Whose rules answer.
  public var rules: Rules
}
