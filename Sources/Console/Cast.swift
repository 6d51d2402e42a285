public import Ownership
public import Topology

/// Whom and what a simulated machine brings along, beside what is plugged in.
public struct Cast: Hashable, Sendable {
  /// Whoever makes calls on it; empty where nobody is named.
  public var users: [User]
  /// What people call its devices: `NIC`, `HBA`.
  public var labels: [Address: String]
  /// Cards in the drawer, to be plugged in.
  public var cards: [Device]

  /// All three.
  public init(users: [User] = [], labels: [Address: String] = [:], cards: [Device] = []) {
    self.users = users
    self.labels = labels
    self.cards = cards
  }
}
