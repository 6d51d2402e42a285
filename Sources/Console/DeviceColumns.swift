import Topology

/// Where the columns of the device list stand.
struct DeviceColumns: Hashable, Sendable {
  enum Kind: Hashable, Sendable { case device, ids, driver, state, user }

  struct Column: Hashable, Sendable {
    var kind: Kind
    var start: Int
    var width: Int
  }

  /// What a column asks for. DEVICE takes what is left.
  private struct Wish {
    var kind: Kind
    var least: Int
    var most: Int
    /// Blank columns after it.
    var gap: Int
    /// How wide DEVICE must stay for this one to be shown.
    var leaving: Int
  }

  /// Most important first; shown in the order of `order`.
  private static let wishes = [
    Wish(kind: .state, least: 6, most: 6, gap: 1, leaving: 12),
    Wish(kind: .driver, least: 10, most: 14, gap: 1, leaving: 18),
    Wish(kind: .ids, least: 9, most: 9, gap: 2, leaving: 20),
    Wish(kind: .user, least: 12, most: 22, gap: 1, leaving: 40),
  ]
  private static let order: [Kind] = [.device, .ids, .driver, .state, .user]
  /// DEVICE keeps this much before others grow.
  private static let comfort = 46

  /// Lanes of the margin in use.
  let lanes: Int
  /// Columns of a group label.
  let label: Int
  /// Leftmost first.
  let columns: [Column]

  /// Column of the mark that stands next to the tree; the one left of it takes a second mark.
  var mark: Int { lanes + label + 1 }

  /// For a body of `width` columns.
  init(_ scene: Scene, _ layout: Layout, width: Int) {
    var lanes = 1
    for row in scene.rows where row.lanes.count > lanes {
      lanes = max(lanes, (row.lanes.lastIndex { $0 != .none } ?? 0) + 1)
    }
    let widest = scene.inventory?.groups.last?.id.description.utf8.count ?? 1
    self.init(lanes: lanes, label: max(3, widest + 1), width: width)
  }

  /// For margins of so many columns.
  init(lanes: Int, label: Int, width: Int) {
    self.lanes = lanes
    self.label = label
    let margin = lanes + label + 2
    // The last column needs no gap.
    var left = width - margin + 1
    var widths: [Kind: Int] = [:]
    for wish in Self.wishes where left - wish.least - wish.gap >= wish.leaving {
      widths[wish.kind] = wish.least
      left -= wish.least + wish.gap
    }
    for wish in Self.wishes.reversed() {
      guard let now = widths[wish.kind], left > Self.comfort else { continue }
      let growth = min(wish.most - now, left - Self.comfort)
      widths[wish.kind] = now + growth
      left -= growth
    }
    widths[.device] = max(1, left - 1)
    var start = margin
    columns = Self.order.compactMap { kind in
      guard let width = widths[kind] else { return nil }
      defer { start += width + (Self.wishes.first { $0.kind == kind }?.gap ?? 1) }
      return Column(kind: kind, start: start, width: width)
    }
  }

  /// What stands above a column.
  static func title(_ kind: Kind) -> String {
    switch kind {
    case .device: "DEVICE"
    case .ids: "ID"
    case .driver: "DRIVER"
    case .state: "STATE"
    case .user: "IN USE BY"
    }
  }
}
