public import Ownership
public import Topology

/// A story to be run under several interfaces side by side: a scenario as the pure floors see it.
public struct Demonstration: Hashable, Sendable {
  /// Its name and title.
  public var name: String
  /// A line of what it is about.
  public var title: String
  /// A few sentences that teach it.
  public var lesson: [String]
  /// The world before anything happens.
  public var world: World
  /// What people call the devices.
  public var labels: [Address: String]
  /// What happens.
  public var acts: [Act]
  /// The device asked for, and the one to swap it with.
  public var asked: Address?
  /// The one to swap it with.
  public var swap: Address?
  /// Open questions of the rule sets that this story turns.
  public var knobs: Knobs

  /// One wish, and what is said of it.
  public struct Act: Hashable, Sendable {
    /// What happens, in words.
    public var title: String
    /// What somebody wants.
    public var wish: Wish
    /// What the debate says of it.
    public var sayings: [Saying]
    /// How the last call has to come out, by interface: `SET_CONTAINER=-1 EPERM`, or `nothing` where none is made.
    public var expected: [RuleSet: String]
    /// All four.
    public init(title: String, wish: Wish, sayings: [Saying] = [], expected: [RuleSet: String] = [:]) {
      self.title = title
      self.wish = wish
      self.sayings = sayings
      self.expected = expected
    }
  }

  /// A short attributed saying of the debate of 2021.
  public struct Saying: Hashable, Sendable {
    /// Which mail.
    public var message: Message
    /// What it says.
    public var words: String
    /// Both.
    public init(message: Message, words: String) {
      self.message = message
      self.words = words
    }
  }

  /// All of it.
  public init(
    name: String, title: String, lesson: [String], world: World, labels: [Address: String], acts: [Act],
    asked: Address? = nil, swap: Address? = nil, knobs: Knobs = Knobs()
  ) {
    self.name = name
    self.title = title
    self.lesson = lesson
    self.world = world
    self.labels = labels
    self.acts = acts
    self.asked = asked
    self.swap = swap
    self.knobs = knobs
  }
}
