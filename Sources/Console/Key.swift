/// A key as a person pressed it.
public enum Key: Hashable, Sendable {
  case character(Character)
  /// Ctrl and a lower-case letter.
  case control(Character)
  case alt(Character)
  case up, down, left, right
  case home, end, pageUp, pageDown
  case insert, delete, backspace
  case tab, backTab, enter, escape
  /// F1...F12.
  case function(Int)
  case controlUp, controlDown, controlLeft, controlRight
}

/// A mouse event in cells.
public struct Mouse: Hashable, Sendable {
  /// What happened.
  public enum Kind: Hashable, Sendable {
    case press, release, drag
    case rightPress
    case wheelUp, wheelDown
  }
  /// What happened.
  public var kind: Kind
  /// Where.
  public var at: Point
  /// Both.
  public init(_ kind: Kind, at point: Point) {
    self.kind = kind
    self.at = point
  }
}
