import Assignment
import Topology

extension Drawing {
  /// Why the selected group is one: a picture of its ties, the reason, what would split it and what proves it.
  func explainLines(width: Int) -> [StyledLine] {
    guard scene.inventory != nil, let id = subjectGroup else {
      return prose("No group: nothing to explain.", .dim, width)
    }
    guard let explained = scene.explained[id] else {
      return prose("The registers that decide are being read.", .dim, width)
    }
    var lines = explained.group.members.count > 1 ? picture(explained, width) + [StyledLine()] : []
    for (place, why) in explained.whys.enumerated() {
      if place > 0 { lines.append(StyledLine()) }
      lines += words(why, width)
    }
    if let reach = subject.flatMap({ explained.reaches[$0.address] }) {
      lines.append(StyledLine())
      lines += prose("Reset: \(reach.own) \(reach.bus)", reach.isAlarm ? .changed : .text, width)
    }
    lines.append(StyledLine())
    lines += prose("w  what if: what would split it, on paper", .hintText, width)
    if explained.needsWaking {
      lines.append(StyledLine())
      lines += prose("What is suspended was left asleep; this wakes it:", .dim, width)
      lines += prose("sudo viable why group:\(id) --wake", .logCall, width)
    }
    if explained.needsRoot {
      lines.append(StyledLine())
      lines += prose("Root can read what decides:", .dim, width)
      lines += prose("sudo viable why group:\(id)", .logCall, width)
    } else if explained.group.agrees == true, explained.group.members.count > 1 {
      lines.append(StyledLine())
      lines += prose("The kernel's rules, applied to these registers, come to this group.", .dim, width)
    }
    return lines
  }

  /// The IOMMU above whoever it sees, and everybody below whom they joined.
  private func picture(_ explained: Explained, _ width: Int) -> [StyledLine] {
    var lines: [StyledLine] = []
    if let requester = explained.requester {
      lines.append(StyledLine("IOMMU", .title))
      lines.append(StyledLine("│ requester ID \(requester.id)", .dim))
    }
    for line in TieTree(explained.group).lines() {
      var drawn = StyledLine(line.rule, .dim)
      drawn.add(explained.names[line.address] ?? line.address.short)
      if let tie = line.tie {
        let edge = Why.edge(tie.kind) + (tie.at == tie.to || explained.requester != nil ? "" : " at \(tie.at.short)")
        if drawn.width + 2 + Width.of(edge) <= width { drawn.add("  " + edge, .dim) }
      }
      lines.append(drawn)
    }
    return lines
  }

  private func words(_ why: Why, _ width: Int) -> [StyledLine] {
    let role: Role = [.override, .unexplained].contains(why.reason.kind) ? .stateWarning : .text
    var lines = prose(why.sentence, why.reason.kind == .unknown ? .changed : role, width)
    for (title, texts) in [("Splits it:", why.splits), ("Does not:", why.keeps)] where !texts.isEmpty {
      if layout.hasBorders { lines.append(StyledLine()) }
      for (place, text) in texts.enumerated() { lines += prose((place == 0 ? title + " " : "") + text, .text, width) }
    }
    if let risk = why.risk {
      if layout.hasBorders { lines.append(StyledLine()) }
      lines += prose("Risk: " + risk, .text, width)
    }
    if !why.evidence.isEmpty, layout.hasBorders { lines.append(StyledLine()) }
    for text in why.evidence { lines += prose(text, .dim, width, indent: 2) }
    return lines
  }
}
