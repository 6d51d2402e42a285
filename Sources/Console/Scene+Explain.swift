import Topology

extension Scene {
  /// The group that the explain pane shows and nobody has explained yet: its registers are wanted.
  mutating func wantedExplanation() -> GroupID? {
    guard layout[.explain] != nil, let group = selectedGroup, explained[group] == nil, asked.explanation != group,
      inventory?[group] != nil
    else { return nil }
    asked.explanation = group
    return group
  }

  /// What is explained may be so no more, once anything but a detail changed.
  mutating func forgetExplanations() {
    explained.removeAll()
    asked.explanation = nil
  }
}
