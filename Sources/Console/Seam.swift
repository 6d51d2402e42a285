import HostAccess
import Ownership
import Topology

// What the behaviour half provides, as small as frames need it to be.

extension Action {
  func unavailable(in scene: Scene) -> String? { nil }
}

struct MenuItem: Hashable, Sendable {
  var action: Action.ID
  var title: String
  var detail: String
  var reason: String?
}

struct Tally: Hashable, Sendable {
  var viable = 0
  var blocked = 0
  var hostOwned = 0
  var owned = 0
  var unknown = 0
}

extension Scene {
  var tally: Tally {
    var tally = Tally()
    for verdict in verdicts.values {
      switch verdict.state {
      case .viable: tally.viable += 1
      case .blocked: tally.blocked += 1
      case .hostOwned: tally.hostOwned += 1
      case .owned: tally.owned += 1
      case .unknown: tally.unknown += 1
      }
    }
    return tally
  }
}

extension LogBook {
  var shown: [Entry] { entries }
  var expanded: Set<Int> { [] }
  func place(in shown: [Entry]) -> Int? { shown.isEmpty ? nil : shown.count - 1 }
}

extension Scene {
  var hints: [Action] {
    let here: Action.Context = prompt != nil ? .prompt : overlay != nil ? .overlay : .global
    return Action.all.filter {
      $0.priority > 0 && ($0.contexts.contains(here) || here == .global && $0.contexts.contains(.devices))
    }.sorted { $0.priority < $1.priority }
  }

  func menu() -> [MenuItem] {
    let name = rows.indices.contains(cursor.row) ? rows[cursor.row].address?.short ?? "" : ""
    return [
      MenuItem(action: .open, title: "Show every fact of \(name)", detail: "pane 5", reason: nil),
      MenuItem(action: .markGroup, title: "Mark all 3 functions of group 5", detail: "a group goes as a whole", reason: nil),
      MenuItem(action: .clearMarks, title: "Clear all marks", detail: "", reason: "nothing is marked"),
      MenuItem(action: .copyCommand, title: "Copy as a command line", detail: "viable show", reason: nil),
      MenuItem(action: .copyShell, title: "Copy the shell commands that free it", detail: "1 blocker", reason: nil),
      MenuItem(action: .onlyGroup, title: "Show only this group's log", detail: "pane 4", reason: nil),
      MenuItem(action: .rescan, title: "Read the machine again", detail: "all of it", reason: nil),
    ]
  }

  var menuSelected: Int { 0 }

  func colour(of group: GroupID) -> Role { Role.groups[Int(group.number) % Role.groups.count] }

  var states: States { States(scene: self) }

  fileprivate func state(of address: Address) -> DeviceState? {
    guard let function = inventory?[address] else { return nil }
    let judge = Judge(rules: .explicitLinux)
    guard let group = function.group.value, let verdict = verdicts[group] else {
      return judge.state(ofUngrouped: function)
    }
    return verdict.devices.first { $0.address == address }?.state ?? .unknown
  }

  /// Takes input in.
  public mutating func receive(_ input: Input, at: Moment) -> [Request] {
    switch input {
    case .inventory(let new, let able): (inventory, capabilities, generation) = (new, able, generation + 1)
    case .difference(let difference, _):
      inventory?.apply(difference)
      lastChange = at
    case .resize(let size): self.size = size
    case .sources(let sources): self.sources = sources
    case .note(let note):
      message = note
      log.entries.append(.init(number: log.entries.count + 1, at: at, note: note))
    case .key(let key): take(key)
    case .mouse, .paste, .themes, .tick: break
    }
    refreshRows()
    return []
  }

  private mutating func take(_ key: Key) {
    guard var typing = prompt else {
      if key == .character("\\") { prompt = Prompt(kind: .filter, text: "", cursor: 0, before: "", complaint: nil) }
      if key == .character("/") { prompt = Prompt(kind: .find, text: "", cursor: 0, before: "", complaint: nil) }
      return
    }
    switch key {
    case .character(let character): typing.text.append(character)
    case .control("u"): typing.text = ""
    case .enter, .escape: prompt = nil
    default: break
    }
    if key == .escape { filter.text = "" } else if typing.kind == .filter { filter.text = typing.text }
    if prompt != nil { prompt = typing }
  }

  mutating func refreshRows() {
    guard let inventory else { return }
    let judge = Judge(rules: .explicitLinux, asked: Set(marks.map(\.address)))
    verdicts = [:]
    for group in inventory.groups { verdicts[group.id] = judge.verdict(on: group, in: inventory) }
    var lines = Tree(inventory).lines
    if !filter.text.isEmpty {
      let wanted = Set(
        inventory.functions.filter { DeviceText.name(of: $0, names: inventory.names).contains(filter.text) }
          .map(\.address))
      let groups = Set(wanted.compactMap { inventory[$0]?.group.value })
      lines = lines.filter { wanted.contains($0.address) || inventory[$0.address]?.group.value.map(groups.contains) ?? false }
      rows = lines.map { row($0, isContext: !wanted.contains($0.address)) }
      let hidden = inventory.functions.count - rows.count
      if hidden > 0 { rows.append(Row(content: .hidden(hidden), depth: 0, isLast: true, passes: 0, group: nil, lanes: [], isFolded: false, isContext: false)) }
    } else {
      rows = lines.map { row($0, isContext: false) }
    }
    layLanes()
  }

  private func row(_ line: Tree.Line, isContext: Bool) -> Row {
    Row(
      content: .function(line.address), depth: line.depth, isLast: line.isLast, passes: line.passes,
      group: inventory?[line.address]?.group.value, lanes: [.none, .none], isFolded: false, isContext: isContext)
  }

  private mutating func layLanes() {
    var spans: [GroupID: (Int, Int)] = [:]
    for (index, row) in rows.enumerated() {
      if let group = row.group { spans[group] = (spans[group]?.0 ?? index, index) }
    }
    var ends = [-1, -1]
    for (group, span) in spans.sorted(by: { $0.value.0 < $1.value.0 }) where span.0 < span.1 {
      guard let lane = ends.firstIndex(where: { $0 < span.0 }) else { continue }
      ends[lane] = span.1
      for index in span.0...span.1 {
        rows[index].lanes[lane] =
          index == span.0 ? .first : index == span.1 ? .last : rows[index].group == group ? .member : .passing
      }
    }
  }
}

extension Note.Kind {
  /// The word of the log.
  var word: String {
    switch self {
    case .scan: "scan"
    case .change: "change"
    case .event: "event"
    case .error: "error"
    case .done: "done"
    }
  }
}

extension Tier {
  /// How many lanes the margin may have.
  var lanes: Int {
    switch self {
    case .tooSmall, .compact: 1
    case .standard: 2
    case .wide: 3
    }
  }
}

extension Moment {
  /// `12:04:11`.
  private var toSeconds: String {
    let seconds = Int(sinceMidnight / 1000)
    return [seconds / 3600, seconds / 60 % 60, seconds % 60].map(Self.two).joined(separator: ":")
  }

  /// `12:04:11.203`.
  var clock: String {
    let rest = String(sinceMidnight % 1000)
    return toSeconds + "." + String(repeating: "0", count: 3 - rest.utf8.count) + rest
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}

struct States {
  let scene: Scene
  subscript(address: Address) -> DeviceState? { scene.state(of: address) }
}
