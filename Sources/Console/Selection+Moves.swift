import Ownership
import Topology

extension Scene {
  /// Moves the cursor by so many rows. Without a selection the first move lands on the row that is lit.
  mutating func moveCursor(by step: Int) {
    guard !rows.isEmpty else { return }
    leaveGhost(to: cursor.content == nil ? cursor.row : cursor.row + step)
  }

  /// Selects a row; a function that left and was selected goes with that, as nobody looks at it any more.
  mutating func leaveGhost(to row: Int) {
    let target = min(max(0, row), max(0, rows.count - 1))
    guard target != cursor.row, case .gone(let left)? = cursor.content else {
      select(row: target)
      return
    }
    select(row: target)
    gone.removeAll { $0.function == left }
    regrow()
    refreshRows(.key)
  }

  /// The row of the next, or previous, group in the list; nil when there is none.
  func nextGroup(from row: Int, forward: Bool, where wanted: (GroupID) -> Bool) -> Int? {
    let here = rows.indices.contains(row) ? rows[row].group : nil
    let order = forward ? Array(rows.indices.dropFirst(row + 1)) : Array(rows.indices.prefix(max(0, row)).reversed())
    guard let found = order.first(where: { rows[$0].group.map { $0 != here && wanted($0) } ?? false }) else {
      return nil
    }
    return forward ? found : firstRow(of: rows[found].group) ?? found
  }

  /// The first row that belongs to a group.
  func firstRow(of group: GroupID?) -> Int? { rows.firstIndex { $0.group == group } }

  /// The row of a group's first blocking member, where a person who looks for trouble wants to be.
  func blockingRow(of group: GroupID, else row: Int) -> Int {
    rows.firstIndex { entry in
      guard entry.group == group, case .function(let address) = entry.content else { return false }
      return states[address] == .blocks
    } ?? row
  }

  /// Opens what is folded over groups that are NOT VIABLE, none of which has a line; says over which.
  mutating func openFoldsOverBlocked() -> String? {
    guard !filter.isActive, !folds.isEmpty else { return nil }
    let hidden = hiddenBlocked
    var isAny = false
    for group in hidden {
      for member in (inventory?[group]?.members ?? []).compactMap({ inventory?[$0] }) {
        isAny = openFolds(above: member) || isAny
      }
    }
    guard isAny else { return nil }
    refreshRows(.key)
    return "opened what was folded over \(Self.words(for: hidden))"
  }

  /// Groups that are NOT VIABLE and have no line of the list, by number.
  private var hiddenBlocked: [GroupID] {
    let shown = Set(rows.compactMap(\.group))
    return verdicts.values.filter { $0.state == .blocked && !shown.contains($0.group) }.map(\.group).sorted()
  }

  private static func words(for groups: [GroupID]) -> String {
    let most = groups.prefix(4).map(\.description).joined(separator: ", ")
    return (groups.count == 1 ? "group " : "groups ") + most + (groups.count > 4 ? " and more" : "")
  }

  /// Why there is no line of a group that is NOT VIABLE to go to, although there is such a group; nil where it has one.
  var whyNoBlocked: Note? {
    let hidden = hiddenBlocked
    guard !hidden.isEmpty else { return nil }
    let verb = hidden.count == 1 ? "is" : "are"
    let why = filter.isActive ? "and hidden by the filter" : "and has no line in this list"
    return Note(.error, "\(Self.words(for: hidden)) \(verb) NOT VIABLE, \(why)")
  }

  /// Folds or unfolds what is selected; at a leaf, goes to what it hangs below.
  mutating func fold() {
    guard let row = selectedRow else { return }
    switch row.content {
    case .group where filter.isActive: message = Note(.error, Self.unfoldedByFilter)
    case .function(let address) where filter.isActive && listing == .tree && leadsSomewhere(address):
      message = Note(.error, Self.unfoldedByFilter)
    case .group(let group) where !row.isFolded:
      toggle(group)
      refreshRows(.key)
    case .function(let address) where listing == .tree && sort == .topology && canFold(address):
      folds.insert(address)
      refreshRows(.key)
    default: goToParent(of: row)
    }
  }

  private static let unfoldedByFilter = "while a filter is on, all is unfolded"

  private func canFold(_ address: Address) -> Bool { !folds.contains(address) && leadsSomewhere(address) }

  /// Whether anything hangs below a function.
  private func leadsSomewhere(_ address: Address) -> Bool {
    trunk.entries.contains { $0.line.address == address && $0.line.hasChildren }
  }

  private mutating func goToParent(of row: Row) {
    if listing == .groups {
      if let head = rows.firstIndex(where: { $0.content == row.group.map { .group($0) } ?? .ungrouped }) {
        leaveGhost(to: head)
      }
      return
    }
    var above: Address?
    switch row.content {
    case .function(let address): above = inventory?[address]?.parent.function
    case .gone(let function): above = function.parent.function
    case .folded(let below, _, _): above = below
    case .group, .ungrouped, .hidden: break
    }
    if case .function(let address) = row.content, refold(below: above) {
      if let line = rows.firstIndex(where: { $0.stands(for: address) }) {
        select(row: line)
        return
      }
    }
    if let above, let place = rows.firstIndex(where: { $0.address == above }) { leaveGhost(to: place) }
  }

  /// Folds singletons that were opened by hand; false where there are none.
  private mutating func refold(below above: Address?) -> Bool {
    guard listing == .tree, sort == .topology, !filter.isActive, unfolded.remove(above) != nil else { return false }
    refreshRows(.key)
    return true
  }

  /// Unfolds what is selected; where nothing is folded, goes to the first row below.
  mutating func unfold() {
    guard let row = selectedRow else { return }
    switch row.content {
    case .group(let group) where row.isFolded:
      toggle(group)
      refreshRows(.key)
    case .folded(let below, let devices, _):
      unfolded.insert(below)
      refreshRows(.key)
      if let first = devices.first, let place = rows.firstIndex(where: { $0.address == first }) { select(row: place) }
    case .function(let address) where row.isFolded:
      folds.remove(address)
      refreshRows(.key)
    default:
      let next = cursor.row + 1
      if rows.indices.contains(next), rows[next].depth > row.depth || isHead(row) { moveCursor(by: 1) }
    }
  }

  private func isHead(_ row: Row) -> Bool {
    switch row.content {
    case .group, .ungrouped: true
    case .function, .gone, .folded, .hidden: false
    }
  }
}

extension Row {
  /// Whether the line is a fold that hides the function.
  func stands(for address: Address) -> Bool {
    if case .folded(_, let devices, _) = content { devices.contains(address) } else { false }
  }
}
