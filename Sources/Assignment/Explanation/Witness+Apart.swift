public import Topology

/// Why two functions are not in one group.
public struct Apart: Hashable, Sendable {
  /// One sentence, or two, that name both.
  public var sentence: String
  /// What proves it, one line each.
  public var evidence: [String]
  /// Whether their isolation is not what it seems.
  public var isAlarm: Bool
}

extension Witness {
  /// What keeps two functions of different groups apart, or only seems to.
  public func apart(_ first: Address, _ second: Address) -> Apart {
    let groups = [first, second].map { inventory.group(of: $0)?.id }
    let ends = zip([first, second], groups).map { end, group in
      name(end) + " (" + (group.map { "group \($0)" } ?? "no group") + ")"
    }
    let start = "\(ends[0]) and \(ends[1]) are "
    guard groups.allSatisfy({ $0 != nil }) else {
      let without = [first, second].filter { inventory.group(of: $0) == nil }
      return Apart(
        sentence: start + "not in one group: no IOMMU translates for \(names.list(without.map(\.short))).",
        evidence: [],
        isAlarm: false)
    }
    let tied = groups.compactMap { $0.flatMap { ties[$0] } }
    if let asserted = tied.first(where: \.isAsserted), case .override(let option)? = asserted.cause {
      return Apart(
        sentence: start + "in different groups only because \(Clean.visible(option)) is on the kernel's command line: "
          + "isolation that is asserted, and not provided by the hardware.",
        evidence: unique(asserted.withheld.map { "hardware: \(Why.edge($0.kind)) at \($0.at.short)" }), isAlarm: true)
    }
    if tied.contains(where: { $0.agrees == false && $0.cause == nil }) {
      return Apart(
        sentence: start + "in different groups, and not everything about these groups is explained: do not rely on it.",
        evidence: [], isAlarm: true)
    }
    if let doubt = tied.lazy.filter({ $0.agrees == nil }).compactMap(\.doubts.first).first {
      let why = ignorance(of: doubt.about).map { " (\($0))" } ?? ""
      return Apart(
        sentence: start + "in different groups. What keeps them apart is unknown\(why): the registers of "
          + "\(doubt.about.short) decide, and they could not be read.", evidence: [], isAlarm: false)
    }
    return separate(first, second, start)
  }

  private func separate(_ first: Address, _ second: Address, _ start: String) -> Apart {
    let paths = [first, second].map { [$0] + above($0) }
    let between = paths[0].filter { !paths[1].contains($0) } + paths[1].filter { !paths[0].contains($0) }
    // Whoever asks about two devices asks about the ports between them, and about the one where their ways meet.
    let ports = between.filter { facts($0)?.leadsToABus == true && facts($0)?.type != .express(5) }
    let isolating = ports.filter { facts($0)?.isolation.value == true }
    var text = start + "in different groups: the IOMMU tells their requests apart"
    text += isolating.isEmpty ? "." : ", and \(names.list(isolating.map(\.short))) \(verb(isolating)) traffic apart."
    guard let hole = hole(between: paths) else {
      return Apart(sentence: text, evidence: isolating.flatMap { acsEvidence($0) }, isAlarm: false)
    }
    text +=
      " Yet the switch \(hole.above.short) can route between \(hole.ports[0].short) and \(hole.ports[1].short) "
      + "past the IOMMU: this kernel takes its downstream ports for isolated from each other."
    return Apart(sentence: text, evidence: hole.ports.flatMap { acsEvidence($0) }, isAlarm: true)
  }

  private func verb(_ ports: [Address]) -> String { ports.count == 1 ? "keeps" : "keep" }

  /// Two downstream ports of one switch, one on each way, of which one lets traffic through.
  private func hole(between paths: [[Address]]) -> (above: Address, ports: [Address])? {
    func downstream(_ path: [Address]) -> [Address: Address] {
      let ports = path.filter { facts($0)?.type == .express(6) }
      return Dictionary(ports.compactMap { port in inventory[port]?.parent.function.map { ($0, port) } }) { one, _ in
        one
      }
    }
    let (left, right) = (downstream(paths[0]), downstream(paths[1]))
    for (above, port) in left.sorted(by: { $0.key < $1.key }) {
      guard let other = right[above], other != port else { continue }
      if [port, other].contains(where: { facts($0)?.isolation.value == false }) { return (above, [port, other]) }
    }
    return nil
  }
}
