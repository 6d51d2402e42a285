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
  public let depth: Depth

  /// Both.
  public init(theme: Theme, depth: Depth) {
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
    mendDark(&look, inked: appearance.foreground)
    return look
  }

  /// With few colours black text on the terminal's own background is invisible on most, and blue on black nearly so
  /// unless it is bold. What a theme asks for by name it gets; this is for what was derived.
  private func mendDark(_ look: inout Look, inked ink: Ink?) {
    guard depth == .eight || depth == .sixteen, look.background < 0, ink?.basic == nil else { return }
    if look.foreground == 0 { look.foreground = -1 }
    if look.foreground == 4 { look.attributes.insert(.bold) }
  }

  /// A colour number, and whether it stands for a bright one that the terminal lacks and bold makes up for.
  private func number(of ink: Ink) -> (number: Int32, isBright: Bool) {
    switch depth {
    case .monochrome: return (-1, false)
    case .direct: return direct(ink)
    case .indexed: return (Int32(indexed(ink)), false)
    case .sixteen: return (Int32(basic(ink)), false)
    case .eight:
      let index = basic(ink)
      return (Int32(index % 8), index >= 8)
    }
  }

  private func direct(_ ink: Ink) -> (number: Int32, isBright: Bool) {
    if let rgb = ink.rgb ?? ink.indexed.flatMap({ $0 >= 16 ? XtermColours.rgb(of: $0) : nil }) {
      // Terminals of this depth take 0...7 for the old eight colours, so near-black blues move up by a shade.
      return (Int32((1...7).contains(rgb) ? 8 : rgb & 0xff_ffff), false)
    }
    let index = ink.basic ?? ink.indexed ?? 0
    return (Int32(index % 8), index >= 8)
  }

  private func indexed(_ ink: Ink) -> UInt8 {
    ink.indexed ?? ink.rgb.map(XtermColours.nearest) ?? ink.basic ?? 0
  }

  private func basic(_ ink: Ink) -> UInt8 {
    if let basic = ink.basic { return basic % 16 }
    return XtermColours.nearestBasic(to: ink.rgb ?? XtermColours.rgb(of: ink.indexed ?? 0))
  }
}
