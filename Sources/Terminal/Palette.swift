public import Console

/// What a terminal is told: colour numbers of its own (-1 is its default) and attributes.
public struct Look: Hashable, Sendable {
  /// Colour number of the text, or -1.
  public var foreground: Int32
  /// Colour number of what is under it, or -1.
  public var background: Int32
  /// Attributes beside the colours.
  public var attributes: Attributes

  /// All three.
  public init(foreground: Int32 = -1, background: Int32 = -1, attributes: Attributes = []) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }
}

/// A theme on a terminal of some depth: styles in, looks out.
public struct Palette: Hashable, Sendable {
  /// What the roles look like.
  public let theme: Theme
  /// How many colours there are.
  public let depth: Ink.Depth

  /// Both.
  public init(theme: Theme, depth: Ink.Depth) {
    self.theme = theme
    self.depth = depth
  }

  /// What a style looks like. What lies under it adds its background and attributes, and its foreground wins.
  public func look(of style: Style) -> Look {
    var look = look(of: style.role)
    guard let role = style.under else { return look }
    let under = self.look(of: role)
    look.attributes.formUnion(under.attributes)
    if under.background >= 0 { look.background = under.background }
    if under.foreground >= 0 { look.foreground = under.foreground }
    return look
  }

  private func look(of role: Role) -> Look {
    let appearance = theme.appearances[role] ?? theme.appearances[.text] ?? Appearance()
    guard depth != .monochrome else {
      return Look(attributes: appearance.monochrome ?? appearance.attributes)
    }
    var look = Look(attributes: appearance.attributes)
    if let ink = appearance.foreground {
      let colour = number(of: ink)
      look.foreground = colour.number
      if colour.isBright { look.attributes.insert(.bold) }
    }
    if let ink = appearance.background { look.background = number(of: ink).number }
    return look
  }

  /// A colour number, and whether it stands for a bright one that the terminal lacks and bold makes up for. Which
  /// colour it is, `Ink` decides: what `theme check` measures is what is shown.
  private func number(of ink: Ink) -> (number: Int32, isBright: Bool) {
    switch ink.paint(at: depth) {
    case .terminal: return (-1, false)
    case .indexed(let index): return (Int32(index), false)
    // Terminals of this depth take 0...7 for the old eight colours, so near-black blues move up by a shade.
    case .direct(let rgb): return (Int32((1...7).contains(rgb) ? 8 : rgb & 0xff_ffff), false)
    case .basic(let index):
      let named = ink.basic ?? index
      return depth == .eight || depth == .direct ? (Int32(named % 8), named >= 8) : (Int32(index), false)
    }
  }
}
