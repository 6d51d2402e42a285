import Assignment
import HostAccess
import Topology

/// The preview of an act: every step to the byte, what it costs, the way back, and the buttons.
extension Drawing {
  mutating func drawPlan() {
    guard let proceeding = scene.proceeding else { return }
    let place = planPlace()
    drawDialog(place.rect, title: "Preview", right: planCaption(proceeding, place), bottom: planKeys)
    for (row, line) in zip(place.text.rows, place.lines[place.first...]) {
      frame.draw(line, row: row, columns: place.text.columns)
    }
    if let field = place.field { drawField(proceeding, row: field, columns: place.text.columns) }
    for (place, button) in planButtonPlaces().enumerated() { draw(button, isChosen: place == proceeding.chosen) }
  }

  /// Where everything of the preview stands.
  struct PlanPlace {
    var rect: Rect
    /// The lines that scroll.
    var text: Rect
    var lines: [StyledLine]
    /// The first of them on screen.
    var first: Int
    /// The row of the field for consent; nil where none is asked for.
    var field: Int?
    var buttons: Int
  }

  func planPlace() -> PlanPlace {
    // A write to a device's own file fits into 80 columns.
    let columns = min(110, layout.size.columns - 2)
    let lines = planLines(width: columns - 4)
    let foot = scene.isAgreeing ? 3 : 2
    var rect = dialog(Size(rows: lines.count + foot + 2, columns: columns))
    let left = (layout.size.columns - columns) / 2
    rect.columns = left..<left + columns
    let inner = rect.inset(top: 1, left: 2, bottom: 1, right: 2)
    let height = max(0, inner.rows.count - foot)
    let text = Rect(rows: inner.rows.lowerBound..<inner.rows.lowerBound + height, columns: inner.columns)
    let first = max(0, min(scene.proceeding?.scroll ?? 0, lines.count - height))
    let last = inner.rows.upperBound - 1
    return PlanPlace(
      rect: rect, text: text, lines: lines, first: first, field: scene.isAgreeing ? last - 1 : nil, buttons: last)
  }

  private func planCaption(_ proceeding: Proceeding, _ place: PlanPlace) -> String {
    let more = place.first + place.text.rows.count < place.lines.count ? "  PgDn more" : ""
    if let offer = proceeding.offer { return attachCaption(offer, proceeding.stage) + more }
    switch proceeding.stage {
    case .asked: return "LOOKING"
    case .offered:
      if proceeding.plan?.steps.isEmpty ?? true { return "NOTHING TO DO" + more }
      return (proceeding.contradiction == nil ? "NOT YET DONE" : "HOST CHANGED") + more
    case .refused: return "REFUSED" + more
    case .running: return (proceeding.waiting == nil ? "RUNNING" : "WAITING") + more
    case .over(.done, _): return "DONE" + more
    case .over(.takenBack, _): return "FAILED, TAKEN BACK" + more
    case .over(.stuck, _): return "FAILED, STUCK" + more
    case .over(.notBegun, _), .over(nil, _): return "NOT BEGUN" + more
    }
  }

  private func attachCaption(_ offer: AttachPlan, _ stage: Proceeding.Stage) -> String {
    switch stage {
    case .asked: "LOOKING"
    case .offered: offer.refusal == nil ? "NOT YET DONE" : "REFUSAL EXPECTED"
    case .running: "RUNNING"
    case .over where offer.way == .detach: "DETACHED"
    case .over(.done, _): "ATTACHED"
    case .over, .refused: "REFUSED"
    }
  }

  private var planKeys: String {
    scene.glyphs.isASCII
      ? "Left Right choose   Enter press   PgDn scroll   Esc leave" : "←→ choose   ⏎ press   PgDn scroll   Esc leave"
  }

  // MARK: the foot

  private mutating func drawField(_ proceeding: Proceeding, row: Int, columns: Range<Int>) {
    let demand = proceeding.demand.joined(separator: " ")
    let room = max(demand.count, proceeding.typed.count) + 1
    var end = frame.put(
      "Type \(demand) to enable Run: ", row: row, column: columns.lowerBound, style: Style(.hintKey),
      limit: columns.upperBound)
    end = frame.put("[ ", row: row, column: end, style: Style(.border), limit: columns.upperBound)
    let typed = Clean.visible(proceeding.typed)
    let cursor = frame.put(
      typed, row: row, column: end, style: Style(proceeding.isAgreed ? .stateGood : .text), limit: columns.upperBound)
    let close = max(cursor, end + room)
    frame.put(" ]", row: row, column: close, style: Style(.border), limit: columns.upperBound)
    if !proceeding.isAgreed {
      frame.cursor = Point(row: row, column: min(cursor, columns.upperBound - 1))
      frame.showsCursor = true
    }
  }

  /// A button with its place.
  struct PlanButton {
    var button: Proceeding.Button
    var text: String
    var row: Int
    var columns: Range<Int>
    var isOn: Bool
  }

  func planButtonPlaces() -> [PlanButton] {
    guard let proceeding = scene.proceeding, layout.tier != .tooSmall else { return [] }
    let place = planPlace()
    let end = place.text.columns.upperBound
    let isNarrow = place.rect.columns.count < 70
    let row = place.buttons
    var column = place.text.columns.lowerBound
    return scene.planButtons.enumerated().map { place, button in
      let isOn = button != .run || proceeding.isAgreed
      let label = button == .run ? runLabel(proceeding) : Self.label(of: button, isNarrow)
      let text = place == proceeding.chosen ? "[ \(label) ]" : "  \(label)  "
      let width = Width.of(text)
      defer { column += width + 1 }
      return PlanButton(
        button: button, text: text, row: row,
        columns: column..<max(column, min(column + width, end)), isOn: isOn)
    }
  }

  /// Calls that are expected to be refused can be made all the same: nothing is changed by them.
  private func runLabel(_ proceeding: Proceeding) -> String {
    guard let offer = proceeding.offer else { return proceeding.isAgreed ? "Run" : "Run (disabled)" }
    return offer.way == .detach ? "Detach" : offer.refusal == nil ? "Attach" : "Try it"
  }

  private static func label(of button: Proceeding.Button, _ isNarrow: Bool) -> String {
    switch button {
    case .cancel: "Cancel"
    case .run: "Run"
    case .other: "Other interface"
    case .giveBack: "Detach"
    case .copy: "Copy as CLI"
    case .again: isNarrow ? "Changed: p again" : "Host changed: press p to preview again"
    case .wait: "Plan it, and wait until it is let go"
    case .hide: "Leave it running"
    case .undo: "Undo"
    case .close: "Close"
    }
  }

  private mutating func draw(_ button: PlanButton, isChosen: Bool) {
    let role: Role =
      !button.isOn ? .dim : button.button == .run && scene.proceeding?.plan?.severity == .lockout ? .danger : .hintKey
    frame.put(
      button.text, row: button.row, column: button.columns.lowerBound, style: Style(role),
      limit: button.columns.upperBound)
    guard isChosen else { return }
    frame.lay(.cursor, row: button.row, columns: button.columns)
    if !frame.showsCursor { frame.cursor = Point(row: button.row, column: button.columns.lowerBound + 2) }
  }

  /// The button at a cell, as an index.
  func planButton(at point: Point) -> Int? {
    guard scene.overlay == .plan else { return nil }
    return planButtonPlaces().firstIndex { $0.row == point.row && $0.columns.contains(point.column) }
  }

  /// How many lines the preview has, and how many of them are visible.
  var planExtent: (lines: Int, visible: Int) {
    guard layout.tier != .tooSmall else { return (0, 0) }
    let place = planPlace()
    return (place.lines.count, place.text.rows.count)
  }
}

extension Scene {
  /// How far the preview can be scrolled, in lines.
  var planExtent: (lines: Int, visible: Int) { Drawing(self).planExtent }

  /// The button of the preview below a cell, for the mouse.
  func planButton(at point: Point) -> Int? { Drawing(self).planButton(at: point) }
}
