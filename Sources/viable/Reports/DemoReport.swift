import Assignment
import Console
import HostSimulated
import Ownership
import Topology

/// A story that has run to its end under several interfaces: side by side, one under the other for screen readers,
/// or as JSON.
struct DemoReport {
  let comparison: Comparison
  /// One side after the other in whole lines, instead of columns.
  let isLinear: Bool
  /// Where the story came out otherwise than it says, under these interfaces or others.
  let deviations: [Comparison.Deviation]

  /// With `deviations` those of the whole story; else those under the interfaces that are shown.
  init(_ comparison: Comparison, isLinear: Bool = false, deviations: [Comparison.Deviation]? = nil) {
    var comparison = comparison
    comparison.finish()
    self.comparison = comparison
    self.isLinear = isLinear
    self.deviations = deviations ?? comparison.deviations
  }

  /// Where a story comes out otherwise than it says, under every interface of which it says anything.
  static func deviations(of scenario: Scenario) -> [Comparison.Deviation] {
    let named = Set(scenario.acts.flatMap(\.expected.keys))
    var whole = Comparison(Demonstration(scenario), models: RuleSet.allCases.filter(named.contains))
    whole.finish()
    return whole.deviations
  }

  /// How the command ends: 1 where the story came out otherwise than it says it has to.
  var exit: Exit { deviations.isEmpty ? .done : .not }

  /// The least that a side needs to be read.
  private static let leastWidth = 30
  private static let gap = 3

  /// The terminal's, or what the sides need where there is none.
  private func width(_ page: Page) -> Int { page.look.columns ?? max(100, comparison.sides.count * 46 - Self.gap) }

  /// For people.
  func text(into page: inout Page) {
    let width = width(page)
    let story = comparison.story
    page.line("\(Clean.visible(story.name)): \(Clean.visible(story.title))", .title)
    for sentence in story.lesson { wrap(sentence, width, &page) }
    let sides = max(1, comparison.sides.count)
    let column = (width - Self.gap * (sides - 1)) / sides
    let columns = column < Self.leastWidth || isLinear ? nil : column
    for act in story.acts.indices { put(act, columns, &page) }
    page.endLine()
    end(width, &page)
  }

  private func put(_ act: Int, _ column: Int?, _ page: inout Page) {
    let width = width(page)
    let chapter = comparison.story.acts[act]
    page.endLine()
    for line in Paragraph.wrap("\(act + 1). \(Clean.visible(chapter.title))", to: width, indent: 3) {
      page.line(line, .title)
    }
    let sides = comparison.sides.map { side in
      (name: side.rules.set.rawValue, lines: comparison.lines(of: side).compactMap(\.self).filter { $0.act == act })
    }
    if let column {
      put(sides.map { rows($0.lines, column) }, heads: sides.map(\.name), column, &page)
    } else {
      for side in sides {
        page.line("  \(side.name):", .dim)
        for row in rows(side.lines, width - 4) { page.line("    " + row.text, row.role) }
      }
    }
    for saying in chapter.sayings {
      let message = saying.message
      wrap("\(Clean.visible(saying.words)) (\(message.author), \(message.date) 2021)", width - 2, &page, margin: 2)
    }
  }

  private typealias Row = (text: String, role: Role)

  private func put(_ rows: [[Row]], heads: [String], _ column: Int, _ page: inout Page) {
    let steps = [heads.map { ($0.uppercased(), Role.dim) }]
    let deepest = rows.map(\.count).max() ?? 0
    let body = (0..<deepest).map { place in rows.map { place < $0.count ? $0[place] : ("", .text) } }
    for cells in steps + body {
      for (place, cell) in cells.enumerated() {
        if place > 0 { page.tab(to: place * (column + Self.gap)) }
        page.put(cell.0, cell.1)
      }
      page.endLine()
    }
  }

  /// One side's calls of an act, each refusal with its words.
  private func rows(_ lines: [Comparison.Line], _ width: Int) -> [Row] {
    guard !lines.isEmpty else { return [("nothing to do", .dim)] }
    return lines.flatMap { line -> [Row] in
      let role = line.isSuccess ? Role.text : .stateWarning
      var rows: [Row] = Paragraph.wrap(Clean.visible(line.text), to: width, indent: 2).map { ($0, role) }
      let said = line.news + (line.why.map { [$0.line] + $0.next.map { "Next: " + $0 } } ?? [])
      for sentence in said {
        rows += Paragraph.wrap("  " + Clean.visible(sentence), to: width - 2).map { ("  " + $0, .dim) }
      }
      return rows
    }
  }

  /// The ownership table of every device, and what ought to be said aloud.
  private func end(_ width: Int, _ page: inout Page) {
    page.line("At the end:", .title)
    let margin = (comparison.models.map(\.rawValue.utf8.count).max() ?? 0) + 5
    for row in comparison.table {
      page.line("  " + [row.address.short, row.label.map(Clean.visible)].compactMap(\.self).joined(separator: " "))
      for (side, stand) in zip(comparison.sides, row.stands) {
        page.put("    \(side.rules.set.rawValue)", .dim)
        for line in Paragraph.wrap(stand.map(Self.words) ?? "not there", to: max(20, width - margin)) {
          page.tab(to: margin)
          page.line(line)
        }
      }
    }
    for side in comparison.sides {
      for alarm in comparison.alarms(of: side) {
        wrap("! \(side.rules.set.rawValue): \(alarm.text).", width, &page, role: .stateWarning)
      }
    }
    for deviation in deviations {
      wrap("DEVIATES: \(deviation.sentence)", width, &page, role: .stateWarning)
    }
  }

  private static func words(_ stand: Comparison.Stand) -> String {
    let driver = stand.driver.map(Clean.visible) ?? "no driver"
    let carries = stand.carries.isEmpty ? "" : " (\(stand.carries.map(Clean.visible).joined(separator: ", ")))"
    let owner = stand.owners.isEmpty ? "" : ", owner \(stand.owners.map(Clean.visible).joined(separator: ", "))"
    let reach = stand.reach.isEmpty ? "" : ", reaches \(stand.reach.map(\.short).joined(separator: ", "))"
    return "\(stand.word): \(driver)\(carries), DMA \(stand.domain)\(owner)\(reach)"
  }

  private func wrap(
    _ text: String, _ width: Int, _ page: inout Page, role: Role = .text, margin: Int = 0
  ) {
    for line in Paragraph.wrap(Clean.visible(text), to: max(20, width)) {
      page.line(String(repeating: " ", count: margin) + line, role)
    }
  }
}
