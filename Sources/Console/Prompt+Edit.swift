import Topology

extension Prompt {
  /// Puts text in at the cursor.
  mutating func insert(_ more: String) {
    let place = text.index(text.startIndex, offsetBy: min(cursor, text.count))
    let before = text.count
    text.insert(contentsOf: more, at: place)
    // A combining mark joins the character before it, so count what became of the whole.
    cursor = min(max(0, cursor + text.count - before), text.count)
  }

  /// Takes away the characters in a range.
  mutating func remove(_ range: Range<Int>) {
    let range = range.clamped(to: 0..<text.count)
    guard !range.isEmpty else { return }
    let start = text.index(text.startIndex, offsetBy: range.lowerBound)
    text.removeSubrange(start..<text.index(start, offsetBy: range.count))
    cursor = min(range.lowerBound, text.count)
  }

  /// Where the word before the cursor begins, blanks after it included.
  var wordStart: Int {
    let head = Array(text.prefix(cursor))
    var place = head.count
    while place > 0, head[place - 1] == " " { place -= 1 }
    while place > 0, head[place - 1] != " " { place -= 1 }
    return place
  }

  /// Shows what was typed `step` prompts further back (or, negative, later).
  mutating func recall(_ step: Int, from history: [String]) {
    let next = min(max(0, recalled + step), history.count)
    guard next != recalled else { return }
    if recalled == 0 { draft = text }
    recalled = next
    text = next == 0 ? draft : history[history.count - next]
    cursor = text.count
  }
}

extension Scene {
  /// Opens a prompt. Over the help it searches the help, over the menu the menu.
  mutating func ask(_ kind: Prompt.Kind) {
    let text = kind == .filter ? filter.text : ""
    let before = kind == .filter ? filter.text : find.text
    prompt = Prompt(kind: kind, text: text, cursor: text.count, before: before, complaint: nil, origin: cursor)
    if case .menu(let selected) = overlay { prompt?.item = selected }
  }

  /// A key that edits; false when it is no business of the prompt.
  mutating func edit(_ id: Action.ID) -> Bool {
    guard let typed = prompt else { return false }
    switch id {
    case .left: prompt?.cursor = max(0, typed.cursor - 1)
    case .right: prompt?.cursor = min(typed.text.count, typed.cursor + 1)
    case .lineStart: prompt?.cursor = 0
    case .lineEnd: prompt?.cursor = typed.text.count
    case .rubOut: change { $0.remove(($0.cursor - 1)..<$0.cursor) }
    case .deleteNext: change { $0.remove($0.cursor..<($0.cursor + 1)) }
    case .clearLine: change { $0.remove(0..<$0.text.count) }
    case .rubOutWord: change { $0.remove($0.wordStart..<$0.cursor) }
    case .older: change { [past = history[typed.kind] ?? []] in $0.recall(1, from: past) }
    case .newer: change { [past = history[typed.kind] ?? []] in $0.recall(-1, from: past) }
    case .complete: complete()
    case .accept: accept()
    case .cancel: cancel()
    default: return false
    }
    return true
  }

  /// Types into the prompt.
  mutating func type(_ text: String) {
    change { $0.insert(text) }
  }

  private mutating func change(_ edit: (inout Prompt) -> Void) {
    guard var typed = prompt else { return }
    let before = typed.text
    edit(&typed)
    prompt = typed
    if typed.text != before { preview() }
  }

  /// Shows at once what the text does. What is not understood leaves the last good result.
  private mutating func preview() {
    guard let typed = prompt else { return }
    switch typed.kind {
    case .find:
      if case .help = overlay {
        overlay = .help(scroll: 0, search: typed.text)
      } else if case .menu = overlay {
        let complaint = seekItem(typed.text, from: typed.item ?? 0)
        prompt?.complaint = complaint
      } else if focus != .log {
        let complaint = seek(typed.text, from: typed.origin ?? cursor)
        prompt?.complaint = complaint
      }
    case .filter:
      do throws(FilterComplaint) {
        filter = try Filter(parsing: typed.text)
        prompt?.complaint = nil
        refreshRows(around: typed.origin)
      } catch {
        prompt?.complaint = error.text
      }
    }
  }

  /// Rows anew while a filter is typed. Half a word may hide what was selected: it is selected again as soon as it
  /// shows again; until then, the nearest function that the filter finds.
  private mutating func refreshRows(around origin: Cursor?) {
    if let origin { (cursor.anchor, cursor.content) = (origin.anchor, origin.content) }
    refreshRows(.key)
    let found = rows.indices.filter { rows[$0].address != nil && !rows[$0].isContext }
    let row = cursor.row
    guard origin.flatMap({ place(of: $0) }) == nil, let nearest = found.min(by: { abs($0 - row) < abs($1 - row) })
    else { return }
    select(row: nearest)
  }

  private mutating func complete() {
    guard let typed = prompt, typed.kind == .filter else { return }
    let drivers = Set((inventory?.functions ?? []).compactMap(\.driver.value))
    let (text, cursor) = Filter.completion(of: typed.text, at: typed.cursor, drivers: drivers)
    change {
      $0.text = text
      $0.cursor = cursor
    }
  }

  private mutating func accept() {
    guard let typed = prompt else { return }
    if typed.complaint != nil, typed.kind == .filter { return }
    prompt = nil
    remember(typed)
    guard typed.kind == .find else { return }
    if case .help = overlay { return }
    if case .menu = overlay {
      message = typed.complaint.map { Note(.error, $0) }
      return
    }
    find.text = typed.text.isEmpty ? typed.before : typed.text
    if let complaint = typed.complaint {
      message = Note(.error, complaint)
    } else if focus != .log, !typed.text.isEmpty, let folded = foldNote(Needle(typed.text), at: cursor.row) {
      message = folded
    }
    if focus == .log { findAgain(forward: false) }
  }

  private mutating func remember(_ typed: Prompt) {
    guard !typed.text.isEmpty, history[typed.kind]?.last != typed.text else { return }
    let past = (history[typed.kind] ?? []) + [typed.text]
    history[typed.kind] = past.suffix(Self.longestHistory)
  }

  private static let longestHistory = 100

  /// Back to what was in force before.
  private mutating func cancel() {
    guard let typed = prompt else { return }
    prompt = nil
    if typed.kind == .filter {
      filter = (try? Filter(parsing: typed.before)) ?? Filter()
      cursor = typed.origin ?? cursor
      refreshRows(.key)
    } else if case .help = overlay {
      overlay = .help(scroll: 0, search: "")
    } else if case .menu(let selected) = overlay {
      overlay = .menu(selected: typed.item ?? selected)
    } else if let origin = typed.origin, let place = place(of: origin) {
      cursor.top = origin.top
      select(row: place)
    }
  }
}
