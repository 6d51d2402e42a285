public import Ownership
import Topology

extension Comparison {
  /// An act that came out otherwise than the story says it has to.
  public struct Deviation: Hashable, Sendable {
    /// Which act.
    public var act: Int
    /// Under which interface.
    public var model: RuleSet
    /// What the story says.
    public var expected: String
    /// What came out.
    public var found: String

    /// All of it: `act 1 under iommufd has to come to …, and came to ….`
    public var sentence: String {
      "act \(act + 1) under \(model.rawValue) has to come to \(Clean.visible(expected)), and came to "
        + Clean.visible(found) + "."
    }
  }

  /// Where the story as it was told came out otherwise than it says, in acts that are over. A story that was changed
  /// promises nothing.
  public var deviations: [Deviation] {
    guard !isSwapped, !isFlagToggled else { return [] }
    return story.acts.enumerated().flatMap { act, chapter in
      sides.compactMap { side in
        guard let expected = chapter.expected[side.rules.set], isOver(act) else { return nil }
        let last = side.calls.last { $0?.act == act } ?? nil
        let found = last.map { line($0, under: side.rules.set).text } ?? "nothing"
        return found == expected
          ? nil : Deviation(act: act, model: side.rules.set, expected: expected, found: found)
      }
    }
  }

  private func isOver(_ act: Int) -> Bool { isAtEnd || act < self.act }
}
