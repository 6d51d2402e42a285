import Assignment
import Ownership
import Topology

/// The story's own moves, with the view kept in step.
extension DemoScene {
  mutating func step() {
    _ = comparison.step()
    (scroll, message) = (0, nil)
    tidy()
  }

  mutating func back() {
    _ = comparison.back()
    scroll = 0
    tidy()
  }

  mutating func restart() {
    comparison.restart()
    scroll = 0
    tidy()
  }

  mutating func swap() {
    comparison.swapAsked()
    let asked = comparison.story.asked.map(label) ?? "the other device"
    retold("asked for now: \(asked)")
  }

  mutating func toggleFlag() {
    comparison.toggleFlag()
    retold(comparison.allowsUnused ? "the rest of the group may stay unused" : "the rest may not stay unused")
  }

  mutating func choose(_ models: [RuleSet]) {
    comparison.choose(models: models)
    first = 0
    retold("beside each other: " + models.map(\.rawValue).joined(separator: ", "))
  }

  private mutating func retold(_ words: String) {
    measure()
    (scroll, message) = (0, Note(.done, words))
    tidy()
  }

  /// How many steps the story has now. It depends on models, flag and swap, so it is found by going there.
  mutating func measure() {
    var whole = comparison
    whole.finish()
    count = whole.position
  }

  /// Why the flag has nothing to say in this story; nil when it has.
  var whyNoFlag: String? {
    let isWanted = comparison.story.acts.contains { act in
      switch act.wish {
      case .own, .attach: true
      default: false
      }
    }
    if !isWanted { return "nobody asks for a device in this story" }
    let hasFlag = comparison.models.contains(.implicitApril)
    return hasFlag ? nil : "only the implicit model of April has the flag; m chooses it"
  }
}

/// What is drawn of the story.
extension DemoScene {
  /// What people call a device: its label, else its short address.
  func label(_ address: Address) -> String {
    comparison.story.labels[address].map(Clean.visible) ?? address.short
  }

  /// The rows of the table in the order of their columns: the device asked for first, bridges last, and those outside
  /// its group after those in it.
  var devices: [Comparison.Row] {
    let (asked, swap) = (comparison.told.asked, comparison.told.swap)
    let table = comparison.table
    let group = table.first { $0.address == asked }?.group
    func rank(_ row: Comparison.Row) -> Int {
      if row.isBridge { return row.group == group ? 4 : 5 }
      return row.address == asked ? 0 : row.address == swap ? 1 : row.label == nil ? 3 : 2
    }
    return table.enumerated().sorted {
      (rank($0.element), $0.offset) < (rank($1.element), $1.offset)
    }.map(\.element)
  }

  /// The alarms of all models, each with the model's name.
  var alarms: [String] {
    comparison.sides.flatMap { side in
      comparison.alarms(of: side).map { "\(side.rules.set.rawValue): \($0.text)" }
    }
  }

  /// What stands above the table: where the story came out otherwise than it says, then the alarms.
  var warnings: [String] {
    comparison.deviations.map { "DEVIATES \($0.model.rawValue), act \($0.act + 1): \($0.found), not \($0.expected)" }
      + alarms.map { "ALARM " + $0 }
  }

  /// What the newest calls served, and what comes after it.
  var acts: (now: String?, next: String?) {
    let acts = comparison.story.acts
    guard comparison.position > 0 else { return (nil, acts.first?.title) }
    let now = acts.indices.contains(comparison.act) ? acts[comparison.act].title : nil
    guard comparison.position < count else { return (now, nil) }
    var after = comparison
    _ = after.step()
    if after.act == comparison.act { return (now, nil) }
    return (now, acts.indices.contains(after.act) ? acts[after.act].title : nil)
  }

  /// The act that a step served, on whichever side made a call.
  func act(at step: Int) -> Int? {
    comparison.sides.lazy.compactMap { $0.calls.indices.contains(step) ? $0.calls[step] : nil }.first?.act
  }

  /// What was said of this act, then of the whole story, each once.
  var words: [(act: String, saying: Demonstration.Saying)] {
    let acts = comparison.story.acts
    let order = acts.indices.sorted { left, right in
      (left == comparison.act ? -1 : left) < (right == comparison.act ? -1 : right)
    }
    return order.flatMap { place in acts[place].sayings.map { (acts[place].title, $0) } }
  }

  /// Whether a user's device can do DMA into a space of the user's, in words that name it.
  func dma(under model: Int) -> (isPossible: Bool, words: String) {
    if comparison.sides[model].world.ledger.isStopped { return (false, "no, the machine stopped") }
    let attached = comparison.table.filter { row in
      row.stands[model].map { $0.isAttached && $0.isUsers } ?? false
    }
    let names = attached.map { label($0.address) }
    return names.isEmpty ? (false, "no") : (true, "yes, " + names.joined(separator: " and "))
  }
}

extension RuleSet {
  /// A column's title: what kind of interface it is, and its name.
  var title: String {
    switch self {
    case .explicitLinux: "EXPLICIT group (Linux)"
    case .explicit2021: "EXPLICIT group (2021)"
    case .implicitApril: "IMPLICIT group (April)"
    case .implicitRFC1: "IMPLICIT (RFC, May)"
    case .implicitRFC2: "IMPLICIT (RFC, July)"
    case .autoUnbind: "AUTO-UNBIND (straw man)"
    case .iommufd: "IOMMUFD (Linux)"
    }
  }
}
