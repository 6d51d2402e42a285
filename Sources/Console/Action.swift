/// One thing a person can make the console do: the record from which key handling, hint bar, help, menu and
/// `viable keys` come, so that none of them can say something else than the others.
public struct Action: Hashable, Sendable {
  /// Where keys mean what they mean.
  public enum Context: String, Hashable, Sendable, CaseIterable {
    case devices, group, actions, log, device, explain
    /// While a line is typed.
    case prompt
    /// While help, themes, the menu or plain text lie over the panes.
    case overlay
    /// While the preview of an act lies over the panes.
    case plan
    /// While consent is typed into it.
    case consent
    /// While devices are written down for somebody else.
    case export
    /// On a terminal too small for the panes.
    case tooSmall = "too-small"
    /// In the side-by-side demo.
    case demo
    /// While the demo's models are chosen.
    case demoModels = "demo-models"
    /// While changes are tried on paper.
    case whatIf = "what-if"
    /// In every pane.
    case global
  }

  /// The headings of the help.
  public enum Section: String, Hashable, Sendable, CaseIterable {
    case move = "MOVE"
    case act = "ACT"
    case find = "FIND"
    case other = "OTHER"
  }

  /// What it may cost. Looking costs nothing.
  public enum Risk: String, Hashable, Sendable, CaseIterable {
    case none, low, medium, high
  }

  /// Its name, stable: scripts and key files may use it.
  public let id: ID
  /// Every way to press it.
  public let keys: [Stroke]
  /// Where it is bound.
  public let contexts: Set<Context>
  /// One or two words, for the hint bar.
  public let short: String
  /// A phrase, for help.
  public let long: String
  /// Its heading in the help.
  public let section: Section
  /// What it may cost.
  public let risk: Risk
  /// Its place in the hint bar, 1 first; 0 keeps it out of the bar.
  public let priority: Int

  init(
    _ id: ID, _ keys: [Stroke], in contexts: Set<Context>, bar short: String, help long: String,
    _ section: Section, priority: Int = 0, risk: Risk = .none
  ) {
    self.id = id
    self.keys = keys
    self.contexts = contexts
    self.short = short
    self.long = long
    self.section = section
    self.risk = risk
    self.priority = priority
  }

  /// The record of an action.
  public static func of(_ id: ID) -> Action? { byID[id] }

  private static let byID = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
}

/// A way to press a binding.
public enum Stroke: Hashable, Sendable {
  case key(Key)
  /// One key after another, however slowly.
  case sequence(Key, Key)
  /// A key, then any letter.
  case thenLetter(Key)

  static func char(_ character: Character) -> Stroke { .key(.character(character)) }
  static func control(_ letter: Character) -> Stroke { .key(.control(letter)) }

  /// The key that begins it.
  public var first: Key {
    switch self {
    case .key(let key), .sequence(let key, _), .thenLetter(let key): key
    }
  }

  /// As a person reads it: `j`, `Ctrl-N`, `g g`, `' a-z`.
  public var name: String {
    switch self {
    case .key(let key): key.name
    case .sequence(let first, let second): first.name + " " + second.name
    case .thenLetter(let key): key.name + " a-z"
    }
  }
}

extension Key {
  /// As a person reads it, in ASCII: `j`, `Space`, `Ctrl-N`, `PgUp`, `F1`.
  public var name: String {
    switch self {
    case .character(" "): "Space"
    case .character(let character): String(character)
    case .control(let letter): "Ctrl-" + letter.uppercased()
    case .alt(let character): "Alt-" + String(character)
    case .function(let number): "F\(number)"
    default: Self.names[self] ?? "?"
    }
  }

  private static let names: [Key: String] = [
    .up: "Up", .down: "Down", .left: "Left", .right: "Right", .home: "Home", .end: "End", .pageUp: "PgUp",
    .pageDown: "PgDn", .insert: "Ins", .delete: "Del", .backspace: "Backspace", .tab: "Tab", .backTab: "Shift-Tab",
    .enter: "Enter", .escape: "Esc", .controlUp: "Ctrl-Up", .controlDown: "Ctrl-Down", .controlLeft: "Ctrl-Left",
    .controlRight: "Ctrl-Right",
  ]
}
