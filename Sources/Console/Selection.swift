import Topology

/// Why the rows are made anew. Only a key may move the selection to something else.
enum Cause: Hashable, Sendable {
  case key, news
}

extension Scene {
  /// The row that is selected; nil where nothing is, for instance after the selected function left for good.
  var selectedRow: Row? {
    guard rows.indices.contains(cursor.row), cursor.content != nil else { return nil }
    return rows[cursor.row]
  }

  /// The function that is selected, while it is there.
  var selectedFunction: Function? {
    guard let anchor = cursor.anchor, let function = inventory?[anchor.address] else { return nil }
    return Anchor(function).isSame(as: anchor) ? function : nil
  }

  /// The group of what is selected, while it is there.
  var selectedGroup: GroupID? {
    if let function = selectedFunction { return function.group.value }
    if case .group(let group) = cursor.content, inventory?[group] != nil { return group }
    return nil
  }

  /// Puts the cursor on a row, and lets the list show it.
  mutating func select(row: Int) {
    guard !rows.isEmpty else {
      cursor = Cursor()
      return
    }
    let place = min(max(0, row), rows.count - 1)
    cursor.row = place
    hold(rows[place])
    tidyScroll()
  }

  /// Keeps what stands on the cursor's row.
  private mutating func hold(_ row: Row) {
    cursor.content = row.content
    switch row.content {
    case .function(let address): cursor.anchor = inventory?[address].map(Anchor.init)
    case .gone(let function): cursor.anchor = Anchor(function)
    case .folded, .group, .ungrouped, .hidden: cursor.anchor = nil
    }
  }

  /// Brings the cursor's row onto the screen and takes away blank lines above the first and below the last row.
  mutating func tidyScroll() {
    let height = layout.deviceRows
    guard height > 0, !rows.isEmpty else { return }
    cursor.top = min(max(cursor.top, cursor.row - height + 1), cursor.row)
    cursor.top = min(max(0, cursor.top), max(0, rows.count - height))
  }

  /// Makes the rows anew. What is selected stays selected and stays on its line of the screen.
  mutating func refreshRows(_ cause: Cause) {
    let line = cursor.row - cursor.top
    let hadRows = !rows.isEmpty
    let pinned = cause == .news ? cursor.anchor?.address : nil
    rows = RowBuilder(self, pinned: pinned)?.rows() ?? []
    if cause == .news, unfoldAroundSelection() { rows = RowBuilder(self, pinned: pinned)?.rows() ?? [] }
    if let place = place(of: cursor) {
      cursor.row = place
      hold(rows[place])
      cursor.top = place - line
      if cause == .key { tidyScroll() }
      return
    }
    cursor.row = min(max(0, cursor.row), max(0, rows.count - 1))
    cursor.top = cursor.row - line
    if cause == .key || !hadRows {
      select(row: cursor.row)
    } else {
      cursor.anchor = nil
      cursor.content = nil
    }
  }

  /// Where what the cursor holds is among the rows.
  func place(of cursor: Cursor) -> Int? {
    if let anchor = cursor.anchor { return place(of: anchor) }
    guard let content = cursor.content else { return nil }
    return rows.firstIndex { row in
      switch (row.content, content) {
      case (.folded(let mine, _, _), .folded(let theirs, _, _)): mine == theirs
      case (.group(let mine), .group(let theirs)): mine == theirs
      case (.ungrouped, .ungrouped), (.hidden, .hidden): true
      default: false
      }
    }
  }

  /// Where a device is among the rows, present or gone.
  func place(of anchor: Anchor) -> Int? {
    rows.firstIndex { row in
      switch row.content {
      case .function(let address):
        address == anchor.address && (inventory?[address].map { Anchor($0).isSame(as: anchor) } ?? false)
      case .gone(let function):
        function.address == anchor.address && Anchor(function).isSame(as: anchor)
      case .folded, .group, .ungrouped, .hidden: false
      }
    }
  }

  /// A change may make a fold begin; it must not take what is selected away with it.
  private mutating func unfoldAroundSelection() -> Bool {
    guard let function = selectedFunction, place(of: cursor) == nil else { return false }
    if let line = rows.first(where: { $0.stands(for: function.address) }), case .folded(let below, _, _) = line.content
    {
      unfolded.insert(below)
      return true
    }
    guard listing == .groups, let group = function.group.value, isFolded(group) else {
      return openFolds(above: function)
    }
    toggle(group)
    return true
  }

  /// Opens the folds that a move to another bus put over a function.
  mutating func openFolds(above function: Function) -> Bool {
    let before = folds.count
    folds.subtract(bridges(above: function))
    return folds.count < before
  }

  /// What a function hangs below, nearest first. A hostile image may close the chain to a ring.
  func bridges(above function: Function) -> [Address] {
    var chain: [Address] = []
    var next = function.parent.function
    while let bridge = next, !chain.contains(bridge) {
      chain.append(bridge)
      next = inventory?[bridge]?.parent.function
    }
    return chain
  }

  /// Turns a group's fold in the group list round.
  mutating func toggle(_ group: GroupID) {
    if toggledGroups.remove(group) == nil { toggledGroups.insert(group) }
  }
}
