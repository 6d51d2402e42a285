import HostAccess
public import Ownership
public import Topology

/// A plan in plain lines, in the order in which a person should read them: what it is about, every step to the byte,
/// what it would cost, who stays as it is, what is true afterwards, how it is taken back, and what to type for it.
public struct Preview: Hashable, Sendable {
  /// What would be done, in a line: `Bind 02:01.0 and 02:02.0 of group 5 to vfio-pci`.
  public var title: String
  /// The parts that have anything to say, in order.
  public var sections: [Section]

  /// One part.
  public struct Section: Hashable, Sendable {
    /// Which. The raw values are its headings.
    public enum Subject: String, Hashable, Sendable, CaseIterable {
      case steps = "STEPS"
      case calls = "CALLS"
      /// What opened devices say of themselves.
      case devices = "DEVICES"
      case files = "FILES"
      case consequences = "CONSEQUENCES"
      case untouched = "UNTOUCHED"
      case after = "AFTER"
      case undo = "UNDO"
      case command = "COMMAND"
    }
    /// Which.
    public var subject: Subject
    /// What it says.
    public var lines: [Line]
  }

  /// One line, cleaned.
  public struct Line: Hashable, Sendable {
    /// What it says.
    public var text: String
    /// The step that it tells of, from 0.
    public var step: Int?
    /// How grave it is, for a consequence.
    public var severity: Severity?
    init(_ text: String, step: Int? = nil, severity: Severity? = nil) {
      self.text = text
      self.step = step
      self.severity = severity
    }
  }

  /// The whole as text, a line a line.
  public var text: [String] {
    var lines = [title]
    for section in sections {
      lines += ["", section.subject.rawValue]
      lines += section.lines.map { line in
        let number = line.step.map { "\($0 + 1)".padded(to: 3) } ?? ""
        let mark = line.severity.map { Self.mark($0) + " " } ?? ""
        return "  " + number + mark + line.text
      }
    }
    return lines
  }

  private static func mark(_ severity: Severity) -> String {
    switch severity {
    case .low: "-"
    case .medium: "!"
    case .lockout: "!!"
    }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - utf8.count)) }
}

extension Plan {
  /// The plan in plain lines. `inventory` is the machine that it was made for; `number` is the entry of the journal
  /// that it will be kept as.
  public func preview(
    in inventory: Inventory, rules: RuleSet = .explicitLinux, number: Int? = nil, labels: [Address: String] = [:]
  ) -> Preview {
    let names = Naming(self.labels.merging(labels) { _, given in given })
    let sections: [(Preview.Section.Subject, [Preview.Line])] = [
      (.steps, steps.enumerated().map { Preview.Line($1.effect.line, step: $0) }),
      (.files, steps.flatMap { Self.file($0.effect) }),
      (.consequences, told.map { Preview.Line($0.text, severity: $0.severity) }),
      (.untouched, untouched.map { Preview.Line("\(names[$0.address]): \($0.why.sentence)") }),
      (.after, after(inventory, rules, names).map { Preview.Line($0) }),
      (.undo, steps.isEmpty ? [] : [Preview.Line(undo(number))]),
      (.command, [Preview.Line(commandLine)]),
    ]
    return Preview(
      title: title(names),
      sections: sections.filter { !$0.1.isEmpty }.map { Preview.Section(subject: $0.0, lines: $0.1) })
  }

  /// A file whose text is no single line is shown whole.
  private static func file(_ effect: Effect) -> [Preview.Line] {
    guard case .writeFile(let file, let text?) = effect, !effect.isLine else { return [] }
    let lines = (text.hasSuffix("\n") ? text.dropLast() : text[...]).split(
      separator: "\n", omittingEmptySubsequences: false)
    return [Preview.Line(Clean.visible(file.path))] + lines.map { Preview.Line("  " + Clean.visible(String($0))) }
  }

  /// What functions are called for want of anything better: by their class.
  var labels: [Address: String] {
    Dictionary(
      assumptions.compactMap { binding in binding.identity.value.map { (binding.address, $0.classCode.noun) } }
    ) { first, _ in first }
  }

  private func title(_ names: Naming) -> String {
    guard !steps.isEmpty else { return "Nothing has to be done" }
    let members = (touched.isEmpty ? filed : touched).map { names[$0] }
    let group = groups.count == 1 ? groups.first.map { " of group \($0.id)" } ?? "" : ""
    let who = names.list(members) + group
    switch intent.verb {
    case .release: return "Take the driver from \(who)"
    case .assign where touched.isEmpty: return "Keep \(who) assigned over reboots"
    case .assign:
      let drivers = Set(
        steps.compactMap { step in if case .probe(_, let driver?) = step.effect { driver } else { nil } })
      return drivers.isEmpty
        ? "Take the driver from \(who)" : "Hand \(who) to \(names.list(drivers.sorted().map { Clean.visible($0) }))"
    case .restore where touched.isEmpty: return "End the assignment of \(who) over reboots"
    case .restore: return "Give back \(who)"
    case .grant, .revoke:
      let what = names.list(steps.compactMap { $0.effect.subject }.map { Clean.visible("\($0)") })
      let user = intent.grantee.map { "\(Clean.visible($0.name)) (uid \($0.uid))" } ?? "its user"
      return intent.verb == .grant ? "Give \(user) \(what)" : "Take back \(what)"
    case .virtualFunctions:
      let count = intent.count ?? 0
      return count == 0
        ? "Remove the virtual functions of \(who)"
        : "Make \(count) virtual \(count == 1 ? "function" : "functions") of \(who)"
    }
  }

  /// The functions whose files alone change.
  private var filed: [Address] {
    steps.compactMap { step in
      if case .writeFile(let file, _) = step.effect { file.address } else { nil }
    }.reduce(into: []) { found, address in if !found.contains(address) { found.append(address) } }
  }

  private func undo(_ number: Int?) -> String {
    if intent.verb == .restore {
      return "nothing of this is kept in the journal: assign or release again to have it as it is now"
    }
    let writes = steps.reversed().flatMap(\.inverse).map(\.phrase)
    let kept = number.map { " (kept as journal entry \($0))" } ?? ""
    return (writes.isEmpty ? "nothing can be taken back" : writes.joined(separator: ", ")) + kept
  }
}

extension Plan.Untouched.Why {
  /// Why it stays as it is, after its name.
  public var sentence: String {
    switch self {
    case .already(nil): "has no driver already"
    case .already(let driver?): "is with \(Clean.visible(driver)) already"
    case .counted(0): "has no virtual functions already"
    case .counted(let count): "has \(count) virtual \(count == 1 ? "function" : "functions") already"
    case .bridge(nil): "a bridge without a driver, in nobody's way"
    case .bridge(let driver?): "a bridge; \(Clean.visible(driver)) is in nobody's way"
    case .notNamed: "was not named, and stays as it is"
    case .harmless(nil): "has no driver, in nobody's way"
    case .harmless(let driver?): "\(Clean.visible(driver)) is in nobody's way"
    case .unrecorded(nil): "has no driver, and nothing is recorded of it"
    case .unrecorded(let driver?): "is with \(Clean.visible(driver)), and nothing is recorded of it"
    case .gone: "is not there any more"
    case .otherCard(let recorded, let entry):
      "has a record of another card in journal entry \(entry) (\(Clean.visible(recorded))): that is void, and nothing of "
        + "it is replayed"
    }
  }
}
