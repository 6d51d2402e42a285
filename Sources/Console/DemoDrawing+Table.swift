import Assignment
import Ownership
import Topology

extension DemoDrawing {
  /// The shared truth: what is true of every device under every model, whatever was said on the way.
  mutating func drawTable() {
    let devices = scene.devices
    let (count, width) = layout.cells(of: devices.count)
    drawDivider(devices.count - count)
    let shown = Array(devices.dropFirst(scene.device).prefix(count))
    var row = layout.table.lowerBound
    drawRow(row, "", shown.map { [StyledLine("\($0.address.short) \($0.label ?? noun($0))", .hintKey)] }, width)
    row += 1
    drawRow(row, "driver", shown.map { [driverCell($0)] }, width)
    row += 1
    for model in layout.tabled {
      let side = scene.comparison.sides[model]
      drawRow(row, side.rules.set.rawValue, shown.map { cell($0, model) }, width)
      row += layout.linesPerModel
    }
  }

  private mutating func drawDivider(_ hidden: Int) {
    for column in everyColumn { frame.put("─", row: layout.divider, column: column, style: Style(.border)) }
    let position = scene.comparison.position
    var text = position == 0 ? " State before the first step " : " State after step \(position) "
    if hidden > 0 { text += "─ < > shows \(hidden) more \(hidden == 1 ? "device" : "devices") " }
    frame.put(text, row: layout.divider, column: 1, style: Style(.borderFocused), limit: layout.size.columns - 1)
  }

  /// One entry of the table: a label, and for every device the lines of its cell.
  private mutating func drawRow(_ row: Int, _ label: String, _ cells: [[StyledLine]], _ width: Int) {
    frame.put(label, row: row, column: 1, style: Style(.text), limit: DemoLayout.label + 1)
    for (place, cell) in cells.enumerated() {
      let left = DemoLayout.label + 2 + place * width
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
