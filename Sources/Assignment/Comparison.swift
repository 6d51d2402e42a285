public import Ownership

/// The same story under two to four interfaces in lock step: one call a side with every step, or nothing where a side
/// has nothing to do. A side that is through with an act waits until all are. Stepping back is exact, since every
/// side's worlds are values that are kept.
public struct Comparison: Hashable, Sendable {
  /// The story as it was told.
  public let told: Demonstration
  /// Whether the device asked for was swapped for the other one.
  public internal(set) var isSwapped = false
  /// Whether the flag was toggled away from what the story says.
  public internal(set) var isFlagToggled = false
  /// The story as it runs: with the swap and the flag.
  public internal(set) var story: Demonstration
  /// The interfaces, left to right.
  public private(set) var sides: [Side]
  /// How many steps were taken.
  public private(set) var position = 0
  /// The act that comes with the next step; the number of acts at the end.
  private var nextAct = 0
  private var past: [Moment] = []

  /// One interface and what happened under it.
  public struct Side: Hashable, Sendable {
    /// Whose rules.
    public var rules: Rules
    /// One entry a step: the call that was made, or nil where this side had nothing to do.
    public var calls: [Made?] = []
    /// The world now.
    public var world: World
    /// The wish on its way, and the event that it makes next.
    fileprivate var pursuit: Pursuit?
    fileprivate var pending: Event?

    /// All but the calls: every step adds one of those, so that whoever steps back takes one off.
    fileprivate var mark: Mark {
      get { Mark(world: world, pursuit: pursuit, pending: pending) }
      set { (world, pursuit, pending) = (newValue.world, newValue.pursuit, newValue.pending) }
    }

    fileprivate struct Mark: Hashable, Sendable {
      var world: World
      var pursuit: Pursuit?
      var pending: Event?
    }

    init(_ set: RuleSet, _ story: Demonstration) {
      rules = Rules(set, knobs: story.knobs)
      world = story.world
    }
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

  private struct Moment: Hashable {
    var nextAct: Int
    var sides: [Side.Mark]
  }

  /// A story before its first step.
  public init(_ story: Demonstration, models: [RuleSet]) {
    told = story
    self.story = story
    sides = models.map { Side($0, story) }
    begin()
  }

  /// The interfaces' names, left to right.
  public var models: [RuleSet] { sides.map(\.rules.set) }

  /// Whether nobody has anything left to do.
  public var isAtEnd: Bool { !sides.contains { $0.pending != nil } }

  /// The act that the last step served; the first one before any step.
  public var act: Int { sides.lazy.compactMap { $0.calls.last ?? nil }.first?.act ?? 0 }

  /// What is said of the current act.
  public var sayings: [Demonstration.Saying] { currentAct?.sayings ?? [] }

  /// The current act; nil in a story without any.
  public var currentAct: Demonstration.Act? { story.acts.indices.contains(act) ? story.acts[act] : nil }
}

extension Comparison {
  /// One call on each side that has one to make in this act. False at the end.
  public mutating func step() -> Bool {
    guard !isAtEnd else { return false }
    past.append(Moment(nextAct: nextAct, sides: sides.map(\.mark)))
    for place in sides.indices { sides[place].step(act: nextAct) }
    position += 1
    advance()
    return true
  }

  /// Takes the last step back. False before the first one.
  public mutating func back() -> Bool {
    guard let moment = past.popLast() else { return false }
    for (place, mark) in moment.sides.enumerated() {
      sides[place].mark = mark
      sides[place].calls.removeLast()
    }
    nextAct = moment.nextAct
    position -= 1
    return true
  }

  /// Back to before the first step.
  public mutating func restart() {
    sides = models.map { Side($0, story) }
    position = 0
    past = []
    begin()
  }

  /// Takes every step that is left.
  public mutating func finish() { while step() {} }

  /// Starts again with other interfaces, and goes as far as before.
  public mutating func choose(models: [RuleSet]) {
    sides = models.map { Side($0, story) }
    replay()
  }

  /// Starts the story as it now is again, and goes as far as before, or to its end.
  mutating func replay() {
    let target = position
    restart()
    while position < target, step() {}
  }

  private mutating func begin() {
    nextAct = 0
    openAct()
    advance()
  }

  private mutating func openAct() {
    guard story.acts.indices.contains(nextAct) else { return }
    for place in sides.indices { sides[place].pursue(story.acts[nextAct].wish) }
  }

  /// On to the next act in which anybody has something to do, when all are through with this one.
  private mutating func advance() {
    while isAtEnd, nextAct < story.acts.count {
      nextAct += 1
      openAct()
    }
  }
}

extension Comparison.Side {
  fileprivate mutating func pursue(_ wish: Wish) {
    pursuit = Pursuit(wish, under: rules.set, in: world)
    pending = pursuit?.next(in: world)
  }

  fileprivate mutating func step(act: Int) {
    guard let event = pending else { return calls.append(nil) }
    let answer = rules.answer(to: event, in: world)
    calls.append(Comparison.Made(act: act, event: event, before: world, answer: answer))
    world = world.after(answer)
    pending = pursuit?.next(in: world, after: answer)
  }
}
