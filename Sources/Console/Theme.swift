/// A colour at up to three depths. A missing depth is derived from what is there.
public struct Ink: Hashable, Sendable {
  /// `0xrrggbb`.
  public var rgb: UInt32?
  /// Index into the 256 colours.
  public var indexed: UInt8?
  /// Index into the 16 that users redefine, 0...15.
  public var basic: UInt8?

  /// Any of the three; none means the terminal's own colour.
  public init(rgb: UInt32? = nil, indexed: UInt8? = nil, basic: UInt8? = nil) {
    self.rgb = rgb
    self.indexed = indexed
    self.basic = basic
  }
}

/// Attributes that need no colour.
public struct Attributes: OptionSet, Hashable, Sendable {
  /// Bits; their meaning stays inside the program.
  public let rawValue: UInt8
  /// From bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// Bold.
  public static let bold = Attributes(rawValue: 1)
  /// Dim.
  public static let dim = Attributes(rawValue: 2)
  /// Reverse video.
  public static let reverse = Attributes(rawValue: 4)
  /// Underline.
  public static let underline = Attributes(rawValue: 8)
  /// Italic.
  public static let italic = Attributes(rawValue: 16)
}

/// How one role looks.
public struct Appearance: Hashable, Sendable {
  /// Text colour; nil is the terminal's own.
  public var foreground: Ink?
  /// Background; nil is the terminal's own.
  public var background: Ink?
  /// Attributes beside the colour.
  public var attributes: Attributes
  /// Attributes on a terminal without colour; nil when they are the same.
  public var monochrome: Attributes?

  /// All of it; nothing is plain text.
  public init(
    foreground: Ink? = nil, background: Ink? = nil, attributes: Attributes = [], monochrome: Attributes? = nil
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
    self.monochrome = monochrome
  }
}

/// A colour-vision deficiency that a theme is made for.
public enum Deficiency: String, Hashable, Sendable, CaseIterable {
  case protan
  case deutan
  case tritan
}

/// What the roles look like.
public struct Theme: Hashable, Sendable {
  /// The name it is chosen by.
  public var name: String
  /// The background it is made for.
  public enum Ground: String, Hashable, Sendable, CaseIterable {
    case dark
    case light
    case any
  }
  /// Dark or light terminals, or either.
  public var ground: Ground
  /// The deficiency it is made for, if it is for one.
  public var deficiency: Deficiency?
  /// Roles without an entry look like `text`.
  public var appearances: [Role: Appearance]

  /// All of it.
  public init(name: String, ground: Ground = .any, deficiency: Deficiency? = nil, appearances: [Role: Appearance]) {
    self.name = name
    self.ground = ground
    self.deficiency = deficiency
    self.appearances = appearances
  }
}
