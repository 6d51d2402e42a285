import HostAccess
import Ownership
import Topology

extension Drawing {
  /// Which machine, under whose rules, what it holds, and whether the view is live.
  mutating func drawTitle() {
    let columns = layout.size.columns
    for column in 0..<columns { frame.put(" ", row: 0, column: column, style: Style(.title)) }
    let right = liveness()
    let wide = layout.tier == .wide
    let room = columns - right.width - 3
    // What goes first when it gets narrow: the rules' name, then "READ-ONLY".
    let parts = [place, rules, "READ-ONLY", counts]
    let gap = String(repeating: " ", count: wide ? 4 : layout.hasBorders ? 3 : 2)
    var kept = parts
    for least in [1, 1] where Width.of(join(kept, gap)) > room && kept.count > 2 { kept.remove(at: least) }
    let text = " viable" + gap + kept.joined(separator: gap)
    frame.put(Width.cut(text, to: room + 1), row: 0, column: 0, style: Style(.title))
    frame.draw(right, row: 0, column: columns - right.width - 1, limit: columns)
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

  private var rules: String {
    guard let host = scene.inventory?.host else { return "looking" }
    let set = RuleSet.inForce(on: host.kernelRelease)
    guard layout.tier == .wide, let release = host.kernelRelease.value else { return set.words }
    return "rules: \(set.words) (Linux \(Clean.visible(release)))"
  }

  private var counts: String {
    guard let inventory = scene.inventory else { return "" }
    var states: [GroupState: Int] = [:]
    for verdict in scene.verdicts.values { states[verdict.state, default: 0] += 1 }
    func of(_ state: GroupState) -> Int { states[state] ?? 0 }
    let (devices, groups) = (inventory.functions.count, inventory.groups.count)
    let (good, bad) = (scene.glyphs.count(good: of(.viable)), scene.glyphs.count(bad: of(.blocked)))
    var text: String
    if inventory.groups.isEmpty {
      let iommu = inventory.host.iommu == .off ? "IOMMU off" : "no IOMMU groups"
      return (layout.hasBorders ? "\(devices) devices   " : "\(devices) dev  ") + iommu
    }
    if layout.hasBorders {
      text = "\(devices) devices   \(groups) groups: \(good) viable  \(bad) blocked  \(of(.hostOwned)) host"
    } else {
      text = "\(devices) dev  \(groups) grp  \(good) \(bad) host \(of(.hostOwned))"
    }
    if of(.owned) > 0 { text += "  \(of(.owned)) open" }
    if of(.unknown) > 0 { text += "  \(of(.unknown)) ??" }
    return text
  }

  private func liveness() -> StyledLine {
    var line = StyledLine()
    if scene.showsGeneration { line.add("gen=\(scene.generation) ", .title) }
    line.add(scene.liveWord, .title)
    if layout.hasBorders, let change = scene.lastChange { line.add(" " + change.clock, .title) }
    return line
  }
}

extension Scene {
  /// Whether the view keeps itself true: `live`, `live-` with a source missing, `poll 5s`, `paused`, `not live`.
  var liveWord: String {
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
  /// `12:04:11`.
  public var clock: String {
    let seconds = Int(sinceMidnight / 1000)
    return [seconds / 3600, seconds / 60 % 60, seconds % 60].map(Self.two).joined(separator: ":")
  }

  /// `12:04:11.203`.
  public var preciseClock: String {
    let rest = String(sinceMidnight % 1000)
    return clock + "." + String(repeating: "0", count: 3 - rest.utf8.count) + rest
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
