/// Contrast between two colours, as WCAG 2.2 measures it.
public enum Contrast {
  /// 1...21; 4.5 is what text needs, 3 what borders need. Both colours are `0xrrggbb`; order does not matter.
  public static func ratio(_ one: UInt32, _ other: UInt32) -> Double {
    let (first, second) = (LinearColour(rgb: one).luminance, LinearColour(rgb: other).luminance)
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)
  }
}

extension Theme.Ground {
  /// The backgrounds that terminals of this kind usually have; none where any may come.
  public var usual: [UInt32] {
    switch self {
    case .dark: [0x000000, 0x1e1e1e]
    case .light: [0xffffff, 0xeeeeee]
    case .any: []
    }
  }
}

extension Theme {
  /// What a role looks like here: its own entry, or that of plain text.
  func look(of role: Role) -> Appearance { appearances[role] ?? appearances[.text] ?? Appearance() }

  /// The least contrast of a role's text on what it stands on, and on which colour; nil where a terminal's own
  /// colour, which nobody knows, takes part.
  func leastContrast(of role: Role) -> (ratio: Double, ground: UInt32)? {
    let look = look(of: role)
    return Ink.Depth.known.compactMap { depth in
      let grounds = look.background.map { [$0.rgb(at: depth)].compactMap(\.self) } ?? ground.usual
      return Self.least(of: look.foreground?.rgb(at: depth), on: grounds)
    }.min { $0.ratio < $1.ratio }
  }

  /// The least contrast of a role's text where `row`, a cursor, lies under it. nil where `row` has no known
  /// background, or a text colour of its own, which wins.
  func leastContrast(of role: Role, under row: Role) -> (ratio: Double, ground: UInt32)? {
    let under = look(of: row)
    guard under.foreground == nil, let background = under.background else { return nil }
    return Ink.Depth.known.compactMap { depth in
      Self.least(of: look(of: role).foreground?.rgb(at: depth), on: [background.rgb(at: depth)].compactMap(\.self))
    }.min { $0.ratio < $1.ratio }
  }

  private static func least(of text: UInt32?, on grounds: [UInt32]) -> (ratio: Double, ground: UInt32)? {
    guard let text else { return nil }
    return grounds.map { (Contrast.ratio(text, $0), $0) }.min { $0.0 < $1.0 }
  }
}
