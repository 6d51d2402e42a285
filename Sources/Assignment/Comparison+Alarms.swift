import Ownership
public import Topology

extension Comparison {
  /// Something that ought to be said aloud about an attached group.
  public struct Alarm: Hashable, Sendable {
    /// The group.
    public var group: GroupID
    /// Members that a user drives.
    public var attached: [Address]
    /// Members that nobody named, and that the attached ones reach.
    public var unnamed: [Address]
    /// Members whose host driver had its address space pulled away.
    public var pulledAway: [Address]
    /// Whether the interface itself told the user.
    public var isTold: Bool
    /// A sentence: "the NIC now has access to the HBA, …".
    public var text: String
  }

  /// What one side ought to be alarmed about now.
  public func alarms(of side: Side) -> [Alarm] {
    let lines = side.rules.ownership(in: side.world)
    let groups = Set(lines.filter { $0.domain.isUsers }.compactMap(\.group)).sorted()
    return groups.compactMap { group in alarm(group, lines.filter { $0.group == group }, side) }
  }

  private func alarm(_ group: GroupID, _ lines: [OwnershipLine], _ side: Side) -> Alarm? {
    let set = side.rules.set
    let members = lines.filter { side.world[$0.address]?.header == .normal }
    let attached = members.filter(\.isAttached).map(\.address)
    let pulled = members.filter { line in
      guard let device = side.world[line.address], case .host = set.standing(of: device) else { return false }
      return true
    }.map(\.address)
    let unnamed = members.filter { !$0.isJoined && !pulled.contains($0.address) }.map(\.address)
    guard !pulled.isEmpty || (!attached.isEmpty && !unnamed.isEmpty) else { return nil }
    let isTold = side.calls.reversed().lazy.compactMap { $0?.answer.consequences }.joined().contains {
      if case .atRisk(let who, true) = $0 { !Set(who).isDisjoint(with: unnamed) } else { false }
    }
    let names = Naming(story.labels)
    var sentences: [String] = []
    if !attached.isEmpty, !unnamed.isEmpty {
      let who = names.list(attached.map(names.spoken))
      let verb = attached.count == 1 ? "has" : "have"
      let how =
        isTold ? "the flag said so" : set.joinsDevices ? "no call named it" : "only group \(group) was named"
      sentences.append("\(who) now \(verb) access to \(names.list(unnamed.map(names.spoken))): \(how)")
    }
    if !pulled.isEmpty {
      sentences.append("\(names.list(pulled.map(names.spoken))) lost its address space under its host driver")
    }
    return Alarm(
      group: group, attached: attached, unnamed: unnamed, pulledAway: pulled, isTold: isTold,
      text: sentences.joined(separator: "; "))
  }
}
