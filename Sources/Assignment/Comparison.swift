public import Ownership

/// The same story under two to four interfaces in lock step: one call a side with every step, or nothing where a side
/// has nothing to do. Stepping back is exact, since every side's worlds are values that are kept.
public struct Comparison: Hashable, Sendable {
  /// The story.
  public let story: Demonstration
  /// The interfaces, left to right.
  public private(set) var sides: [Side]
  /// How many steps were taken.
  public private(set) var position = 0

  /// One interface and what happened under it.
  public struct Side: Hashable, Sendable {
    /// Whose rules.
    public var rules: Rules
    /// A call that was made, or nil where this side had nothing to do at that step.
    public var calls: [Made?]
    /// The world now.
    public var world: World
  }

  /// A call that was made.
  public struct Made: Hashable, Sendable {
    /// Which act of the story it served.
    public var act: Int
    /// What was asked, and in which world.
    public var event: Event
    /// The world before.
    public var before: World
    /// What was answered.
    public var answer: Answer
  }

  /// A story before its first step.
  public init(_ story: Demonstration, models: [RuleSet]) {
    self.story = story
    sides = models.map { Side(rules: Rules($0, knobs: story.knobs), calls: [], world: story.world) }
  }
}
