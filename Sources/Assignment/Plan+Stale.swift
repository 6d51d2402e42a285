public import HostAccess
public import Topology

extension Plan {
  /// Why the plan may not be run any more, told from the functions it speaks of and its groups as they are now: each
  /// function has to be the same card with the same driver, override and number of virtual functions in the same
  /// group, and each group has to have the same members. Nil while all of that holds.
  public func staleness(against bindings: [Binding], readings: [Reading] = [], groups now: [Group]) -> Refusal? {
    let found = Dictionary(bindings.map { ($0.address, $0) }) { _, last in last }
    for assumed in assumptions {
      guard let binding = found[assumed.address] else { return Refusal(.gone(assumed.address)) }
      if let difference = Self.difference(assumed, binding) {
        return Refusal(.stale(assumed.address, assumed: difference.assumed, found: difference.found))
      }
    }
    for assumed in self.readings {
      let found = readings.first { $0.subject == assumed.subject }
      if found != assumed { return Refusal(.changed(assumed.subject)) }
    }
    for group in groups {
      guard let current = now.first(where: { $0.id == group.id }) else { return Refusal(.noSuchGroup(group.id)) }
      if current.members != group.members {
        return Refusal(.regrouped(group.id, assumed: group.members, found: current.members))
      }
      if let difference = Self.difference(group.others, current.others) {
        let at = group.members.first ?? current.members.first
        if let at { return Refusal(.stale(at, assumed: difference.assumed, found: difference.found)) }
      }
    }
    return nil
  }

  /// Why what was agreed to is not run, told from the plan for the same intent as it is made now: it costs more than a
  /// little that was not said, somebody holds what nobody held, or the steps are others.
  public func staleness(against now: Plan) -> Refusal? {
    let agreed = Set(findings)
    if let new = now.findings.first(where: { $0.severity >= .medium && !agreed.contains($0) }) {
      return Refusal(.overtaken(new.address, new.text))
    }
    for group in now.groups {
      let known = groups.first { $0.id == group.id }?.holders.value?.map(\.process) ?? []
      guard let holder = group.holders.value?.first(where: { !known.contains($0.process) }) else { continue }
      return Refusal(
        .overtaken(group.members.first, "\(holder.command) (process \(holder.process)) has opened \(holder.node)."))
    }
    guard now.steps != steps else { return nil }
    let place = zip(now.steps, steps).prefix { $0 == $1 }.count
    let other = now.steps.dropFirst(place).first ?? steps.dropFirst(place).first
    return Refusal(
      .overtaken(other?.effect.address, "there is something else to do (\(other?.effect.phrase ?? "nothing"))."))
  }

  /// The first thing that is not as it was, in words.
  private static func difference(_ assumed: Binding, _ found: Binding) -> (assumed: String, found: String)? {
    if assumed.identity != found.identity {
      let isAlike = assumed.identity.value?.ids == found.identity.value?.ids
      return (card(assumed, whole: isAlike), card(found, whole: isAlike))
    }
    if assumed.path != found.path { return (Clean.visible(assumed.path), Clean.visible(found.path)) }
    if assumed.driver != found.driver { return (driver(assumed.driver), driver(found.driver)) }
    if assumed.override != found.override { return (override(assumed.override), override(found.override)) }
    if assumed.group != found.group {
      return (said(assumed.group, "group ", "no group"), said(found.group, "group ", "no group"))
    }
    if assumed.virtualFunctions != found.virtualFunctions {
      let (noun, none) = ("virtual functions: ", "no virtual functions")
      return (said(assumed.virtualFunctions, noun, none), said(found.virtualFunctions, noun, none))
    }
    return nil
  }

  private static func difference(_ assumed: [OtherMember], _ found: [OtherMember]) -> (assumed: String, found: String)?
  {
    func words(_ others: [OtherMember]) -> String {
      others.isEmpty
        ? "no members beside PCI"
        : others.map { "\(Clean.visible($0.name)) with \(driver($0.driver))" }.joined(separator: ", ")
    }
    return assumed == found ? nil : (words(assumed), words(found))
  }

  /// `whole` with what tells cards of the same ids apart.
  private static func card(_ binding: Binding, whole: Bool) -> String {
    let words = binding.identity.map { identity -> String in
      guard whole else { return identity.ids }
      let subsystem = [identity.subsystemVendor, identity.subsystemDevice].map { Hex.text($0, atLeast: 4) }
      return "\(identity.ids) (subsystem \(subsystem.joined(separator: ":")), class "
        + "\(Hex.text(identity.classCode.value, atLeast: 6)))"
    }
    return said(words, "", "no card")
  }
  private static func driver(_ driver: Known<DriverName>) -> String {
    said(driver.map { Clean.visible($0) }, "", "no driver")
  }
  private static func override(_ override: Known<DriverName>) -> String {
    said(override.map { Clean.visible($0) }, "override ", "no override")
  }

  private static func said(_ fact: Known<some Any>, _ before: String, _ none: String) -> String {
    switch fact {
    case .value(let value): "\(before)\(value)"
    case .absent: none
    case .unknown(let why): "unknown (\(why))"
    }
  }
}
