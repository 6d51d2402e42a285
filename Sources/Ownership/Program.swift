/// What a user and the people around them wish, in order: the same for every interface.
public struct Program: Hashable, Sendable {
  /// The wishes.
  public var wishes: [Wish]

  /// A program.
  public init(_ wishes: [Wish]) { self.wishes = wishes }

  /// One call of a run.
  public struct Step: Hashable, Sendable {
    /// Which wish it served.
    public var wish: Int
    /// What was asked.
    public var event: Event
    /// In which world.
    public var world: World
    /// What was answered.
    public var answer: Answer
  }

  /// Every call that the program makes under `rules`, and the world it ends in.
  public func run(under rules: Rules, in world: World) -> (steps: [Step], end: World) {
    var world = world
    var steps: [Step] = []
    for (place, wish) in wishes.enumerated() {
      var pursuit = Pursuit(wish, under: rules.set, in: world)
      var answer: Answer?
      while let event = pursuit.next(in: world, after: answer) {
        let got = rules.answer(to: event, in: world)
        steps.append(Step(wish: place, event: event, world: world, answer: got))
        world = world.after(got)
        answer = got
      }
    }
    return (steps, world)
  }
}
