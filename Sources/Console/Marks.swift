import Topology

extension Scene {
  /// Whether a function is marked.
  func isMarked(_ function: Function) -> Bool {
    !marks.isEmpty && marks.contains(Anchor(function))
  }

  /// Marks what is selected, its whole group, or nothing any more. What is marked counts as asked for, so the
  /// groups concerned are judged anew.
  mutating func mark(_ id: Action.ID) {
    guard let inventory else { return }
    let before = marks
    switch id {
    case .mark:
      guard let function = selectedFunction else {
        markAll(selectedGroup)
        break
      }
      turn([function])
    case .markGroup: markAll(selectedGroup)
    default: marks.removeAll()
    }
    let touched = Set(before.symmetricDifference(marks).map(\.address))
    let groups = Set(touched.compactMap { inventory[$0]?.group.value })
    if rowsFollow(judge(groups)) { refreshRows(.news) }
  }

  private mutating func markAll(_ group: GroupID?) {
    guard let inventory, let group = group.flatMap({ inventory[$0] }) else { return }
    turn(group.members.compactMap { inventory[$0] })
  }

  /// Marks them all, or takes the marks from all when all have one.
  private mutating func turn(_ functions: [Function]) {
    let areMarked = functions.allSatisfy(isMarked)
    for function in functions {
      if areMarked { marks.remove(Anchor(function)) } else { marks.insert(Anchor(function)) }
    }
  }
}
