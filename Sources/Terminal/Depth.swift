public import Console

extension Ink.Depth {
  /// What terminfo's numbers amount to. `colours` counts them; `hasRGB` says that a number is red, green and blue.
  public init(colours: Int, hasRGB: Bool) {
    switch colours {
    case ..<8: self = .monochrome
    case 8..<16: self = .eight
    case 16..<256: self = .sixteen
    default: self = hasRGB && colours >= 1 << 24 ? .direct : .indexed
    }
  }

  /// How many colours that is, for people.
  public var words: String {
    switch self {
    case .monochrome: "no colours"
    case .eight: "8 colours"
    case .sixteen: "16 colours"
    case .indexed: "256 colours"
    case .direct: "direct colour"
    }
  }

  /// The shipped theme for a terminal of this depth whose owner has chosen none.
  public var usualTheme: String {
    switch self {
    case .monochrome: "mono"
    case .eight: "console-8"
    case .sixteen, .indexed, .direct: "default-dark"
    }
  }
}
