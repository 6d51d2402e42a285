/// What can be measured of a theme: contrast of every role, and how well the colours that mean something are
/// told apart by every kind of colour vision.
public struct ThemeReport: Hashable, Sendable {
  /// The theme's name.
  public let theme: String
  /// The ground it is made for.
  public let ground: Theme.Ground
  /// The deficiency it is made for.
  public let deficiency: Deficiency?
  /// One entry a role, in the order of `Role.allCases`.
  public let contrasts: [RoleContrast]
  /// One entry a kind of vision, in the order of `Vision.allCases`.
  public let separations: [Separation]
  /// Why the theme does not pass; empty when it does.
  public let failures: [Failure]

  /// Whether it may be used without harm.
  public var passes: Bool { failures.isEmpty }
  /// The smallest contrast of text on its ground; nil when the terminal chooses all the colours.
  public var leastTextContrast: Double? { least(need: Self.textNeeds) }
  /// The smallest contrast of a border.
  public var leastBorderContrast: Double? { least(need: Self.borderNeeds) }
  /// The smallest distance between group colours: for the deficiency named, else over all visions.
  public var leastDistance: Double? {
    let wanted = deficiency.map { [Vision($0)] } ?? Vision.allCases
    return separations.filter { wanted.contains($0.vision) }.compactMap(\.groups?.value).min()
  }

  private func least(need: Double) -> Double? { contrasts.filter { $0.needed == need }.compactMap(\.ratio).min() }

  /// What text needs (WCAG 2.2, 1.4.3).
  public static let textNeeds = 4.5
  /// What borders need (WCAG 2.2, 1.4.11); and text on a cursor's row, which is bold.
  public static let borderNeeds = 3.0
  /// How far apart colours have to be for the deficiency that a theme names, in CIE76.
  public static let distanceNeeded = 25.0

  /// The contrast of one role.
  public struct RoleContrast: Hashable, Sendable {
    /// The role.
    public var role: Role
    /// What it needs.
    public var needed: Double
    /// The least it has; nil where the terminal chooses a colour.
    public var ratio: Double?
    /// Where it has the least, `0xrrggbb`.
    public var ground: UInt32?
    /// The least it has on a cursor's row; nil where it never stands there or the cursor brings its own text colour.
    public var onCursor: Double?
  }

  /// The pair of roles that is told apart least.
  public struct Distance: Hashable, Sendable {
    /// CIE76.
    public var value: Double
    /// One.
    public var first: Role
    /// The other.
    public var second: Role
  }

  /// What one kind of vision tells apart; nil where the terminal chooses a colour.
  public struct Separation: Hashable, Sendable {
    /// Whose.
    public var vision: Vision
    /// The closest two of the six group colours.
    public var groups: Distance?
    /// The colours of good and of warning.
    public var states: Distance?
  }

  /// One reason not to pass.
  public enum Failure: Hashable, Sendable {
    case contrast(Role, has: Double, on: UInt32, needed: Double)
    case cursorContrast(Role, has: Double, on: UInt32, row: Role)
    case distance(Distance, Vision)
    /// The theme names a deficiency, but the terminal chooses its colours.
    case unmeasured([Role], Vision)
  }
}

extension ThemeReport {
  /// Measures a theme.
  public init(of theme: Theme) {
    self.theme = theme.name
    ground = theme.ground
    deficiency = theme.deficiency
    contrasts = Role.allCases.map { Self.contrast(of: $0, in: theme) }
    separations = Vision.allCases.map { vision in
      Separation(
        vision: vision, groups: theme.leastDistance(among: Role.groups, to: vision),
        states: theme.leastDistance(among: Self.states, to: vision))
    }
    failures =
      Role.allCases.flatMap { Self.failures(of: $0, in: theme) } + Self.failures(separations, for: theme.deficiency)
  }

  private static let states: [Role] = [.stateGood, .stateWarning]
  private static let cursors: [Role] = [.cursor, .cursorUnfocused]

  private static func needed(by role: Role) -> Double {
    role == .border || role == .borderFocused ? borderNeeds : textNeeds
  }

  /// Whether text of this role stands in rows that a cursor can lie under.
  private static func standsInRows(_ role: Role) -> Bool {
    switch role {
    case .title, .hintKey, .hintText, .border, .borderFocused, .cursor, .cursorUnfocused, .danger: false
    default: true
    }
  }

  private static func contrast(of role: Role, in theme: Theme) -> RoleContrast {
    let least = theme.leastContrast(of: role)
    let rows = standsInRows(role) ? cursors.compactMap { theme.leastContrast(of: role, under: $0)?.ratio } : []
    return RoleContrast(
      role: role, needed: needed(by: role), ratio: least?.ratio, ground: least?.ground, onCursor: rows.min())
  }

  private static func failures(of role: Role, in theme: Theme) -> [Failure] {
    var found: [Failure] = []
    if let least = theme.leastContrast(of: role), least.ratio < needed(by: role) {
      found.append(.contrast(role, has: least.ratio, on: least.ground, needed: needed(by: role)))
    }
    for row in cursors where standsInRows(role) {
      guard let least = theme.leastContrast(of: role, under: row), least.ratio < borderNeeds else { continue }
      found.append(.cursorContrast(role, has: least.ratio, on: least.ground, row: row))
    }
    return found
  }

  private static func failures(_ separations: [Separation], for deficiency: Deficiency?) -> [Failure] {
    guard let deficiency, let separation = separations.first(where: { $0.vision == Vision(deficiency) }) else {
      return []
    }
    return [(separation.groups, Role.groups), (separation.states, states)].compactMap { distance, roles in
      guard let distance else { return .unmeasured(roles, separation.vision) }
      return distance.value < distanceNeeded ? .distance(distance, separation.vision) : nil
    }
  }
}
