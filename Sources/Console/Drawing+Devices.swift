import Ownership
import Topology

extension Drawing {
  /// Headers, the visible rows, the cursor's row and the scroll bar.
  mutating func drawDevices(_ body: Rect) {
    guard scene.inventory != nil, !scene.rows.isEmpty else {
      drawWhyEmpty(body)
      return
    }
    let columns = DeviceColumns(scene, layout, width: body.columns.count)
    let skipping = scene.sideways[.devices] ?? 0
    frame.draw(headers(columns), row: body.rows.lowerBound - 1, columns: body.columns, skipping: skipping)
    let top = scene.cursor.top
    for row in body.rows {
      let index = top + row - body.rows.lowerBound
      guard scene.rows.indices.contains(index) else { continue }
      frame.draw(deviceLine(index, columns), row: row, columns: body.columns, skipping: skipping)
      guard index == scene.cursor.row else { continue }
      let left = layout.hasBorders ? body.columns.lowerBound - 1 : body.columns.lowerBound
      frame.lay(scene.focus == .devices ? .cursor : .cursorUnfocused, row: row, columns: left..<body.columns.upperBound)
      frame.cursor = Point(row: row, column: min(body.columns.lowerBound + columns.mark, body.columns.upperBound - 1))
    }
    drawScrollBar(
      rows: body.rows, total: scene.rows.count, first: top,
      column: layout[.devices].map { $0.columns.upperBound - 1 } ?? 0, .devices)
  }

  private mutating func drawWhyEmpty(_ body: Rect) {
    let text: [String]
    if let inventory = scene.inventory {
      text = inventory.functions.isEmpty ? Sentences.noDevices(inventory.host) : ["Nothing matches the filter."]
    } else {
      text = ["Looking at the machine …"]
    }
    var row = body.rows.lowerBound
    for (number, paragraph) in text.enumerated() {
      for line in Paragraph.wrap(paragraph, to: body.columns.count - 2) where row < body.rows.upperBound {
        let style = Style(number == 0 ? .text : .dim)
        frame.put(line, row: row, column: body.columns.lowerBound + 1, style: style, limit: body.columns.upperBound)
        row += 1
      }
      row += 1
    }
  }

  private func headers(_ columns: DeviceColumns) -> StyledLine {
    var line = StyledLine(String(repeating: " ", count: columns.lanes) + "GRP", .dim)
    for column in columns.columns {
      line.pad(to: column.start)
      line.add(Width.cut(DeviceColumns.title(column.kind), to: column.width), .dim)
    }
    return line
  }

  /// One row of the device list.
  func deviceLine(_ index: Int, _ columns: DeviceColumns) -> StyledLine {
    let row = scene.rows[index]
    var line = margin(row, columns)
    marks(of: row, isCursor: index == scene.cursor.row, into: &line)
    switch row.content {
    case .function(let address):
      guard let function = scene.inventory?[address] else { return line }
      cells(of: function, row, columns, into: &line)
    case .gone(let function): cells(of: function, row, columns, into: &line)
    case .folded(_, let devices, let groups):
      let groups = groups == 1 ? "1 group" : "\(groups) groups"
      line.add(tree(row, width: columns.columns.first?.width ?? 0) + "\(devices.count) devices in \(groups)", .dim)
    case .group(let group): head(group, isFolded: row.isFolded, into: &line)
    case .ungrouped: line.add("In no group", .dim)
    case .hidden(let count):
      let rows = count == 1 ? "1 row" : "\(count) rows"
      line.add("\(rows) hidden by the filter; groups are shown whole (· = no match)", .dim)
    }
    return line
  }

  private func margin(_ row: Row, _ columns: DeviceColumns) -> StyledLine {
    var line = StyledLine()
    let isShared = row.group.map(isShared) ?? false
    let role = row.group.map { isShared ? scene.colour(of: $0) : .dim } ?? .dim
    for index in 0..<columns.lanes {
      let lane = index < row.lanes.count ? row.lanes[index] : .none
      // What passes behind belongs to another group.
      line.add(scene.glyphs.lane(lane), lane == .passing ? .dim : role)
    }
    line.add(Width.fit(row.group.map { "g\($0)" } ?? "", to: columns.label), role)
    return line
  }

  /// Only groups of more than one device need telling apart.
  private func isShared(_ group: GroupID) -> Bool {
    guard let group = scene.inventory?[group] else { return false }
    return group.members.count + group.others.count > 1
  }

  /// Two columns: the more urgent mark right, next to the tree; the cursor always has a place.
  private func marks(of row: Row, isCursor: Bool, into line: inout StyledLine) {
    var signs: [(String, Role)] = []
    if isCursor { signs.append(("▶", .text)) }
    if case .gone = row.content { signs.append(("~", .gone)) }
    if let address = row.address, scene.changed[address] != nil { signs.append(("!", .changed)) }
    if isMarked(row) { signs.append(("*", .marked)) }
    if row.isFolded { signs.append(("+", .dim)) }
    if row.isContext { signs.append(("·", .dim)) }
    if signs.count > 1 { line.add(signs[1].0, signs[1].1) } else { line.add(" ") }
    line.add(signs.first?.0 ?? " ", signs.first?.1 ?? .text)
  }

  private func isMarked(_ row: Row) -> Bool {
    guard !scene.marks.isEmpty, let address = row.address, let function = scene.inventory?[address] else {
      return false
    }
    return scene.marks.contains(Anchor(function))
  }

  /// The rules that lead to a row of the tree. What is too deep to be drawn begins with `…`.
  private func tree(_ row: Row, width: Int) -> String {
    guard row.depth > 0 else { return "" }
    let most = max(2, width / 3 / 2)
    var text = row.depth > most ? "… " : ""
    for depth in (row.depth > most ? row.depth - most + 2 : 1)..<max(1, row.depth) {
      text += depth < 64 && row.passes >> UInt64(depth) & 1 == 1 ? "│ " : "  "
    }
    return text + (row.isLast ? "└─" : "├─")
  }

  private func cells(of function: Function, _ row: Row, _ columns: DeviceColumns, into line: inout StyledLine) {
    let isGone = if case .gone = row.content { true } else { false }
    let quiet: Role? = isGone ? .gone : row.isContext ? .dim : nil
    let state: DeviceState = isGone ? .gone : scene.states[function.address] ?? .unknown
    let names = scene.inventory?.names ?? Names()
    for column in columns.columns {
      if column.kind != .device { line.pad(to: column.start) }
      switch column.kind {
      case .device:
        let tree = tree(row, width: column.width)
        line.add(tree, .border)
        let text = DeviceText.label(of: function, names: names)
        let room = column.width - Width.of(tree)
        let folded = Self.folded(row, room: room)
        line.add(Width.cut(text, to: room - Width.of(folded)), quiet ?? .text)
        if !folded.isEmpty { line.add(folded, row.hidesBlocker ? DeviceState.blocks.role : .dim) }
      case .ids: line.add(function.identity.value?.ids ?? "??", quiet ?? .dim)
      case .driver: line.add(Width.cut(driver(of: function), to: column.width), quiet ?? .text)
      case .state: line.add(state.word, quiet ?? state.role)
      case .user: line.add(Width.cut(users(of: function, state), to: column.width), quiet ?? .text)
      }
    }
  }

  /// How much a folded line hides, as shortly as there is room for.
  private static func folded(_ row: Row, room: Int) -> String {
    guard row.isFolded, row.foldedCount > 0 else { return "" }
    let count = row.foldedCount
    let text = ", \(count) \(count == 1 ? "function" : "functions") folded"
    if room >= Width.of(text) + 16 { return text }
    return room >= 12 ? " +\(count)" : ""
  }

  private func driver(of function: Function) -> String {
    switch function.driver {
    case .value(let name): Clean.visible(name)
    case .absent: "-"
    case .unknown: "??"
    }
  }

  /// Disks and interfaces, or who has the group open.
  private func users(of function: Function, _ state: DeviceState) -> String {
    if state == .open, let group = function.group.value, let holders = scene.inventory?[group]?.holders.value {
      return holders.map { "\(Clean.visible($0.command)) \($0.process)" }.joined(separator: " ")
    }
    guard let details = function.details else { return "" }
    let names = (details.disks.value ?? []) + (details.interfaces.value ?? [])
    return names.map { Clean.visible($0) }.joined(separator: " ")
  }

  /// The head of a group in the group list; one that is folded names its members where nothing blocks.
  private func head(_ group: GroupID, isFolded: Bool, into line: inout StyledLine) {
    guard let inventory = scene.inventory, let value = inventory[group], let verdict = scene.verdicts[group] else {
      return
    }
    let count = value.members.count + value.others.count
    line.add(verdict.state.word, verdict.state.role)
    line.add(count == 1 ? "  1 device" : "  \(count) devices", .text)
    let blockers = verdict.blockers.prefix(3).map { Sentences.short($0) }
    if !blockers.isEmpty {
      line.add("  " + blockers.joined(separator: ", "), .dim)
    } else if isFolded {
      let members = value.members.prefix(3).compactMap { inventory[$0] }
      line.add("  " + members.map { DeviceText.label(of: $0, names: inventory.names) }.joined(separator: ", "), .dim)
    }
  }
}

extension Sentences {
  /// `02:02.0 sym53c8xx`: a blocker where there is no room for a sentence.
  static func short(_ blocker: Blocker) -> String {
    switch blocker {
    case .driver(let address, let driver): "\(address.short) \(Clean.visible(driver))"
    case .otherDriver(let device, let driver): "\(Clean.visible(device)) \(Clean.visible(driver))"
    case .directRegion: "fixed firmware mapping"
    case .holder(let holder): who(holder)
    }
  }
}
