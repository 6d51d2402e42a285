import Assignment
import Ownership
import Topology

/// A demo on its way to a picture.
struct DemoDrawing {
  let scene: DemoScene
  let layout: DemoLayout
  var frame: Frame

  /// An empty picture of the scene's size.
  init(_ scene: DemoScene) {
    self.scene = scene
    layout = scene.layout
    frame = Frame(size: scene.size)
  }

  /// Everything, from the title down to what lies on top.
  mutating func draw() {
    if layout.isTooSmall {
      drawTooSmall()
    } else {
      drawTitle()
      drawTabs()
      if scene.comparison.position == 0 { drawLesson() } else { drawColumns() }
      drawAlarms()
      drawTable()
      drawAct()
      drawMessage()
      drawHints()
      drawOverlay()
    }
    if scene.glyphs.isASCII { frame.translate() }
  }

  var everyColumn: Range<Int> { 0..<layout.size.columns }

  private mutating func drawTitle() {
    for column in everyColumn { frame.put(" ", row: layout.title, column: column, style: Style(.title)) }
    let step = "step \(scene.comparison.position)/\(scene.count)"
    let right = layout.size.columns - Width.of(step) - 1
    frame.put(step, row: layout.title, column: right, style: Style(.title))
    let names = scene.comparison.sides.map(\.rules.set.rawValue).joined(separator: " beside ")
    let story = Clean.visible(scene.comparison.story.title)
    var text = "viable demo: " + names
    if Width.of(text) + Width.of(story) + 5 > right { text = "viable demo" }
    frame.put(text, row: layout.title, column: 1, style: Style(.title), limit: right - 1)
    let start = max(Width.of(text) + 4, right - 3 - Width.of(story))
    frame.put(
      Width.cut(story, to: max(0, right - 2 - start)), row: layout.title, column: start, style: Style(.title),
      limit: right - 1)
  }

  /// The models, where not all have a column: the ones on screen in brackets, each with how its newest call ended.
  private mutating func drawTabs() {
    guard let row = layout.tabs else { return }
    var line = StyledLine(" ")
    let shown = Set(layout.columns.map(\.model))
    for (place, side) in scene.comparison.sides.enumerated() {
      let name = side.rules.set.rawValue
      line.add(shown.contains(place) ? "[\(name)" : " \(name)", shown.contains(place) ? .borderFocused : .border)
      let isRefused = (side.calls.last ?? nil)?.answer.errno != nil
      if isRefused { line.add(" ✘", .logError) }
      line.add(shown.contains(place) ? "]" : " ", shown.contains(place) ? .borderFocused : .border)
    }
    line.add("  Tab next", .dim)
    frame.draw(line, row: row, columns: everyColumn)
  }

  private mutating func drawAct() {
    let (now, next) = scene.acts
    var line = StyledLine(" ")
    if let now { line.add(Clean.visible(now), .text) }
    if let next {
      line.add(now == nil ? "First: " : "   Next: ", .hintKey)
      line.add(Clean.visible(next), .text)
    } else {
      line.add(scene.comparison.position < scene.count ? "   more calls follow" : "   The story ends here.", .dim)
    }
    frame.draw(line, row: layout.act, columns: 0..<layout.size.columns - 1)
  }

  private mutating func drawMessage() {
    if let message = scene.message {
      let role: Role = message.kind == .error ? .logError : .text
      frame.draw(
        StyledLine(Clean.visible(message.text), role), row: layout.message, columns: 1..<layout.size.columns - 1)
      return
    }
    for column in everyColumn { frame.put("─", row: layout.message, column: column, style: Style(.border)) }
  }

  /// Keys and their short names, most important first, as many as fit.
  private mutating func drawHints() {
    var column = 1
    let hints = scene.hints
    for (place, action) in hints.enumerated() {
      let names = action.keys.map(\.name)
      let key = names.first == "Space" ? "Spc" : names.first ?? ""
      let gap = Width.of(key) > 1 ? " " : ""
      let width = Width.of(key + gap + action.short)
      guard column + width <= layout.size.columns - (place == hints.count - 1 ? 0 : 2) else {
        frame.put("…", row: layout.hint, column: column, style: Style(.dim))
        break
      }
      let isOff = scene.overlay == nil && scene.unavailable(action.id) != nil
      let end = frame.put(key, row: layout.hint, column: column, style: Style(isOff ? .dim : .hintKey))
      frame.put(gap + action.short, row: layout.hint, column: end, style: Style(isOff ? .dim : .hintText))
      column += width + 1
    }
  }

  private mutating func drawTooSmall() {
    let (size, least) = (layout.size, Layout.least)
    let lines = [
      "Terminal too small", "  have  \(size.columns) x \(size.rows)", "  need  \(least.columns) x \(least.rows)", "",
      "q end",
    ]
    let (top, left) = (max(0, (size.rows - lines.count) / 2), max(0, min(4, (size.columns - 21) / 2)))
    for (row, line) in zip(top..<max(top, size.rows), lines) {
      frame.draw(
        StyledLine(line, row == top ? .stateWarning : .text), row: row, columns: left..<max(left, size.columns))
    }
  }
}

extension DemoScene {
  /// The picture of everything as it is now.
  public func frame() -> Frame {
    var drawing = DemoDrawing(self)
    drawing.draw()
    return drawing.frame
  }
}
