import Topology

/// The brackets in the margin: every group with more than one row gets the stretch from its first row to its
/// last, in the leftmost lane that is free there.
struct Lanes {
  /// How many lanes there are.
  let count: Int
  private var holders: [GroupID?]
  /// Lane patterns seen so far: ten thousand rows share a handful of arrays.
  private var patterns: [[Row.Lane]: [Row.Lane]] = [:]

  private struct Stretch {
    var first: Int
    var last: Int
    var isOverflowing = false
  }

  private init(count: Int) {
    self.count = count
    holders = Array(repeating: nil, count: count)
  }

  /// Gives every row its margin. One pass to find the stretches, one to draw them.
  static func draw(_ rows: inout [Row], count: Int) {
    guard count > 0 else { return }
    var stretches: [GroupID: Stretch] = [:]
    stretches.reserveCapacity(rows.count)
    for index in rows.indices {
      guard let group = rows[index].group, rows[index].isMember else { continue }
      stretches[group, default: Stretch(first: index, last: index)].last = index
    }
    var lanes = Lanes(count: count)
    let blank = [Row.Lane](repeating: .none, count: count)
    for index in rows.indices {
      let group = rows[index].isMember ? rows[index].group : nil
      guard let group, let stretch = stretches[group], stretch.first < stretch.last else {
        rows[index].lanes = lanes.isIdle ? blank : lanes.passing()
        continue
      }
      if index == stretch.first, !lanes.take(group) { stretches[group]?.isOverflowing = true }
      let isOverflowing = stretches[group]?.isOverflowing ?? false
      rows[index].lanes = lanes.line(
        of: group, isOverflowing: isOverflowing, isFirst: index == stretch.first, isLast: index == stretch.last)
      if index == stretch.last, !isOverflowing { lanes.leave(group) }
    }
  }

  private var isIdle: Bool { holders.allSatisfy { $0 == nil } }

  private mutating func take(_ group: GroupID) -> Bool {
    guard let free = holders.firstIndex(of: nil) else { return false }
    holders[free] = group
    return true
  }

  private mutating func leave(_ group: GroupID) {
    if let lane = holders.firstIndex(of: group) { holders[lane] = nil }
  }

  private mutating func passing() -> [Row.Lane] {
    shared(holders.map { $0 == nil ? .none : .passing })
  }

  private mutating func line(of group: GroupID, isOverflowing: Bool, isFirst: Bool, isLast: Bool) -> [Row.Lane] {
    var line: [Row.Lane] = holders.map { holder in
      guard let holder else { return .none }
      guard holder == group else { return .passing }
      return isFirst ? .first : isLast ? .last : .member
    }
    // The sign stands next to the label, whatever passes there.
    if isOverflowing { line[count - 1] = .overflow }
    return shared(line)
  }

  private mutating func shared(_ line: [Row.Lane]) -> [Row.Lane] {
    if let known = patterns[line] { return known }
    patterns[line] = line
    return line
  }
}

extension Row {
  /// Whether the line is a function, so that its group's bracket has a tooth here.
  var isMember: Bool { address != nil }
}
