import HostAccess
import Ownership
import Topology

extension Drawing {
  /// Which machine, under whose rules, what it holds, and whether the view is live.
  mutating func drawTitle() {
    let columns = layout.size.columns
    for column in 0..<columns { frame.put(" ", row: layout.title, column: column, style: Style(.title)) }
    let right = liveness()
    let wide = layout.tier == .wide
    let room = columns - right.width - 3
    // What goes first when it gets narrow: words of the counts, then the rules' name, then "READ-ONLY". On a simulated
    // machine the latter two matter most.
    let readOnly = scene.whyNoRun == nil ? [] : ["READ-ONLY"]
    let gap = String(repeating: " ", count: wide ? 4 : layout.hasBorders ? 3 : 2)
    let levels: [Brevity] = scene.rehearsal == nil ? [.full, .short] : [.full, .short, .verdicts]
    var forms = levels.map { level in
      scene.rehearsal == nil
        ? [place, rules] + readOnly + [counts(level)] : [place, acting] + readOnly + [rules, counts(level)]
    }
    let last = forms[0].count - 1
    let dropped = scene.rehearsal == nil ? [1, 1] : [last, last - 1]
    for least in dropped where forms[0].count > 2 && !forms.contains(where: { Width.of(join($0, gap)) <= room }) {
      for place in forms.indices { forms[place].remove(at: least) }
    }
    let kept = forms.first { Width.of(join($0, gap)) <= room } ?? forms[forms.count - 1]
    frame.put(Width.cut(join(kept, gap), to: room + 1), row: layout.title, column: 0, style: Style(.title))
    frame.draw(right, row: layout.title, column: columns - right.width - 1, limit: columns)
  }

  private func join(_ parts: [String], _ gap: String) -> String { " viable" + gap + parts.joined(separator: gap) }

  private var place: String {
    let name = Clean.visible(scene.place.name)
    let limit = layout.tier == .wide ? 48 : layout.hasBorders ? 28 : 20
    switch scene.place.kind {
    case .linux: return Paragraph.cutMiddle(name, to: limit)
    case .image: return "image " + Paragraph.cutMiddle(name, to: limit)
    case .scenario: return "sim " + Paragraph.cutMiddle(name, to: limit)
    }
  }

  /// Who makes the calls on a simulated machine.
  private var acting: String { scene.rehearsal.map { "as " + Clean.visible($0.caller.name) } ?? "" }

  private var rules: String {
    guard let host = scene.inventory?.host else { return "looking" }
    let set = scene.judge.rules
    if scene.rehearsal != nil { return "rules: \(set.rawValue)" }
    guard layout.tier == .wide, let release = host.kernelRelease.value else { return set.words }
    return "rules: \(set.words) (Linux \(Clean.visible(release)))"
  }

  /// How much is said of the counts.
  private enum Brevity { case full, short, verdicts }

  private func counts(_ brevity: Brevity) -> String {
    guard let inventory = scene.inventory else { return "" }
    let tally = scene.tally
    let (devices, groups) = (inventory.functions.count, inventory.groups.count)
    let (good, bad) = (scene.glyphs.count(good: tally.viable), scene.glyphs.count(bad: tally.blocked))
    if inventory.groups.isEmpty {
      let iommu = inventory.host.iommu == .off ? "IOMMU off" : "no IOMMU groups"
      if brevity == .verdicts { return iommu }
      return (layout.hasBorders && brevity == .full ? "\(devices) devices   " : "\(devices) dev  ") + iommu
    }
    var text: String
    if brevity == .verdicts {
      text = "\(good) \(bad) host \(tally.hostOwned)"
    } else if brevity == .short || !layout.hasBorders {
      text = "\(devices) dev  \(groups) grp  \(good) \(bad) host \(tally.hostOwned)"
    } else if scene.glyphs.isASCII {
      text = "\(devices) devices   \(groups) groups: \(tally.viable) viable  \(tally.blocked) blocked"
      text += "  \(tally.hostOwned) host"
    } else {
      text = "\(devices) devices   \(groups) groups: \(good) viable  \(bad) blocked  \(tally.hostOwned) host"
    }
    if tally.owned > 0 { text += "  \(tally.owned) open" }
    if tally.unknown > 0 { text += "  \(tally.unknown) ??" }
    return text
  }

  private func liveness() -> StyledLine {
    var line = StyledLine()
    if scene.showsGeneration { line.add("gen=\(scene.generation) ", .title) }
    line.add(scene.liveWord, .title)
    if layout.hasBorders, let change = scene.lastChange { line.add(" " + change.shortClock, .title) }
    return line
  }
}

extension Scene {
  /// Whether the view keeps itself true: `STOPPED` where a simulated kernel did, `live`, `live-` with a source missing, `poll 5s`, `paused`, `not live`.
  var liveWord: String {
    if whyStopped != nil { return "STOPPED" }
    if isPaused { return "paused" }
    guard let sources else { return "" }
    let all = [sources.uevents, sources.inotify]
    let isMissing = all.contains { if case .missing = $0 { true } else { false } }
    if !isMissing { return "live" }
    if all.contains(.live) { return "live-" }
    return sources.reconcile.map { "poll \($0)s" } ?? "not live"
  }
}

extension Moment {
  /// `12:04:11`, where milliseconds say nothing.
  var shortClock: String { String(clock.prefix(8)) }
}
