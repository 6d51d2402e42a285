public import Ownership
public import Topology

/// Groups and verdicts as they would be after changes on paper, beside today's.
public struct Regrouping: Sendable {
  /// What is changed.
  public let whatIf: WhatIf
  /// Every group as it would be.
  public let outcomes: [WhatIf.Outcome]
  private let machine: Inventory
  private let judge: Judge

  /// Works out the groups and who could own them, under the rules of the machine's kernel unless others are named.
  public init(_ whatIf: WhatIf, rules: RuleSet? = nil) {
    self.whatIf = whatIf
    outcomes = whatIf.outcomes()
    machine = whatIf.machine(outcomes)
    judge = Judge(rules: rules ?? .inForce(on: whatIf.inventory.host.kernelRelease))
  }

  /// Groups that would be others than today.
  public var changed: [WhatIf.Outcome] { outcomes.filter(\.isNew) }

  /// Groups of today that would not be any more, or not be the same.
  public var affected: [Group] {
    let kept = Set(outcomes.filter { !$0.isNew }.map(\.id))
    return whatIf.inventory.groups.filter { !$0.members.isEmpty && !kept.contains($0.id) }
  }

  /// Whether all that decides is known.
  public var isCertain: Bool { changed.allSatisfy(\.isCertain) }

  /// What is changed, as the beginning of a sentence: `if ACS of 00:1c.0 were off`.
  public var condition: String { "if " + whatIf.changes.map(\.condition).joined(separator: ", and ") }

  /// Who could own a group of today.
  public func verdict(today group: Group) -> Verdict { judge.verdict(on: group, in: whatIf.inventory) }

  /// Who could own a group as it would be; nil only where nobody would be in it.
  public func verdict(then outcome: WhatIf.Outcome) -> Verdict? {
    machine[outcome.id].map { judge.verdict(on: $0, in: machine) }
  }

  /// Where a group would come from: `of group 5`.
  public func origin(of outcome: WhatIf.Outcome) -> String {
    guard let old = outcome.was.first else { return "a new group" }
    return outcome.was.count == 1
      ? "of group \(old)" : "of groups " + outcome.was.map(\.description).joined(separator: ", ")
  }

  /// What has to be known of a group as it would be: that it is not certain, and who provides its isolation.
  public func remarks(on outcome: WhatIf.Outcome) -> [String] {
    var remarks: [String] = []
    switch outcome.doubt {
    case .notRead?: remarks.append("not certain: registers that decide were not read")
    case .otherwise(let group)?: remarks.append("not certain: " + ground(of: group))
    case nil: break
    }
    if outcome.isAsserted {
      remarks.append(Self.asserted)
    } else if outcome.wasAsserted {
      remarks.append("as the hardware provides it; today's isolation is only asserted by pcie_acs_override")
    }
    return remarks
  }

  /// The same of a group of today.
  public func remarks(today group: Group) -> [String] {
    whatIf.ties[group.id]?.isAsserted == true ? [Self.asserted] : []
  }

  private static let asserted = "isolation asserted by pcie_acs_override, not provided by the hardware"

  /// Why a group of today foretells nothing.
  private func ground(of group: GroupID) -> String {
    if case .platform? = whatIf.ties[group]?.cause {
      return "group \(group) rests on tables of the platform, which were not read"
    }
    return "nothing that was read explains group \(group)"
  }

  /// A member with the driver that it has today: `02:01.0 Ethernet  e1000`.
  public func member(_ address: Address, by witness: Witness) -> String {
    if let physical = whatIf.born[address] { return "a virtual function of \(physical.short)" }
    let driver = whatIf.inventory[address]?.driver.value.map { "  " + Clean.visible($0) } ?? ""
    return witness.call(address) + driver
  }

  /// Functions that would be gone.
  public var gone: [Address] {
    let there = Set(outcomes.flatMap(\.members))
    return affected.flatMap(\.members).filter { !there.contains($0) }.sorted()
  }
}
