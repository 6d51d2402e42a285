import Console
import Topology

/// What `theme list` prints, and the JSON of `theme check`.
struct ThemeList {
  let reports: [ThemeReport]

  /// A table: what each theme is for, and its figures.
  func text(into page: inout Page) {
    let width = reports.map { Width.of(Clean.visible($0.theme)) }.max() ?? 0
    let columns = [width + 2, width + 9, width + 17, width + 27, width + 37]
    for (title, column) in zip(["GROUND", "VISION", "CONTRAST", "DISTANCE", "CHECK"], columns) {
      if page.column == 0 { page.put("NAME", .title) }
      page.tab(to: column)
      page.put(title, .title)
    }
    page.endLine()
    for report in reports {
      page.put(Clean.visible(report.theme))
      let cells = [
        report.ground.rawValue, report.deficiency?.rawValue ?? "-", Self.number(report.leastTextContrast),
        Self.number(report.leastDistance), report.passes ? "passes" : "fails",
      ]
      for (cell, column) in zip(cells, columns) {
        page.tab(to: column)
        page.put(cell)
      }
      page.endLine()
    }
  }

  /// Cut to one decimal; `terminal` where the terminal chooses the colours.
  private static func number(_ value: Double?) -> String {
    guard let value else { return "terminal" }
    let tenths = Int((value * 10 + 1e-9).rounded(.down))
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// `theme list --json`.
  func json(into page: inout Page) {
    JSONWriter.document(&page) { json in
      json.schema()
      json.key("themes")
      json.lines(reports) { json, report in json.object { $0.fields(of: report) } }
    }
  }

  /// `theme check --json`.
  static func json(of report: ThemeReport, into page: inout Page) {
    JSONWriter.document(&page) { json in
      json.schema()
      json.key("theme")
      json.object { $0.fields(of: report) }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func fields(of report: ThemeReport) {
    figure("contrast", reason: "contrast_reason", report.leastTextContrast)
    field("deficiency", report.deficiency?.rawValue)
    figure("distance", reason: "distance_reason", report.leastDistance)
    key("failures")
    array(report.failures) { $0.string($1.description) }
    field("ground", report.ground.rawValue)
    field("name", report.theme)
    field("passes", report.passes)
  }

  /// Cut to hundredths, as a number.
  private mutating func figure(_ name: StaticString, reason: StaticString, _ value: Double?) {
    key(name)
    guard let value else {
      null()
      return field(reason, "the terminal chooses the colours")
    }
    let hundredths = Int((value * 100 + 1e-9).rounded(.down))
    let (whole, rest) = (hundredths / 100, hundredths % 100)
    decimal("\(whole)" + (rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"))
  }
}
