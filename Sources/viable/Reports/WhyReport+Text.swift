import Assignment
import Console
import HostAccess
import Ownership
import Topology

extension WhyReport {
  /// For people: each group with its tree of ties, the reasons, and what is missing.
  func text(into page: inout Page) {
    if found.survey.inventory.groups.isEmpty {
      for line in Sentences.noGroups(found.survey.inventory.host) { page.line(line) }
      return
    }
    if let pair { self.pair(pair, &page) }
    let explained = pair == nil ? groups : pair?.path == nil ? [] : groups
    for (place, group) in explained.enumerated() {
      if place > 0 || pair != nil { page.endLine() }
      if pair == nil { head(group, &page) }
      for why in whys(of: group) { self.why(why, &page) }
      resets(of: pair.map { [$0.first, $0.second] } ?? group.members, &page)
      foot(group, &page)
    }
    if !found.selection.isEverything { for group in foreign { self.foreign(group, &page) } }
    for address in pair == nil ? loose : [] {
      page.line("\(found.witness.call(address)) is in no IOMMU group: no IOMMU translates for it.")
      resets(of: [address], &page)
    }
    if needsRoot {
      page.endLine()
      page.line("Registers from byte 64 on are shown to root alone:", .dim)
      page.line("  " + retry)
    }
    if needsWaking {
      page.endLine()
      if found.survey.place.kind == .image {
        page.line("What was asleep when the image was taken is not in it; an image with it:", .dim)
        page.line("  sudo viable snapshot --wake")
      } else {
        page.line("What is suspended was left asleep; reading it wakes it:", .dim)
        page.line("  " + retry + " --wake")
      }
    }
    if found.selection.isEverything, whatIf == nil { totals(&page) }
    if let whatIf {
      if !groups.isEmpty || !loose.isEmpty { page.endLine() }
      whatIf.text(into: &page)
    }
  }

  /// Reasons of a group; between two devices only those on the way.
  private func whys(of group: TiedGroup) -> [Why] {
    guard let path = pair?.path else { return found.witness.whys(of: group) }
    let asked = Set(path.map { [$0.kind.rawValue, $0.at.description] })
    return found.witness.whys(of: group).filter {
      asked.contains([$0.reason.kind.rawValue, $0.reason.at.description])
    }
  }

  private func head(_ group: TiedGroup, _ page: inout Page) {
    page.put("group \(group.id)", .title)
    let others = found.survey.inventory[group.id]?.others ?? []
    page.put("  " + MachineText.count(group.members.count, "function"))
    if !others.isEmpty { page.put(", and \(others.map { Clean.visible($0.name) }.joined(separator: ", "))") }
    page.endLine()
    guard group.members.count > 1 else { return }
    for line in TieTree(group).lines(isASCII: page.look.isASCII) {
      page.put("  " + line.rule)
      if let tie = line.tie {
        page.put(Why.edge(tie.kind) + (tie.at == tie.to ? "" : " at \(tie.at.short)") + "  ", .dim)
      }
      page.put(found.witness.call(line.address))
      page.endLine()
    }
  }

  private func pair(_ pair: Pair, _ page: inout Page) {
    let witness = found.witness
    guard let path = pair.path else {
      let apart = witness.apart(pair.first, pair.second)
      paragraph(apart.sentence, indent: 0, apart.isAlarm ? .stateWarning : .text, &page)
      list("evidence", apart.evidence, &page)
      resets(of: [pair.first, pair.second], &page)
      return
    }
    page.line(found.survey.inventory.group(of: pair.first).map { "group \($0.id)" } ?? "no group", .title)
    var place = pair.first
    page.line("  " + witness.call(place))
    for tie in path {
      place = tie.member == place ? tie.to : tie.member
      page.put(page.look.isASCII ? "    | " : "    │ ")
      page.line(Why.edge(tie.kind) + " at \(tie.at.short)", .dim)
      page.line("  " + witness.call(place))
    }
  }

  private func why(_ why: Why, _ page: inout Page) {
    paragraph(why.sentence, indent: 2, why.reason.kind.role, &page)
    list("would split it", why.splits, &page)
    list("would not", why.keeps, &page)
    list("risk", why.risk.map { [$0] } ?? [], &page)
    list("evidence", why.evidence, &page)
  }

  private func list(_ title: String, _ lines: [String], _ page: inout Page) {
    for (place, line) in lines.enumerated() {
      page.tab(to: 4)
      if place == 0 { page.put(title, .dim) }
      let width = max(30, min(page.look.columns ?? 120, 120) - 20)
      for part in Paragraph.wrap(line, to: width) {
        page.tab(to: 20)
        page.line(part)
      }
    }
  }

  /// What resets reach, of the first of many.
  private func resets(of members: [Address], _ page: inout Page) {
    guard let resets = found.resets else { return }
    let reaches = resets.filter { members.contains($0.address) }.map(found.witness.reach)
    var lines = reaches.prefix(Self.mostResets).map { "\($0.own) \($0.bus)" }
    if reaches.count > Self.mostResets {
      lines.append("Of \(reaches.count - Self.mostResets) more: viable show DEVICE.")
    }
    list("reset", lines, &page)
  }

  private static let mostResets = 6

  private func paragraph(_ text: String, indent: Int, _ role: Role, _ page: inout Page) {
    let width = max(30, min(page.look.columns ?? 120, 120) - indent)
    for line in Paragraph.wrap(text, to: width) {
      page.tab(to: indent)
      page.line(line, role)
    }
  }

  private func foot(_ group: TiedGroup, _ page: inout Page) {
    let text =
      switch (group.agrees, group.cause) {
      case (true?, _): "The kernel's rules, applied to these registers, come to the same group."
      case (nil, _): "What the kernel's rules come to cannot be told."
      case (false?, nil): "The kernel's rules, applied to these registers, come to another group."
      case (false?, _): "The kernel's rules come to this group only for the cause that is named."
      }
    paragraph(text, indent: 2, .dim, &page)
  }

  private func foreign(_ group: Group, _ page: inout Page) {
    let names = group.others.map { Clean.visible($0.name) }.joined(separator: ", ")
    paragraph(
      "group \(group.id) has no PCI device" + (names.isEmpty ? "" : " (\(names))")
        + ": it was made by the rules of another bus and of its IOMMU's driver, of which nothing is read.", indent: 0,
      .text,
      &page)
  }

  private func totals(_ page: inout Page) {
    let agreeing = groups.count { $0.agrees == true }
    let unknown = groups.count { $0.agrees == nil }
    let asserted = groups.count(where: \.isAsserted)
    let unexplained = groups.count { $0.agrees == false && $0.cause == nil }
    page.endLine()
    var parts = ["\(agreeing) explained"]
    if asserted > 0 { parts.append("\(asserted) ISOLATED BY OVERRIDE ONLY") }
    let other = groups.count - agreeing - unknown - asserted - unexplained
    if other > 0 { parts.append("\(other) explained by what is named") }
    if unexplained > 0 { parts.append("\(unexplained) unexplained") }
    if unknown > 0 { parts.append("\(unknown) unknown") }
    if !foreign.isEmpty { parts.append("\(foreign.count) without a PCI device") }
    page.line(MachineText.count(groups.count + foreign.count, "group") + ": " + parts.joined(separator: ", "))
  }
}

extension Tie.Kind {
  /// How a reason looks: isolation that is only asserted is a warning, and so is what nobody can explain.
  var role: Role {
    switch self {
    case .override, .unexplained: .stateWarning
    case .unknown: .changed
    default: .text
    }
  }
}
