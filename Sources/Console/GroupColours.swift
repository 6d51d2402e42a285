import Topology

/// Which of the six colours repeats a group's identity. Neighbours in the tree differ where they are first
/// drawn, and a group keeps its colour as long as the console runs: a refresh must not repaint the machine.
struct GroupColours: Hashable, Sendable {
  private var indices: [GroupID: Int] = [:]
  private var drawn: Set<GroupID> = []

  /// Gives colours to the brackets of the tree, in its order.
  mutating func assign(_ brackets: [GroupID]) {
    let count = Role.groups.count
    var before: [Int] = []
    for (place, group) in brackets.enumerated() {
      if !drawn.contains(group) || indices[group] == nil {
        let after = brackets.dropFirst(place + 1).first.flatMap { drawn.contains($0) ? indices[$0] : nil }
        let taken = Set(before + (after.map { [$0] } ?? []))
        let wish = indices[group] ?? ((before.last ?? count - 1) + 1) % count
        indices[group] = (0..<count).map { (wish + $0) % count }.first { !taken.contains($0) } ?? wish
      }
      before = Array((before + [indices[group] ?? 0]).suffix(2))
    }
    drawn = Set(brackets)
  }

  /// The colour of a group's bracket; plain text for a group that has none.
  func role(of group: GroupID) -> Role {
    guard drawn.contains(group), let index = indices[group] else { return .text }
    return Role.groups[index]
  }
}

extension Scene {
  /// The role that repeats a group's identity in colour, beside its label and bracket.
  func colour(of group: GroupID) -> Role { colours.role(of: group) }
}
