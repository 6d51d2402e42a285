extension Isolation {
  /// The tie by which a function joined its group; nil for whoever began one.
  public func tie(of member: Address) -> Tie? { tieNumbers[member].map { ties[$0] } }

  /// The ties on the way from one function to another, in that order; nil where they are in different groups. Nothing
  /// ties a function to itself.
  public func path(from first: Address, to second: Address) -> [Tie]? {
    guard let members = members(withGroupOf: first), members.contains(second) else { return nil }
    return Tie.path(from: first, to: second) { tie(of: $0) }
  }
}

extension Tie {
  /// The way from one function to another along ties, of which every function has at most one to an earlier one; nil
  /// where there is none.
  public static func path(from first: Address, to second: Address, over tie: (Address) -> Tie?) -> [Tie]? {
    let (up, down) = (chain(from: first, over: tie), chain(from: second, over: tie))
    let known = Set(up.map(\.member) + [up.last?.to ?? first])
    let meeting = down.first { known.contains($0.member) }?.member ?? down.last?.to ?? second
    guard known.contains(meeting) else { return nil }
    return up.prefix { $0.member != meeting } + down.prefix { $0.member != meeting }.reversed()
  }

  private static func chain(from start: Address, over tie: (Address) -> Tie?) -> [Tie] {
    var chain: [Tie] = []
    var next = start
    // Ties lead to earlier functions; those that were put together by hand may not.
    var seen: Set<Address> = []
    while seen.insert(next).inserted, let found = tie(next) {
      chain.append(found)
      next = found.to
    }
    return chain
  }
}
