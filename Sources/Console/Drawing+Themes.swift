extension Drawing {
  private static let sampleRows = 7

  /// Where the names stand.
  func themeList(selected: Int) -> (rect: Rect, body: Rect, first: Int) {
    let size = Size(rows: scene.themes.count + 3 + Self.sampleRows, columns: 66)
    return list(of: scene.themes.count, selected: selected, size: size, above: 1, below: Self.sampleRows)
  }

  /// All themes with what was measured of them, and a sample in the one that stands out.
  mutating func drawThemes(selected: Int) {
    let list = themeList(selected: selected)
    drawDialog(list.rect, title: "Theme", right: "shown at once", bottom: "Enter keep   Esc back")
    let columns = list.body.columns
    var header = StyledLine(Width.fit("  NAME", to: 23), .dim)
    header.add(Width.fit("COLOURS", to: 10) + Width.fit("CONTRAST", to: 14) + "CVD MIN dE", .dim)
    frame.draw(header, row: list.body.rows.lowerBound - 1, columns: columns)
    for (row, number) in zip(list.body.rows, list.first..<max(list.first, scene.themes.count)) {
      let theme = scene.themes[number]
      var line = StyledLine(number == selected ? "▶ " : "  ")
      line.add(Width.fit(theme.name, to: 20), theme.name == scene.themeName ? .marked : .text)
      line.add(" ")
      if let report = scene.themeFigures[theme.name] {
        line.add(Width.fit(report.colours, to: 10) + Width.fit(report.contrast, to: 14) + report.distance)
      }
      frame.draw(line, row: row, columns: columns)
    }
    laySelection(list.body, row: selected - list.first)
    for (offset, line) in sample().enumerated() {
      frame.draw(line, row: list.body.rows.upperBound + 1 + offset, columns: columns)
    }
  }

  private func sample() -> [StyledLine] {
    let bracket = scene.glyphs.lane(.first)
    var states = StyledLine("Sample  ", .dim)
    for (text, role) in [
      (bracket + "g5 ", Role.group1), ("BLOCKS  ", .stateWarning), (bracket + "g14 ", .group2), ("vfio  ", .stateGood),
      ("host  ", .stateQuiet), ("open", .stateOpen),
    ] { states.add(text, role) }
    var marks = StyledLine("        ")
    for (text, role) in [("* marked  ", Role.marked), ("! changed  ", .changed), ("~ gone  ", .gone), ("error", .logError)] {
      marks.add(text, role)
    }
    var groups = StyledLine("        ")
    for (number, role) in Role.groups.enumerated() { groups.add("group \(number + 1)  ", role) }
    let terminal = scene.terminalDescription.isEmpty ? "" : "Terminal: \(scene.terminalDescription)"
    return [states, marks, groups, StyledLine(terminal, .dim), StyledLine("Letters and signs are the same in every theme.", .dim)]
  }
}
