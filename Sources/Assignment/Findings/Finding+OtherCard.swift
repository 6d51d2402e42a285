import HostAccess
import Topology

extension Finding {
  /// Another card, or none, sits where one was assigned for good: a slot was moved, a card swapped. A store that knows
  /// addresses alone would hand out the wrong one.
  static func otherCard(_ card: Assigned, in inventory: Inventory, _ source: Configured.Source) -> Finding? {
    let found = inventory[card.address]
    if let found, found.identity.ignorance != nil || card.isCard(found) { return nil }
    let isAlike = found?.identity.value?.ids == card.identity.ids
    let now = found?.identity.value.map { "now \(name($0, isAlike)) is there" } ?? "nothing is there now"
    let moved = inventory.functions.first { card.isCard($0) }
    let elsewhere = moved.map { "; such a card is at \($0.address)" } ?? ""
    return Finding(
      .medium, card.address, .otherCard,
      "assigned for another card: \(name(card.identity, isAlike)) was meant (\(Clean.visible("\(source)"))), \(now)\(elsewhere). To end "
        + "that: viable restore \(card.address) --persist")
  }

  /// The ids of a card, with what tells it from one that has the same.
  private static func name(_ identity: Identity, _ withSubsystem: Bool) -> String {
    guard withSubsystem else { return identity.ids }
    let (vendor, device) = (identity.subsystemVendor, identity.subsystemDevice)
    return "\(identity.ids) (subsystem \(Hex.text(vendor, atLeast: 4)):\(Hex.text(device, atLeast: 4)))"
  }
}
