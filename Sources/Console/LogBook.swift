import Topology

/// Every look, change and event, oldest first, at most 2 000.
struct LogBook: Hashable, Sendable {
  struct Entry: Hashable, Sendable {
    var number: Int
    var at: Moment
    var note: Note
    /// The group it is about, when it is about one.
    var group: GroupID?
  }
  var entries: [Entry] = []
  /// Whether the newest line stays in sight.
  var isFollowing = true
  /// Only lines of this group are shown.
  var onlyGroup: GroupID?
  /// Only errors are shown.
  var onlyErrors = false
  /// Numbers of the lines that are shown in full.
  var expanded: Set<Int> = []
  /// Number of the line that stands out; nil stands for the newest.
  var selected: Int?
  /// Number of the newest change made by others.
  var newest: Int?
  private var count = 0

  /// How many lines are kept.
  static let limit = 2000

  /// Adds a line, and drops the oldest where there are too many.
  mutating func add(_ note: Note, group: GroupID? = nil, at now: Moment) {
    count += 1
    entries.append(Entry(number: count, at: now, note: note, group: group))
    if note.kind == .change || note.kind == .event { newest = count }
    // The culprits stand at the end of a refusal.
    if note.kind == .refused { expanded.insert(count) }
    if entries.count > Self.limit {
      entries.removeFirst(entries.count - Self.limit)
      expanded = expanded.filter { $0 >= entries[0].number }
    }
  }

  /// The lines that are shown.
  var shown: [Entry] {
    guard onlyGroup != nil || onlyErrors else { return entries }
    return entries.filter { entry in
      (onlyGroup == nil || entry.group == onlyGroup)
        && (!onlyErrors || entry.note.kind == .error || entry.note.kind == .refused)
    }
  }

  /// The newest line that tells something.
  var telling: Entry? { entries.last { $0.note.kind != .quiet } }

  /// The newest change made by others.
  var news: Entry? { newest.flatMap { number in entries.last { $0.number == number } } }

  /// Index into `shown` of the line that stands out; nil when there is none.
  func place(in shown: [Entry]) -> Int? {
    guard !shown.isEmpty else { return nil }
    guard let selected, !isFollowing else { return shown.count - 1 }
    return shown.firstIndex { $0.number >= selected } ?? shown.count - 1
  }

  /// Moves what stands out by `lines`; at the newest line it follows again.
  mutating func move(by lines: Int) {
    let shown = shown
    guard let place = place(in: shown) else { return }
    let next = min(max(0, place + lines), shown.count - 1)
    selected = shown[next].number
    isFollowing = next == shown.count - 1
  }
}

extension LogBook.Entry {
  /// `12:04:11.203 #41 change 02:02.0 driver sym53c8xx -> vfio-pci`, cleaned.
  var sentence: String { "\(at.clock) #\(number) \(note.kind.word) \(Clean.visible(note.text))" }

  /// The line as one JSON object.
  var json: String {
    var json = JSONLine()
    json.add("schema", string: "viable/1")
    json.add("number", raw: String(number))
    json.add("time", string: at.clock)
    json.add("kind", string: note.kind.word)
    json.add("group", raw: group.map(\.description) ?? "null")
    json.add("text", string: note.text)
    return json.text
  }
}

extension Note.Kind {
  /// The word in the log's column.
  var word: String {
    switch self {
    case .scan: "scan"
    case .change: "change"
    case .event, .quiet: "event"
    case .error: "error"
    case .done: "done"
    case .call: "call"
    case .refused: "call"
    }
  }
}

extension Moment {
  /// `12:04:11.203`.
  var clock: String {
    let (seconds, rest) = (sinceMidnight / 1000, sinceMidnight % 1000)
    let parts = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map { Self.padded($0, to: 2) }
    return parts.joined(separator: ":") + "." + Self.padded(rest, to: 3)
  }

  private static func padded(_ number: UInt32, to width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
