import Topology

extension Scene {
  /// Goes to the first match at or after where the search began, while it is typed. Returns why there is none.
  mutating func seek(_ text: String, from origin: Cursor) -> String? {
    let start = place(of: origin) ?? min(max(0, origin.row), max(0, rows.count - 1))
    guard !text.isEmpty else {
      select(row: start)
      return nil
    }
    guard let found = match(Needle(text), in: order(from: start, forward: true, including: true)) else {
      return "not found: \(Clean.visible(text))"
    }
    select(row: found)
    return nil
  }

  /// Goes to the first line of the open menu at or after one that says it. Returns why there is none.
  mutating func seekItem(_ text: String, from start: Int) -> String? {
    let items = menu()
    let needle = Needle(text)
    let order = items.indices.map { ($0 + start) % items.count }
    let found = order.first { place in
      text.isEmpty
        || needle.isIn([items[place].title, items[place].detail, items[place].reason ?? ""].joined(separator: " "))
    }
    overlay = .menu(selected: found ?? start)
    return found == nil ? "not found: \(Clean.visible(text))" : nil
  }

  /// Why nothing can be searched; nil when something can.
  var whyNoFind: String? {
    if case .themes = overlay { "every theme is in sight; Esc goes back to the devices" } else { nil }
  }

  /// The next or previous match of the last search, round the end of the list.
  mutating func findAgain(forward: Bool) {
    let needle = Needle(find.text)
    if focus == .log {
      findInLog(needle, forward: forward)
      return
    }
    guard let found = match(needle, in: order(from: cursor.row, forward: forward, including: false)) else {
      message = Note(.error, "not found: \(Clean.visible(find.text))")
      return
    }
    if forward ? found <= cursor.row : found >= cursor.row { message = Note(.done, "wrapped") }
    let folded = foldNote(needle, at: found)
    leaveGhost(to: found)
    if let folded { message = folded }
  }

  /// That what was searched for stands in a fold, where the line itself does not show it.
  func foldNote(_ needle: Needle, at place: Int) -> Note? {
    foldedMatch(needle, at: place).map { Note(.done, "\($0.short) is folded into this line; l opens it") }
  }

  /// Every row once, from a place on, round the end; the place itself comes first or last.
  private func order(from start: Int, forward: Bool, including: Bool) -> [Int] {
    guard !rows.isEmpty else { return [] }
    let count = rows.count
    return (0..<count).map { step in
      let step = including ? step : step + 1
      return ((start + (forward ? step : -step)) % count + count) % count
    }
  }

  private func match(_ needle: Needle, in order: [Int]) -> Int? {
    guard let inventory else { return nil }
    var sight = Sight(inventory: inventory, verdicts: verdicts, states: states)
    let below = placesByAddress(order.contains { rows[$0].isFolded })
    for place in order where shows(needle, rows[place], &sight, below) { return place }
    return nil
  }

  private func shows(_ needle: Needle, _ row: Row, _ sight: inout Sight, _ below: [Address: Int]) -> Bool {
    switch row.content {
    case .gone(let function): return sight.shows(needle, function, isGone: true)
    case .function(let address):
      if let function = inventory?[address], sight.shows(needle, function) { return true }
    case .group(let group): if needle.isIn("g\(group)") || needle.isIn("group \(group)") { return true }
    case .folded, .ungrouped, .hidden: break
    }
    return row.isFolded && hidden(in: row, below).contains { inventory?[$0].map { sight.shows(needle, $0) } ?? false }
  }

  /// Where folded bridges stand in the tree; only made when something is folded.
  private func placesByAddress(_ isNeeded: Bool) -> [Address: Int] {
    guard isNeeded, !folds.isEmpty else { return [:] }
    var places: [Address: Int] = [:]
    for (place, entry) in trunk.entries.enumerated() where folds.contains(entry.line.address) {
      places[entry.line.address] = place
    }
    return places
  }

  /// The functions that a folded row stands for.
  private func hidden(in row: Row, _ places: [Address: Int]) -> [Address] {
    switch row.content {
    case .folded(_, let devices, _): devices
    case .group(let group): inventory?[group]?.members ?? []
    case .function(let address):
      places[address].map { place in
        trunk.entries[(place + 1)..<trunk.entries[place].end].map(\.line.address)
      } ?? []
    case .gone, .ungrouped, .hidden: []
    }
  }

  /// The function that made a folded row match, unless the row itself does.
  private func foldedMatch(_ needle: Needle, at place: Int) -> Address? {
    guard let inventory, rows.indices.contains(place), rows[place].isFolded else { return nil }
    var sight = Sight(inventory: inventory, verdicts: verdicts, states: states)
    if let function = rows[place].address.flatMap({ inventory[$0] }), sight.shows(needle, function) { return nil }
    return hidden(in: rows[place], placesByAddress(true)).first { address in
      inventory[address].map { sight.shows(needle, $0) } ?? false
    }
  }

  private mutating func findInLog(_ needle: Needle, forward: Bool) {
    let shown = log.shown
    guard let here = log.place(in: shown) else {
      message = Note(.error, "the log is empty")
      return
    }
    let steps = (1...shown.count).map { ((here + (forward ? $0 : -$0)) % shown.count + shown.count) % shown.count }
    guard let found = steps.first(where: { needle.isIn(shown[$0].sentence) }) else {
      message = Note(.error, "not found: \(Clean.visible(find.text))")
      return
    }
    if forward ? found <= here : found >= here { message = Note(.done, "wrapped") }
    log.selected = shown[found].number
    log.isFollowing = false
  }
}
