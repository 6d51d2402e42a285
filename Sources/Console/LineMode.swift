public import HostAccess
import Ownership
public import Topology

/// The console in plain lines, for screen readers and terminals that cannot move a cursor: numbered rows, whole
/// sentences, and changes announced as lines that begin with `change:`. The same scene behind it.
public struct LineMode: Sendable {
  var scene: Scene
  /// The row that `more` goes on from.
  private var position = 0
  /// Every event is later than the one before, so that nothing a person typed ever holds news back.
  var clock = Moment(milliseconds: 0, sinceMidnight: 0)

  /// Whether somebody types at a terminal: only then is what may lock somebody out agreed to.
  public var isAtTerminal = true
  /// The group whose explanation is on its way.
  var explaining: GroupID?
  /// The number of the newest line of the log that was told.
  var told = 0
  /// Who was told to hold what an act waits for.
  private var toldHolder: Holder?

  /// What a line to type in begins with.
  public static let prompt = "viable> "
  /// How many rows are told at once.
  private static let page = 20
  /// Longer than the scene holds news back after a key.
  private static let patience: UInt64 = 2000

  /// Lines instead of the scene's pictures.
  public init(_ scene: Scene) { self.scene = scene }

  /// What is said first: the machine in a sentence or two, its first rows, and how to go on.
  public mutating func begin() -> [String] {
    position = 0
    return LineMode.summary(scene) + more() + ["Type help for what can be typed."]
  }

  /// Answers one typed line.
  public mutating func receive(line: String) -> Reply {
    let words = line.split(whereSeparator: \.isWhitespace)
    if words.count == 1, ["quit", "q", "exit"].contains(words[0]) { return Reply(quit: true) }
    if isAsking { return agree(line) }
    guard let first = words.first else { return Reply(more()) }
    let rest = words.dropFirst().joined(separator: " ")
    if let number = Int(first), words.count == 1 { return Reply(row(number)) }
    if let reply = act(String(first), Array(words.dropFirst())) { return reply }
    if first == "wait", let reply = wait() { return reply }
    switch first {
    case "help", "h", "?": return Reply(Self.help)
    case "list", "l":
      position = 0
      return Reply(more())
    case "more", "m": return Reply(more())
    case "g", "group": return Reply(group(rest))
    case "next", "n": return Reply(nextBlocked())
    case "find", "f": return Reply(find(rest))
    case "filter": return Reply(filter(rest))
    default: return Reply(["\"\(Clean.visible(first))\" is not known here. Type help for what can be typed."])
    }
  }

  /// Takes in what became of the machine, and tells it.
  public mutating func take(_ difference: Difference, sources: Set<HostEvent.Source>, at now: Moment) -> [String] {
    let (old, verdicts) = (scene.inventory, scene.verdicts)
    advance(to: now)
    _ = scene.receive(.difference(difference, sources: sources), at: clock)
    advance(to: now)
    _ = scene.receive(.tick, at: clock)
    skipLog()
    return news(from: old, verdicts).map { "change: " + $0 } + holders()
  }

  /// Takes in what the journal has in force, and tells the groups that are judged otherwise for it.
  public mutating func take(recorded functions: Set<Address>, at now: Moment) -> [String] {
    let (old, verdicts) = (scene.inventory, scene.verdicts)
    advance(to: now)
    _ = scene.receive(.recorded(functions), at: clock)
    return news(from: old, verdicts).map { "change: " + $0 }
  }

  /// What became of the machine since, in sentences.
  func news(from old: Inventory?, _ verdicts: [GroupID: Verdict]) -> [String] {
    guard let old, let new = scene.inventory else { return [] }
    let difference = Difference(from: old, to: new)
    var lines = difference.changes(from: old).compactMap { Sentences.change($0, from: old, to: new) }
    for (id, verdict) in scene.verdicts.sorted(by: { $0.key < $1.key }) {
      guard let before = verdicts[id], before.state != verdict.state else { continue }
      lines.append("Group \(id) is now \(verdict.state.spoken), and was \(before.state.spoken).")
    }
    return lines
  }

  /// Who holds what an act waits for, told once.
  private mutating func holders() -> [String] {
    guard let waiting = scene.proceeding?.waiting, let address = waiting.effect.address,
      let holder = scene.inventory?.group(of: address)?.holders.value?.first, toldHolder != holder
    else { return [] }
    toldHolder = holder
    return ["\(Clean.visible(holder.node)) is held by \(Clean.visible(holder.command)) (process \(holder.process))."]
  }

  /// Takes in the whole machine, and tells what is not as it was.
  public mutating func take(_ inventory: Inventory, at now: Moment) -> [String] {
    if let old = scene.inventory {
      return take(Difference(from: old, to: inventory), sources: [], at: now)
    }
    advance(to: now)
    _ = scene.receive(.inventory(inventory), at: clock)
    return begin()
  }

  /// The functions that the answer to a line speaks of and of which only a listing was read.
  public func wanted(by line: String) -> Set<Address> {
    guard let inventory = scene.inventory else { return [] }
    let words = line.split(whereSeparator: \.isWhitespace)
    var group: GroupID?
    var addresses: [Address] = []
    if let first = words.first, let number = Int(first), scene.rows.indices.contains(number - 1) {
      let row = scene.rows[number - 1]
      group = row.group
      addresses = row.address.map { [$0] } ?? []
    } else if words.count == 2, words[0] == "g" || words[0] == "group" {
      group = UInt32(words[1]).map(GroupID.init)
    }
    addresses += group.flatMap { inventory[$0]?.members } ?? []
    return Set(addresses.filter { inventory[$0].map { $0.details == nil } ?? false })
  }

  /// What the slow look concerns.
  public var watched: Set<Address> { scene.watched }

  mutating func advance(to now: Moment? = nil) {
    clock.milliseconds = max(clock.milliseconds + Self.patience, now?.milliseconds ?? 0)
    clock.sinceMidnight = now?.sinceMidnight ?? clock.sinceMidnight
  }

  /// Presses keys of the list, whatever is under way.
  private mutating func press(_ keys: [Key]) {
    let overlay = scene.overlay
    scene.overlay = nil
    defer { scene.overlay = overlay }
    for key in keys {
      advance()
      _ = scene.receive(.key(key), at: clock)
    }
  }
}

extension LineMode {
  private static let help = [
    "A number tells all about that row. An empty line, or more, tells the next rows; list begins again.",
    "g 5 tells all about group 5. next goes to the next group that is not viable.",
    "find WORDS tells the rows that say these words.",
    "filter WORDS leaves only rows that match, with their whole groups; filter alone shows all again.",
    "why g 5 tells why its members are one group.",
    "assign 3, release 3 and restore 3 change the drivers of row 3, or of g 5, or of an address, with its whole group:",
    "  every step is told first, and done only when what is asked for is typed. undo and redo do the same.",
    "attach g 5 takes group 5 by the kernel's own calls, detach gives it back; both are told first.",
    "  On a simulated machine the calls are made at once; end qemu ends whoever holds it there, again starts it again.",
    "Changes of the machine are told by lines that begin with change:",
    "quit ends the program.",
  ]

  private mutating func more() -> [String] {
    let rows = scene.rows
    guard !rows.isEmpty else {
      guard let inventory = scene.inventory else { return ["Nothing is known of the machine yet."] }
      return inventory.functions.isEmpty ? Sentences.noDevices(inventory.host) : ["Nothing matches the filter."]
    }
    if rows.count == 1, case .hidden(let count) = rows[0].content {
      return ["Nothing matches the filter, which hides \(count == 1 ? "the one row" : "all \(count) rows")."]
    }
    if position >= rows.count { position = 0 }
    let end = min(rows.count, position + Self.page)
    var lines = (position..<end).map { Self.sentence(scene, row: $0) }
    position = end
    let left = rows.count - end
    lines.append(left == 0 ? "That is all." : "\(left) more rows: press Enter to hear on.")
    return lines
  }

  private mutating func row(_ number: Int) -> [String] {
    guard scene.rows.indices.contains(number - 1) else {
      return ["There is no row \(number): rows go from 1 to \(scene.rows.count)."]
    }
    position = number
    let row = scene.rows[number - 1]
    var lines = [Self.sentence(scene, row: number - 1)]
    switch row.content {
    case .function(let address): if let function = scene.inventory?[address] { lines += about(function) }
    case .gone(let function): lines += about(function)
    case .folded(_, let devices, _): lines += devices.compactMap { scene.inventory?[$0] }.map(short)
    case .group(let group): return self.group(group.description)
    case .ungrouped, .hidden: break
    }
    return lines
  }

  private func short(_ function: Function) -> String {
    let name = DeviceText.name(of: function, names: scene.inventory?.names ?? Names())
    return "\(function.address.short) \(name), \(Self.state(scene, function))."
  }

  private func about(_ function: Function) -> [String] {
    guard let inventory = scene.inventory else { return [] }
    var lines = ["Name in full: \(DeviceText.fullName(of: function, names: inventory.names))"]
    if let group = inventory.group(of: function.address), let verdict = scene.verdicts[group.id] {
      lines.append(Sentences.verdict(verdict, of: group, in: inventory, addresses: .short))
    } else if inventory.groups.isEmpty {
      lines += Sentences.noGroups(inventory.host)
    }
    return lines + Drawing.facts(of: function).map { "\($0.label): \($0.text)" }
  }

  private func group(_ text: String) -> [String] {
    guard let number = UInt32(text) else { return ["A group is named by its number: g 5"] }
    let id = GroupID(number)
    guard let inventory = scene.inventory, let group = inventory[id], let verdict = scene.verdicts[id] else {
      return ["There is no group \(number)."]
    }
    let count = group.members.count + group.others.count
    var lines = ["Group \(id), \(verdict.state.spoken), \(count == 1 ? "1 device" : "\(count) devices")."]
    lines.append(Sentences.verdict(verdict, of: group, in: inventory, addresses: .short))
    lines += group.members.compactMap { inventory[$0] }.map(short)
    if scene.whyStopped != nil {
      return lines + ["The machine stopped (PANIC), and no call returns: again starts it again."]
    }
    lines += Sentences.advice(verdict, of: group, in: inventory, addresses: .short)
    lines += Sentences.consequences(verdict, in: inventory, addresses: .short)
    let commands = Sentences.commands(verdict, of: group, in: inventory).map { Clean.visible(scene.acting($0)) }
    return commands.isEmpty ? lines : lines + [Sentences.intention(verdict)] + commands
  }

  private mutating func nextBlocked() -> [String] {
    let blocked = scene.verdicts.values.filter { $0.state == .blocked }.map(\.group)
    guard !blocked.isEmpty else { return ["No group is not viable."] }
    let order = scene.rows.indices.map { ($0 + position) % scene.rows.count }
    guard let row = order.first(where: { scene.rows[$0].group.map(blocked.contains) ?? false }),
      let id = scene.rows[row].group
    else { return ["The filter hides every group that is not viable."] }
    // On from the last row of this group.
    position = 1 + (scene.rows.lastIndex { $0.group == id } ?? row)
    return group(id.description)
  }

  private func find(_ words: String) -> [String] {
    guard !words.isEmpty else { return ["Find what? For instance: find ethernet"] }
    let wanted = words.lowercased()
    let found = scene.rows.indices.map { Self.sentence(scene, row: $0) }.filter { $0.lowercased().contains(wanted) }
    return found.isEmpty ? ["No row says \"\(Clean.visible(words))\"."] : found
  }

  private mutating func filter(_ words: String) -> [String] {
    press([.character("\\"), .control("u")] + words.map { .character($0) })
    let complaint = scene.prompt?.complaint
    press([complaint == nil ? .enter : .escape])
    position = 0
    if let complaint { return ["Not understood: \(Clean.visible(complaint))", "The rows are what they were."] }
    return more()
  }
}
