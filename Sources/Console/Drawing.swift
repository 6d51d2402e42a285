import HostAccess
import Ownership
import Topology

/// A scene on its way to a picture.
struct Drawing {
  let scene: Scene
  let layout: Layout
  var frame: Frame

  /// An empty picture of the scene's size.
  init(_ scene: Scene) {
    self.scene = scene
    layout = scene.layout
    frame = Frame(size: scene.size)
  }

  /// Everything, from the title down to what lies on top.
  mutating func draw() {
    if case .plainText(let text)? = scene.overlay {
      drawPlainText(text)
    } else if layout.tier == .tooSmall {
      drawTooSmall()
    } else {
      drawTitle()
      for pane in layout.panes { draw(pane) }
      drawNote()
      drawMessage()
      drawHints()
      drawOverlay()
    }
    if scene.glyphs.isASCII { frame.translate() }
  }

  private mutating func draw(_ pane: Pane) {
    guard let rect = layout[pane], let body = layout.body(of: pane) else { return }
    if layout.hasBorders {
      drawBorder(of: pane, rect)
    } else if pane != .devices {
      drawTabs(rect.rows.lowerBound)
    }
    if pane == .devices {
      drawDevices(body)
      return
    }
    let (lines, count, first, selected) = visibleLines(of: pane, in: body)
    for (row, line) in zip(body.rows, lines) {
      frame.draw(line, row: row, columns: body.columns, skipping: scene.sideways[pane] ?? 0)
    }
    if let selected, scene.focus == pane, scene.overlay == nil { laySelection(body, row: selected) }
    drawScrollBar(rows: body.rows, total: count, first: first, column: rect.columns.upperBound - 1, pane)
  }

  /// The lines of a pane that its body shows, how many there are, which is the first, and which one stands out.
  private func visibleLines(
    of pane: Pane, in body: Rect
  ) -> (lines: [StyledLine], count: Int, first: Int, selected: Int?) {
    if pane == .log { return logWindow(body) }
    let (lines, rows) = (lines(of: pane, width: body.columns.count), body.rows.count)
    var first = scene.scroll[pane] ?? 0
    if pane == .actions { first = max(first, scene.menuSelected - rows + 1) }
    first = max(0, min(first, lines.count - rows))
    let shown = Array(lines[first..<min(lines.count, first + rows)])
    return (shown, lines.count, first, pane == .actions ? scene.menuSelected - first : nil)
  }

  /// All lines of a pane beside the device list, for a width.
  func lines(of pane: Pane, width: Int) -> [StyledLine] {
    switch pane {
    case .devices:
      let columns = DeviceColumns(scene, layout, width: width)
      return scene.rows.indices.map { deviceLine($0, columns) }
    case .group: return groupLines(width: width)
    case .actions: return actionLines(width: width)
    case .log: return scene.log.shown.flatMap { logLines($0, width: width) }
    case .device: return factLines(width: width)
    case .explain: return explainLines(width: width)
    }
  }

  /// The thumb shows where one is; it appears only when there is more than fits.
  mutating func drawScrollBar(rows: Range<Int>, total: Int, first: Int, column: Int, _ pane: Pane) {
    guard total > rows.count, rows.count > 1 else { return }
    let length = max(1, rows.count * rows.count / total)
    let start = min(rows.count - length, max(0, first) * (rows.count - length) / max(1, total - rows.count))
    for offset in 0..<rows.count {
      let isThumb = (start..<start + length).contains(offset)
      frame.put(isThumb ? "█" : "│", row: rows.lowerBound + offset, column: column, style: Style(border(of: pane)))
    }
  }

  func border(of pane: Pane) -> Role { scene.focus == pane && scene.overlay == nil ? .borderFocused : .border }
}

extension Scene {
  /// The picture of everything as it is now. Only what is visible is drawn.
  public func frame() -> Frame {
    var drawing = Drawing(self)
    drawing.draw()
    return drawing.frame
  }

  /// A pane's lines as they stand in it, without borders: what is drawn, and what `Y` copies.
  func paneLines(_ pane: Pane) -> [StyledLine] {
    let drawing = Drawing(self)
    let width = drawing.layout.body(of: pane)?.columns.count ?? max(1, size.columns - 2)
    return drawing.lines(of: pane, width: width)
  }
}
