import Topology

extension Picture {
  private static let fills = ["#dbe9ff", "#ffe8cc", "#dff3dd", "#f3ddf2", "#fff6b8", "#d6f1f3", "#ffd9ec", "#e6e2d8"]

  /// The picture for graphviz: a cluster for each group, an edge from each bridge to what hangs below it.
  var dot: [String] {
    var lines = [
      "digraph viable {",
      "  graph [rankdir=LR, labelloc=t, fontname=\"DejaVu Sans\", ranksep=0.4, nodesep=0.15,",
      "    label=\(Self.quoted(title + "\n" + (rows.isEmpty ? "No PCI devices." : subtitle)))];",
      "  node [shape=box, style=filled, fillcolor=white, fontname=\"DejaVu Sans\", fontsize=10];",
      "  edge [arrowhead=none, color=\"#777777\"];",
    ]
    var drawn: Set<GroupID> = []
    for run in runs where drawn.insert(run.group).inserted {
      let fill = run.colour.map { Self.fills[$0 % Self.fills.count] } ?? "#ffffff"
      let reasons = run.notes.filter { !$0.hasPrefix("part ") }
      lines += [
        "  subgraph \(Self.quoted("cluster_\(run.group)")) {",
        "    label=\(Self.quoted(run.label + (reasons.isEmpty ? "" : "\n" + reasons.joined(separator: ", "))));",
        "    style=\"rounded,filled\"; fillcolor=\"\(fill)\"; fontsize=11;",
      ]
      lines += rows.filter { $0.group == run.group }.map { "  " + node($0) }
      lines.append("  }")
    }
    lines += rows.filter { $0.group == nil }.map(node)
    for row in rows {
      guard let above = handover.inventory[row.address]?.parent.function, handover.inventory[above] != nil else {
        continue
      }
      lines.append("  \(Self.quoted(above.description)) -> \(Self.quoted(row.address.description));")
    }
    return lines + ["}"]
  }

  private func node(_ row: Row) -> String {
    let end = [row.ids, row.driver, row.state].filter { !$0.isEmpty }.joined(separator: ", ")
    let isBlocking = row.state == "BLOCKS" ? ", penwidth=2, color=\"#b3261e\"" : ""
    let name = row.name.count > Self.longest ? row.name.prefix(Self.longest - 1) + "…" : row.name
    let label = "\(row.address.short)  \(name)\n\(end)"
    return "  \(Self.quoted(row.address.description)) [label=\(Self.quoted(label))\(isBlocking)];"
  }

  /// A string of graphviz: line breaks as `\n`, and no backslash or ampersand that would begin anything else.
  static func quoted(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      Clean.visible(line).reduce(into: "") { result, character in
        if character == "\"" || character == "\\" { result.append("\\") }
        if character == "&" { result.append("&amp;") } else { result.append(character) }
      }
    }
    return "\"" + lines.joined(separator: "\\n") + "\""
  }
}
