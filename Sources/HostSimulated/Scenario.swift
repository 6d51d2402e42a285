public import Ownership
public import Topology

/// A machine, people and what they do, read from a TOML file or shipped: the same story for every interface.
public struct Scenario: Hashable, Sendable {
  /// The name it is chosen by: `nic-and-hba`.
  public var name: String
  /// A line for the list.
  public var title: String
  /// A few sentences that teach it.
  public var lesson: [String]
  /// The machine before anything happens.
  public var host: SimulatedHost
  /// What people call its devices: `NIC`, `HBA`, `bridge`.
  public var labels: [Address: String]
  /// The interfaces that it is about, the usual pair first.
  public var models: [RuleSet]
  /// What happens, in order.
  public var acts: [Act]
  /// The device that is asked for, and the one to ask for instead (`x` in the demo); nil where there is no such pair.
  public var asked: Address?
  /// The one to swap it with.
  public var swap: Address?
  /// Open questions of the rule sets that this story turns.
  public var knobs: Knobs
  /// Whoever makes calls in it, in the order of the text.
  public var users: [User]
  /// Cards that are not plugged in at the start.
  public var cards: [Device]

  /// All of it.
  public init(
    name: String, title: String, lesson: [String], host: SimulatedHost, labels: [Address: String], models: [RuleSet],
    acts: [Act], asked: Address? = nil, swap: Address? = nil, knobs: Knobs = Knobs(), users: [User] = [],
    cards: [Device] = []
  ) {
    self.name = name
    self.title = title
    self.lesson = lesson
    self.host = host
    self.labels = labels
    self.models = models
    self.acts = acts
    self.asked = asked
    self.swap = swap
    self.knobs = knobs
    self.users = users
    self.cards = cards
  }

  /// One wish, and what is said of it.
  public struct Act: Hashable, Sendable {
    /// What happens, in words: "the VM asks for the NIC".
    public var title: String
    /// What somebody wants.
    public var wish: Wish
    /// What each side of the debate says at this point.
    public var quotes: [Quote]
    /// How the last call has to come out, by interface: `SET_CONTAINER=-1 EPERM`, or `nothing` where none is made.
    public var expected: [RuleSet: String]
    /// All four.
    public init(title: String, wish: Wish, quotes: [Quote] = [], expected: [RuleSet: String] = [:]) {
      self.title = title
      self.wish = wish
      self.quotes = quotes
      self.expected = expected
    }
  }

  /// A short attributed saying of the debate of 2021.
  public struct Quote: Hashable, Sendable {
    /// Which mail.
    public var message: Message
    /// What it says, quoted or in other words; quotation marks stand in it where it is quoted.
    public var words: String
    /// Both.
    public init(message: Message, words: String) {
      self.message = message
      self.words = words
    }
  }
}
