public import Topology

/// A group's ties as a drawn tree: whoever began the group at the top, everybody else below whom it joined.
public struct TieTree: Hashable, Sendable {
  /// One member, what is drawn before it, and the tie by which it joined.
  public struct Line: Hashable, Sendable {
    /// Rules and corners.
    public var rule: String
    /// The member.
    public var address: Address
    /// Nil for whoever began the group.
    public var tie: Tie?
  }

  private let roots: [Address]
  private let below: [Address: [Tie]]

  /// The ties of a group.
  public init(_ group: TiedGroup) {
    below = Dictionary(grouping: group.ties) { $0.to }
    let joined = Set(group.ties.map(\.member))
    roots = group.members.filter { !joined.contains($0) }
  }

  /// Every member on a line.
  public func lines(isASCII: Bool = false) -> [Line] {
    var lines: [Line] = []
    // Without recursion: a chain of bridges may be as long as it likes.
    var stack = roots.reversed().map { (line: Line(rule: "", address: $0, tie: nil), margin: "") }
    while let (line, margin) = stack.popLast() {
      lines.append(line)
      let children = below[line.address] ?? []
      for (place, tie) in children.enumerated().reversed() {
        let isLast = place == children.count - 1
        let corner = isLast ? (isASCII ? "\\- " : "└─ ") : (isASCII ? "+- " : "├─ ")
        let rest = margin + (isLast ? "   " : isASCII ? "|  " : "│  ")
        stack.append((Line(rule: margin + corner, address: tie.member, tie: tie), rest))
      }
    }
    return lines
  }
}
