public import Ownership
public import Topology

/// What the console shows when it is asked "what if": changes that may be thought of at a device, and what one of them
/// would make of the groups. Nothing is touched.
public struct Supposition: Hashable, Sendable {
  /// What is asked.
  public struct Question: Hashable, Sendable {
    /// At which device.
    public var device: Address
    /// Changes that are taken as made.
    public var taken: [WhatIf.Change]
    /// The one that is tried; nil is the first that can be.
    public var tried: WhatIf.Change?

    /// Nothing taken yet, nothing tried.
    public init(_ device: Address, taken: [WhatIf.Change] = [], tried: WhatIf.Change? = nil) {
      self.device = device
      self.taken = taken
      self.tried = tried
    }
  }

  /// One change that may be thought of.
  public struct Offer: Hashable, Sendable {
    /// Which.
    public var change: WhatIf.Change
    /// A phrase: `move 02:01.0 to a slot of its own`.
    public var title: String
    /// Why it cannot be made, even on paper; nil where it can.
    public var obstacle: String?
  }

  /// A group, today's or as it would be.
  public struct Party: Hashable, Sendable {
    /// `group 5`, `of group 5`.
    public var title: String
    /// Who could own it; nil where nobody judges.
    public var state: GroupState?
    /// Its members, a line each.
    public var members: [String]
    /// What has to be known of it: that it is not certain, or who provides its isolation.
    public var remarks: [String] = []
  }

  /// What was asked.
  public var question: Question
  /// What may be thought of, given what is taken.
  public var offers: [Offer]
  /// The change that the rest speaks of; nil where none can be made.
  public var tried: WhatIf.Change?
  /// What is taken as made, a phrase each.
  public var taken: [String]
  /// `if 02:01.0 had a slot of its own`.
  public var condition: String
  /// Groups that would be no more, as they are.
  public var today: [Party]
  /// What would be in their place.
  public var then: [Party]
  /// What has to be kept in mind.
  public var notes: [String]
  /// The same question as a command.
  public var command: String

  /// Answers a question about a machine as it is on paper.
  public init(_ question: Question, _ paper: WhatIf, by witness: Witness, rules: RuleSet? = nil) {
    let blank = paper
    var (paper, notes) = Self.apply(question.taken, to: blank)
    self.question = question
    offers = paper.offers(for: question.device).map { offer in
      Offer(
        change: offer.change, title: witness.phrase(offer.change), obstacle: offer.obstacle)
    }
    // With nothing taken and nothing tried there is something to see all the same.
    let first = question.taken.isEmpty ? offers.first { $0.obstacle == nil } : nil
    let possible = offers.first { $0.change == question.tried && $0.obstacle == nil } ?? first
    tried = possible?.change
    if let possible { (paper, notes) = Self.apply(question.taken + [possible.change], to: blank) }
    taken = question.taken.map(witness.phrase)
    command =
      "viable why " + question.device.description
      + paper.changes.map { " --what-if " + $0.description }.joined()
    guard !paper.changes.isEmpty else {
      (condition, today, then, self.notes) = ("", [], [], notes)
      return
    }
    let regrouping = Regrouping(paper, rules: rules)
    condition = regrouping.condition
    today = regrouping.affected.map { group in
      Party(
        title: "group \(group.id)", state: regrouping.verdict(today: group).state,
        members: group.members.map { regrouping.member($0, by: witness) }, remarks: regrouping.remarks(today: group))
    }
    then = regrouping.changed.map { outcome in
      Party(
        title: regrouping.origin(of: outcome), state: regrouping.verdict(then: outcome)?.state,
        members: outcome.members.map { regrouping.member($0, by: witness) }, remarks: regrouping.remarks(on: outcome))
    }
    let gone = regrouping.gone
    if !gone.isEmpty { notes.append("Gone: " + witness.list(gone) + ".") }
    self.notes = notes + paper.notes
  }
}

extension Supposition {
  /// What stands of some changes made on paper, and what cannot be made.
  private static func apply(_ changes: [WhatIf.Change], to blank: WhatIf) -> (paper: WhatIf, notes: [String]) {
    var paper = blank
    var notes: [String] = []
    for change in WhatIf.Change.standing(changes) {
      do throws(WhatIfError) {
        try paper.apply(change)
      } catch {
        notes.append(error.description + ".")
      }
    }
    return (paper, notes)
  }
}

extension Witness {
  /// A change as a phrase that says what one would do.
  func phrase(_ change: WhatIf.Change) -> String {
    switch change {
    case .move(let device, let port): return "move \(card(device)) to the slot below \(port.short)"
    case .moveApart(let device): return "move \(card(device)) to a slot of its own, below a port with ACS"
    case .acs(let port, let isOn): return "switch ACS of \(name(port)) \(isOn ? "on" : "off")"
    case .remove(let device):
      let card = card(device)
      return "take out " + (card == device.short ? name(device) : card)
    case .virtualFunctions(let physical, 0): return "switch off the virtual functions of \(physical.short)"
    case .virtualFunctions(let physical, let count):
      return "switch on \(count == 1 ? "one virtual function" : "\(count) virtual functions") of \(physical.short)"
    case .withoutOverride: return "boot without pcie_acs_override"
    }
  }

  /// What goes with a function when it goes anywhere: all of its card.
  private func card(_ device: Address) -> String {
    let count = (0..<8).count { function in
      let other = Address(domain: device.domain, bus: device.bus, device: device.device, function: UInt8(function))
      return inventory[other].map { $0.physicalFunction == nil } ?? false
    }
    let slot = Selector.Slot(domain: device.domain, bus: device.bus, device: device.device).short
    return count > 1 && inventory[device]?.physicalFunction == nil ? "\(slot) (\(count) functions)" : device.short
  }
}
