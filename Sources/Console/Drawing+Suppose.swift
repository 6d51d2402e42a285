import Assignment
import Topology

/// "What if": the changes that may be thought of, and below them the groups of today beside those that would be.
extension Drawing {
  mutating func drawSupposition() {
    guard let supposing = scene.supposing else { return }
    let place = supposedPlace()
    let name = scene.inventory?[supposing.question.device].map { DeviceText.noun(of: $0) } ?? "device"
    drawDialog(
      place.rect, title: "What if: \(supposing.question.device.short)" + (isNarrow ? "" : " \(name)"),
      right: isNarrow ? "HYPOTHETICAL" : "HYPOTHETICAL, nothing is touched", bottom: supposedKeys)
    for (row, line) in zip(place.head.rows, place.taken) { frame.draw(line, row: row, columns: place.head.columns) }
    for (row, number) in zip(place.list.rows, place.first..<max(place.first, supposing.offers.count)) {
      frame.draw(line(of: supposing.offers[number]), row: row, columns: place.list.columns)
    }
    if supposing.answer == nil {
      frame.draw(
        StyledLine("The registers that decide are being read.", .dim), row: place.list.rows.lowerBound,
        columns: place.list.columns)
      return
    }
    for column in place.rect.columns.dropFirst().dropLast() {
      frame.put("─", row: place.rule, column: column, style: Style(.border))
    }
    let lines = place.lines.dropFirst(place.scroll)
    for (row, line) in zip(place.result.rows, lines) { draw(line, row: row, columns: place.result.columns) }
    if let selected = supposing.selected { laySelection(place.list, row: selected - place.first) }
  }

  /// Where everything stands.
  struct SupposedPlace {
    var rect: Rect
    /// Changes that are taken as made.
    var head: Rect
    var taken: [StyledLine]
    /// The offers, and the first of them on screen.
    var list: Rect
    var first: Int
    /// The row between.
    var rule: Int
    var result: Rect
    var lines: [SupposedLine]
    var scroll: Int
  }

  /// One row of the result: all across, or today's at the left and the other at the right.
  enum SupposedLine: Hashable {
    case whole(StyledLine)
    case pair(StyledLine, StyledLine)
  }

  func supposedPlace() -> SupposedPlace {
    let rect = dialog(Size(rows: layout.size.rows - 3, columns: min(110, layout.size.columns - 2)))
    let inner = rect.inset(top: 1, left: 2, bottom: 1, right: 2)
    let supposing = scene.supposing
    let taken = takenLines(supposing, width: inner.columns.count)
    let count = supposing?.offers.count ?? 0
    let height = min(max(1, count), max(3, (inner.rows.count - taken.count) * 2 / 5))
    let top = inner.rows.lowerBound + taken.count
    let end = min(inner.rows.upperBound, top + height)
    let list = Rect(rows: min(top, end)..<end, columns: inner.columns)
    let first = max(0, min((supposing?.selected ?? 0) - height + 1, count - height))
    let start = min(inner.rows.upperBound, end + 1)
    let result = Rect(rows: start..<inner.rows.upperBound, columns: inner.columns)
    let lines = supposing.map { resultLines($0, width: inner.columns.count) } ?? []
    let most = max(0, lines.count - result.rows.count)
    return SupposedPlace(
      rect: rect, head: Rect(rows: inner.rows.lowerBound..<min(top, end), columns: inner.columns), taken: taken,
      list: list, first: first, rule: min(end, inner.rows.upperBound - 1), result: result, lines: lines,
      scroll: min(supposing?.scroll ?? 0, most))
  }

  private var isNarrow: Bool { layout.size.columns < 80 }

  private var supposedKeys: String {
    scene.glyphs.isASCII || isNarrow
      ? "Enter and then   Backspace back   PgDn   Esc leave"
      : "↑↓ try   ⏎ take it and try more   Backspace take back   y copy   PgDn scroll   Esc leave"
  }

  private func takenLines(_ supposing: Supposing?, width: Int) -> [StyledLine] {
    guard let taken = supposing?.answer?.taken, !taken.isEmpty else { return [] }
    let text = "Taken as made: " + taken.map { Clean.visible($0) }.joined(separator: ", and ") + "."
    return Array(prose(text, .marked, width).prefix(2))
  }

  private func line(of offer: Supposition.Offer) -> StyledLine {
    var line = StyledLine(Clean.visible(offer.title), offer.obstacle == nil ? .text : .dim)
    if let obstacle = offer.obstacle { line.add("  ✘ " + Clean.visible(obstacle), .dim) }
    return line
  }

  // MARK: the result

  private func resultLines(_ supposing: Supposing, width: Int) -> [SupposedLine] {
    guard let answer = supposing.answer else { return [] }
    if let offer = supposing.offer, let obstacle = offer.obstacle, answer.tried == nil || answer.tried != offer.change {
      return prose("Not possible: \(Clean.visible(obstacle)).", .changed, width).map { .whole($0) }
    }
    guard supposing.isAnswered else { return [.whole(StyledLine("It is being worked out.", .dim))] }
    var lines: [SupposedLine] = prose(Clean.visible(answer.condition) + ":", .title, width).map { .whole($0) }
    if answer.condition.isEmpty {
      lines = [.whole(StyledLine("Nothing of this can be made.", .dim))]
    } else if answer.today.isEmpty, answer.then.isEmpty {
      lines.append(.whole(StyledLine("The groups would be what they are today.")))
    } else {
      let left = parties(answer.today, none: "nothing of this", width: (width - 3) / 2)
      let right = parties(answer.then, none: "nothing of it", width: (width - 3) / 2)
      lines.append(.pair(StyledLine("TODAY", .dim), StyledLine("THEN, ON PAPER", .dim)))
      for row in 0..<max(left.count, right.count) {
        lines.append(
          .pair(
            row < left.count ? left[row] : StyledLine(), row < right.count ? right[row] : StyledLine()))
      }
    }
    for note in answer.notes { lines += prose("Note: " + Clean.visible(note), .dim, width).map { .whole($0) } }
    return lines
  }

  private func parties(_ parties: [Supposition.Party], none: String, width: Int) -> [StyledLine] {
    if parties.isEmpty { return [StyledLine(none, .dim)] }
    return parties.flatMap { party in
      var head = StyledLine(party.title)
      if let state = party.state { head.add("  " + state.word, state.role) }
      var lines = [head] + party.members.map { StyledLine("  " + Clean.visible($0)) }
      for remark in party.remarks {
        lines += Paragraph.wrap(Clean.visible(remark), to: max(1, width - 2)).map { StyledLine("  " + $0, .changed) }
      }
      return lines
    }
  }

  private mutating func draw(_ line: SupposedLine, row: Int, columns: Range<Int>) {
    switch line {
    case .whole(let line): frame.draw(line, row: row, columns: columns)
    case .pair(let left, let right):
      let middle = columns.lowerBound + (columns.count - 3) / 2
      frame.draw(left, row: row, columns: columns.lowerBound..<middle)
      frame.put("│", row: row, column: middle + 1, style: Style(.border))
      frame.draw(right, row: row, columns: middle + 3..<columns.upperBound)
    }
  }

  /// The offer at a cell.
  func supposedOffer(at point: Point) -> Int? {
    let place = supposedPlace()
    let item = place.first + point.row - place.list.rows.lowerBound
    return place.list.contains(point) && item < (scene.supposing?.offers.count ?? 0) ? item : nil
  }
}

extension Scene {
  /// How long the result is, and how much of it shows.
  var supposedExtent: (lines: Int, visible: Int) {
    let place = Drawing(self).supposedPlace()
    return (place.lines.count, place.result.rows.count)
  }
}
