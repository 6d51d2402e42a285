/// One of the kernel's groups, and what is known of why it is one.
public struct TiedGroup: Hashable, Sendable {
  /// What makes the kernel's groups other than today's registers would.
  public enum Cause: Hashable, Sendable {
    /// The ACS override patch: these words of the command line reproduce the kernel's groups.
    case override(option: String)
    /// Another option, under whose registers the kernel's groups come out.
    case commandLine(option: String)
    /// The rule proposed in September 2025, under which the kernel's groups come out.
    case proposedRule
    /// Requester ids that the tables of the platform's IOMMU share out; its name.
    case platform(iommu: String)
  }

  /// Its number.
  public var id: GroupID
  /// PCI members, by address.
  public var members: [Address]
  /// Whether the derivation comes to the same group; nil where that cannot be told.
  public var agrees: Bool?
  /// What the derivation makes of its members: one group, part of one, or several; nil where that cannot be told.
  public var predicted: [Address]?
  /// Ties that connect all members, one less than there are.
  public var ties: [Tie]
  /// Ties that the hardware has and the kernel's groups cut.
  public var withheld: [Tie]
  /// Why the groups differ, where there is evidence for it.
  public var cause: Cause?
  /// What was not read and would have to be.
  public var doubts: [Doubt]
}

/// One reason of a group: everything that one rule binds at one device.
public struct TieReason: Hashable, Sendable {
  /// By which rule.
  public var kind: Tie.Kind
  /// The device at which it arises.
  public var at: Address
  /// Whom it binds, by address; a single function where nothing does.
  public var binds: [Address]
  /// The ties that it stands for; none for a function alone.
  public var ties: [Tie]
}

extension TiedGroup {
  /// The reasons, in the order in which they arise.
  public var reasons: [TieReason] {
    if isAsserted { return [TieReason(kind: .override, at: withheld[0].at, binds: members, ties: withheld)] + merged }
    if agrees == false, ties.allSatisfy({ $0.kind != .unexplained && $0.kind != .platformAlias }), cause == nil {
      let at = withheld.first?.at ?? members.first
      return at.map { [TieReason(kind: .unexplained, at: $0, binds: members, ties: withheld)] + merged } ?? merged
    }
    guard ties.isEmpty, let member = members.first else { return merged }
    if let doubt = doubts.first { return [TieReason(kind: .unknown, at: doubt.about, binds: [member], ties: [])] }
    return [TieReason(kind: .alone, at: member, binds: [member], ties: [])]
  }

  /// Whether its isolation is asserted by the ACS override patch and not provided by the hardware.
  public var isAsserted: Bool {
    guard case .override? = cause else { return false }
    return !withheld.isEmpty
  }

  private var merged: [TieReason] {
    var reasons: [TieReason] = []
    var places: [[String]: Int] = [:]
    for tie in ties {
      let key = [tie.kind.rawValue, tie.at.description]
      let place = places[key] ?? reasons.count
      if place == reasons.count {
        places[key] = place
        reasons.append(TieReason(kind: tie.kind, at: tie.at, binds: [], ties: []))
      }
      reasons[place].ties.append(tie)
    }
    for place in reasons.indices {
      reasons[place].binds = Set(reasons[place].ties.flatMap { [$0.member, $0.to] }).sorted()
    }
    return reasons
  }
}
