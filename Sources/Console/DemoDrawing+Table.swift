import Assignment
import Ownership
import Topology

extension DemoDrawing {
  /// The shared truth: what is true of every device under every model, whatever was said on the way.
  mutating func drawTable() {
    let devices = scene.devices
    let widths = cellWidths(from: scene.device)
    drawDivider(devices.count - widths.count)
    let shown = Array(devices.dropFirst(scene.device).prefix(widths.count))
    var row = layout.table.lowerBound
    drawRow(row, "", shown.map { [header($0)] }, widths)
    row += 1
    drawRow(row, "driver", shown.map { [driverCell($0)] }, widths)
    row += 1
    for model in layout.tabled {
      let side = scene.comparison.sides[model]
      drawRow(row, side.rules.set.rawValue, shown.map { cell($0, model) }, widths)
      row += layout.linesPerModel
    }
  }

  /// How wide the devices are that are shown from one on: all alike where every cell fits into its share, else what is
  /// said of each decides, and fewer are shown where that is too much.
  private func cellWidths(from first: Int) -> [Int] {
    let devices = scene.devices
    let (count, share) = layout.cells(of: devices.count)
    var wanted = devices.dropFirst(first).prefix(count).map(wantedWidth)
    if wanted.allSatisfy({ $0 <= share }) { return wanted.map { _ in share } }
    let room = layout.size.columns - DemoLayout.label - 2
    while wanted.count > 1, wanted.reduce(0, +) > room { wanted.removeLast() }
    let spare = max(0, room - wanted.reduce(0, +)) / max(1, wanted.count)
    return wanted.map { min(room, $0 + spare) }
  }

  /// What a device takes with the blank after it.
  private func wantedWidth(_ row: Comparison.Row) -> Int {
    let lines = [header(row), driverCell(row)] + layout.tabled.flatMap { cell(row, $0) }
    return 1 + (lines.map(\.width).max() ?? 0)
  }

  /// The first device on screen when the last one is.
  var lastFirstDevice: Int {
    let count = scene.devices.count
    return (0..<max(1, count)).first { $0 + cellWidths(from: $0).count >= count } ?? 0
  }

  private func header(_ row: Comparison.Row) -> StyledLine {
    StyledLine("\(row.address.short) \(row.label ?? noun(row))", .hintKey)
  }

  private mutating func drawDivider(_ hidden: Int) {
    for column in everyColumn { frame.put("─", row: layout.divider, column: column, style: Style(.border)) }
    let position = scene.comparison.position
    var text = position == 0 ? " State before the first step " : " State after step \(position) "
    if hidden > 0 { text += "─ < > shows \(hidden) more \(hidden == 1 ? "device" : "devices") " }
    frame.put(text, row: layout.divider, column: 1, style: Style(.borderFocused), limit: layout.size.columns - 1)
  }

  /// One entry of the table: a label, and for every device the lines of its cell.
  private mutating func drawRow(_ row: Int, _ label: String, _ cells: [[StyledLine]], _ widths: [Int]) {
    frame.put(label, row: row, column: 1, style: Style(.text), limit: DemoLayout.label + 1)
    var left = DemoLayout.label + 2
    for (cell, width) in zip(cells, widths) {
      defer { left += width }
      for (offset, line) in cell.enumerated() where row + offset < layout.table.upperBound {
        frame.draw(line, row: row + offset, columns: left..<min(left + width - 1, layout.size.columns))
      }
    }
  }

  private func noun(_ row: Comparison.Row) -> String { row.isBridge ? "bridge" : "" }

  /// The driver and what stands on it, where all models agree.
  private func driverCell(_ row: Comparison.Row) -> StyledLine {
    guard let common = row.commonDriver else { return StyledLine("differs, see below", .changed) }
    guard let driver = common else { return StyledLine("-", .text) }
    let carries = row.stands.lazy.compactMap { $0?.carries }.first { !$0.isEmpty } ?? []
    let suffix = carries.isEmpty ? "" : " (" + carries.joined(separator: ", ") + ")"
    return StyledLine(Clean.visible(driver + suffix), .text)
  }

  /// One device under one model, in as many lines as there is room for.
  private func cell(_ row: Comparison.Row, _ model: Int) -> [StyledLine] {
    guard row.stands.indices.contains(model), let stand = row.stands[model] else {
      return [StyledLine("not there", .gone)]
    }
    var word = StyledLine(stand.word, role(of: stand))
    if row.commonDriver == nil { word.add(", " + Clean.visible(stand.driver ?? "no driver"), .changed) }
    let owners = stand.owners.map(Clean.visible).joined(separator: ", ")
    let reach = row.isBridge ? "" : stand.reach.map(scene.label).joined(separator: ", ")
    guard layout.linesPerModel > 2 else {
      if !reach.isEmpty { word.add(" →" + reach, .stateWarning) }
      guard layout.linesPerModel == 1 else { return [word, domainLine(stand, owners)] }
      if !owners.isEmpty { word.add(" " + owners, .dim) }
      return [word]
    }
    let peers = row.isBridge ? "" : reach.isEmpty ? "reaches no peer" : "reaches " + reach
    return [word, domainLine(stand, owners), StyledLine(peers, reach.isEmpty ? .dim : .stateWarning)]
  }

  /// Where its DMA goes, and whose that is.
  private func domainLine(_ stand: Comparison.Stand, _ owners: String) -> StyledLine {
    if owners.isEmpty { return StyledLine("domain: " + stand.domain, .dim) }
    return StyledLine(stand.isUsers ? "\(owners)'s \(stand.domain)" : "\(stand.domain) by \(owners)", .text)
  }

  private func role(of stand: Comparison.Stand) -> Role {
    if stand.isAttached { return .stateOpen }
    if stand.isJoined { return .stateGood }
    return ["pulled away", "moved along"].contains(stand.word) ? .stateWarning : .stateQuiet
  }
}
