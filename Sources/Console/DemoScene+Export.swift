import Assignment
import Ownership
import Topology

extension DemoScene {
  /// The run up to here as text for people and as JSON lines for programs.
  func export() -> [Request] {
    let name = String(comparison.story.name.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "_" })
    return [.save(exportedText, name: "demo-\(name).txt"), .save(exportedLines, name: "demo-\(name).jsonl")]
  }

  /// One line for the files of an export, which stand side by side: the first by its path, the others by their endings.
  /// What failed comes before what was done.
  public static func note(of saved: [Note]) -> Note? {
    if let failed = saved.first(where: { $0.kind == .error }) { return failed }
    guard var note = saved.first else { return nil }
    for other in saved.dropFirst() { note.text += other.text.split(separator: ".").last.map { ", .\($0)" } ?? "" }
    return note
  }

  /// Every step, then what is true of every device at the end of it.
  var exportedText: String {
    var text = Clean.visible("viable demo: \(comparison.story.title)") + "\n"
    let lines = comparison.sides.map { (side: $0, lines: comparison.lines(of: $0)) }
    for step in 0..<comparison.position {
      text += "\nstep \(step + 1)\n"
      for (side, calls) in lines {
        let line = calls[step]
        text += "  \(Width.fit(side.rules.set.rawValue, to: 15)) "
        text += line.map { Clean.visible("\($0.call) = \($0.result)") } ?? "nothing to do"
        text += "\n"
        if let why = line?.why { text += "  " + String(repeating: " ", count: 18) + Clean.visible(why.line) + "\n" }
        for news in line?.news ?? [] {
          text += "  " + String(repeating: " ", count: 18) + Clean.visible(news) + "\n"
        }
      }
    }
    for warning in warnings { text += "\n\(Clean.visible(warning))\n" }
    text += "\nstate after step \(comparison.position)\n"
    let width = devices.map { Width.of($0.label ?? "") }.max() ?? 0
    for row in devices {
      for (side, stand) in zip(comparison.sides, row.stands) {
        text +=
          "  \(row.address) \(Width.fit(row.label ?? "", to: width)) \(Width.fit(side.rules.set.rawValue, to: 15)) "
        text += stand.map { Self.words($0, label) } ?? "not there"
        text += "\n"
      }
    }
    return text
  }

  private static func words(_ stand: Comparison.Stand, _ label: (Address) -> String) -> String {
    var parts = ["driver " + Clean.visible(stand.driver ?? "none"), stand.word, "domain \(stand.domain)"]
    if !stand.owners.isEmpty { parts.append("owned by " + stand.owners.map(Clean.visible).joined(separator: ", ")) }
    if !stand.reach.isEmpty { parts.append("reaches " + stand.reach.map(label).joined(separator: ", ")) }
    return parts.joined(separator: ", ")
  }

  /// One object a call, in the order of the steps.
  var exportedLines: String {
    let lines = comparison.sides.map { ($0.rules.set, comparison.lines(of: $0)) }
    var text = ""
    for step in 0..<comparison.position {
      for (model, calls) in lines {
        guard let line = calls[step] else { continue }
        var json = JSONLine()
        json.add("schema", string: "viable/1")
        json.add("scenario", string: comparison.story.name)
        json.add("step", raw: String(step + 1))
        json.add("model", string: model.rawValue)
        json.add("call", string: line.call)
        json.add("on", string: line.on)
        json.add("result", string: line.result)
        json.add("errno", string: line.errno?.name)
        json.add("why", string: line.why?.line)
        json.add("news", strings: line.news)
        text += json.text + "\n"
      }
    }
    return text
  }
}
