/// A journal's file: what it says in lines of words, so that a person can read it and nothing in it is ambiguous.
///
///     viable-journal 1
///     entry 12 1763866000 viable%20assign%20group:5
///     session 6f2c…-boot 0a11…-machine
///     step done unbind 0000:02:01.0 e1000
///     before 0000:02:01.0 =8086:100e:… sys/devices/… =e1000 - =5 -
///     inverse override 0000:02:01.0 e1000
///     inverse probe 0000:02:01.0 e1000
///     end 1
extension Entry {
  /// The whole file.
  public var text: String {
    var lines = [["viable-journal", "1"], ["entry", "\(number)", "\(time)", title]]
    lines.append(["session", session.boot, session.machine])
    for record in records {
      lines.append(["step", record.state.rawValue] + record.effect.words)
      if let before = record.before { lines.append(["before"] + before.words) }
      lines += record.inverse.map { ["inverse"] + $0.words }
    }
    lines.append(["end", "\(records.count)"])
    return lines.map { $0.map { Field.word($0) }.joined(separator: " ") + "\n" }.joined()
  }

  /// Reads what `text` gives and nothing else: effects that are not permitted, more lines, fewer lines, or a file cut
  /// short are told by line.
  public init(text: String) throws(Misreading) {
    var reader = EntryReader(text)
    self = try reader.entry()
  }

  /// What is wrong with a journal's file, and where.
  public struct Misreading: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1.
    public var line: Int
    /// What was expected there.
    public var expected: String
    /// Both.
    public init(line: Int, expected: String) {
      self.line = line
      self.expected = expected
    }
    /// `line 3: expected …`.
    public var description: String { "line \(line): expected \(expected)" }
  }
}

private struct EntryReader {
  private static let limit = 1_000_000_000
  private let lines: [[String]?]
  private var next = 0
  /// Where something was looked for last, from 0.
  private var place = 0

  init(_ text: String) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    self.lines = lines.map { line in
      let words = line.split(separator: " ", omittingEmptySubsequences: false).map { Field.text($0) }
      return words.contains(nil) ? nil : words.compactMap(\.self)
    }
  }

  mutating func entry() throws(Entry.Misreading) -> Entry {
    guard take("viable-journal", 1) == ["1"] else { throw misreading("viable-journal 1") }
    guard let head = take("entry", 3), let number = Self.number(head[0]), number > 0, let time = Int64(head[1]),
      String(time) == head[1]
    else { throw misreading("entry NUMBER TIME TITLE") }
    // Nobody counts that far, and the next act has the next number.
    guard number < Self.limit else { throw misreading("entry NUMBER TIME TITLE, with a number below \(Self.limit)") }
    guard let session = take("session", 2) else { throw misreading("session BOOT MACHINE") }
    var records: [Record] = []
    while let step = take("step") { records.append(try record(step)) }
    guard let end = take("end", 1), Self.number(end[0]) == records.count else {
      throw misreading("step, before, inverse, or end \(records.count)")
    }
    place = next
    guard next == lines.count else { throw misreading("nothing after the end") }
    return Entry(
      number: number, title: head[2], time: time, session: Entry.Session(boot: session[0], machine: session[1]),
      records: records)
  }

  private mutating func record(_ step: [String]) throws(Entry.Misreading) -> Record {
    guard let state = step.first.flatMap({ Record.State(rawValue: $0) }),
      let effect = Effect(words: Array(step.dropFirst()))
    else { throw misreading("step STATE EFFECT, with an effect that is permitted") }
    var before: Reading?
    if let words = take("before") {
      guard let reading = Reading(words: words), reading.subject == effect.subject else {
        throw misreading("before READING, of what the step changes")
      }
      before = reading
    } else if effect.subject != nil {
      throw misreading("before READING, of what the step changes")
    }
    var inverse: [Effect] = []
    while let words = take("inverse") {
      guard let effect = Effect(words: words), effect.subject != nil, effect.subject == before?.subject else {
        throw misreading("inverse EFFECT, with an effect that is permitted on what the step changes")
      }
      inverse.append(effect)
    }
    return Record(effect, inverse: inverse, before: before, state: state)
  }

  /// The words of the next line after its first, if that is `keyword`, and as many as asked for.
  private mutating func take(_ keyword: String, _ count: Int? = nil) -> [String]? {
    place = next
    guard next < lines.count, let words = lines[next], words.first == keyword else { return nil }
    if let count, words.count != count + 1 { return nil }
    next += 1
    return Array(words.dropFirst())
  }

  private static func number(_ text: String) -> Int? { Int(text).flatMap { String($0) == text ? $0 : nil } }

  private func misreading(_ expected: String) -> Entry.Misreading {
    Entry.Misreading(line: place + 1, expected: expected)
  }
}
