import HostAccess
import Topology

extension Finding {
  /// Another card, or none, sits where one was assigned for good: a slot was moved, a card swapped. A store that knows
  /// addresses alone would hand out the wrong one.
  static func otherCard(_ card: Assigned, in inventory: Inventory, _ source: Configured.Source) -> Finding? {
    let found = inventory[card.address]
    if let found, found.identity.ignorance != nil || card.isCard(found) { return nil }
    let now = found?.identity.value.map { "now \($0.ids) is there" } ?? "nothing is there now"
    let moved = inventory.functions.first { card.isCard($0) }
    let elsewhere = moved.map { "; such a card is at \($0.address)" } ?? ""
    return Finding(
      .medium, card.address, .otherCard,
      "assigned for another card: \(card.identity.ids) was meant (\(Clean.visible("\(source)"))), \(now)\(elsewhere). To end "
        + "that: viable restore \(card.address) --persist")
  }
}
