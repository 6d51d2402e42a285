import Topology

extension Scene {
  /// Two presses at one place within so many milliseconds are a double click.
  static let doubleClick: UInt64 = 400
  /// How many lines one notch of the wheel scrolls.
  static let wheelLines = 3

  /// One mouse event.
  mutating func point(_ mouse: Mouse, at now: Moment) -> [Request] {
    if case .plainText? = overlay { return [] }
    switch mouse.kind {
    case .press:
      lastKey = now.milliseconds
      message = nil
      return click(mouse.at, at: now)
    case .rightPress:
      lastKey = now.milliseconds
      guard overlay == nil, prompt == nil else { return [] }
      if let line = deviceLine(at: mouse.at) { leaveGhost(to: line) }
      return perform(.menu, at: now)
    case .drag: drag(to: mouse.at)
    case .release:
      pointer.divider = nil
      return letGo(of: mouse.at)
    case .wheelUp: return wheel(-Self.wheelLines, at: mouse.at)
    case .wheelDown: return wheel(Self.wheelLines, at: mouse.at)
    }
    return []
  }

  private mutating func click(_ place: Point, at now: Moment) -> [Request] {
    let isDouble = pointer.pressed == place && now.milliseconds < pointer.pressedAt + Self.doubleClick
    pointer.pressed = isDouble ? nil : place
    pointer.pressedAt = now.milliseconds
    pointer.last = place
    pointer.divider = nil
    if overlay == .plan, layout.tier != .tooSmall {
      pointer.button = planButton(at: place)
      return []
    }
    if let id = hint(at: place) { return perform(id, at: now) }
    if let item = overlayItem(at: place) { return click(item: item, isDouble: isDouble, at: now) }
    guard overlay == nil, prompt == nil, layout.tier != .tooSmall else { return [] }
    if let divider = layout.divider(at: place) {
      pointer.divider = divider
      return []
    }
    guard let pane = tab(at: place) ?? layout.pane(at: place) else { return [] }
    guard pane == focus else {
      focus = pane
      if pane != .devices { tab = pane }
      return []
    }
    if pane == .devices, let line = deviceLine(at: place) {
      let isLabel = isOnGroupLabel(place) && !isDouble
      leaveGhost(to: isLabel ? firstRow(of: rows[line].group) ?? line : line)
    }
    if pane == .actions, let line = actionLine(at: place) { menuSelected = line }
    return isDouble ? press(.enter, at: now) : []
  }

  /// A button of the preview is pressed where the mouse was pressed and let go on it.
  private mutating func letGo(of place: Point) -> [Request] {
    defer { pointer.button = nil }
    guard let button = pointer.button, planButton(at: place) == button else { return [] }
    proceeding?.chosen = button
    return pressButton(byMouse: true)
  }

  private mutating func drag(to place: Point) {
    defer { pointer.last = place }
    switch pointer.divider {
    case .columns: drag(.columns, by: place.column - pointer.last.column)
    case .rows: drag(.rows, by: place.row - pointer.last.row)
    case nil:
      guard !pointer.toldOfShift else { return }
      pointer.toldOfShift = true
      message = Note(.done, "hold Shift to select text, or m to release the mouse")
    }
  }

  /// Scrolls what is under the pointer. The selection stays, even off the screen.
  private mutating func wheel(_ step: Int, at place: Point) -> [Request] {
    if overlay != nil { return scroll(step < 0 ? .up : .down) }
    guard let pane = layout.pane(at: place) else { return [] }
    switch pane {
    case .devices:
      let most = max(0, rows.count - layout.deviceRows)
      cursor.top = min(max(0, cursor.top + step), most)
    case .log: log.move(by: step)
    case .actions, .group, .device, .explain:
      scrollPane(pane, by: step, height: max(1, (layout[pane]?.rows.count ?? 3) - 2))
    }
    return []
  }
}

/// Where things are on the screen, asked of the layout.
extension Scene {
  /// The action of the hint bar under a place.
  private func hint(at place: Point) -> Action.ID? {
    guard place.row == layout.hint else { return nil }
    return hintTargets.first { $0.columns.contains(place.column) }?.action
  }

  /// The row of the device list under a place: its last lines are rows, what stands above them is a heading.
  private func deviceLine(at place: Point) -> Int? {
    guard let pane = layout[.devices], pane.contains(place) else { return nil }
    let row = cursor.top + place.row - layout.firstDeviceRow
    return place.row >= layout.firstDeviceRow && place.row < layout.firstDeviceRow + layout.deviceRows
      && rows.indices.contains(row) ? row : nil
  }

  /// The line of the action pane under a place.
  private func actionLine(at place: Point) -> Int? {
    guard let body = layout.body(of: .actions), body.contains(place) else { return nil }
    let count = menu().count
    let least = max(scroll[.actions] ?? 0, menuSelected - body.rows.count + 1)
    let line = max(0, min(least, count - body.rows.count)) + place.row - body.rows.lowerBound
    return line < count ? line : nil
  }

  /// Whether a place is on a bracket or a group's label, left of the device's name.
  private func isOnGroupLabel(_ place: Point) -> Bool {
    guard let body = layout.body(of: .devices) else { return false }
    return place.column < body.columns.lowerBound + DeviceColumns(self, layout, width: body.columns.count).mark
  }
}
