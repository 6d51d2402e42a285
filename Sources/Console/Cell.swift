/// How a cell looks, in roles: its own, and the one of the row it lies on (the cursor's, a dialog's button's).
public struct Style: Hashable, Sendable {
  /// What the text means.
  public var role: Role
  /// What lies under it; its background and attributes are added, and its foreground, where it has one, wins.
  public var under: Role?

  /// A role, and perhaps a row under it.
  public init(_ role: Role, under: Role? = nil) {
    self.role = role
    self.under = under
  }
}

/// One column of one row.
public struct Cell: Hashable, Sendable {
  /// What stands here; the right half of a wide character is `Cell.rightHalf`.
  public var character: Character
  /// How it looks.
  public var style: Style

  /// A character in a style.
  public init(_ character: Character, _ style: Style) {
    self.character = character
    self.style = style
  }

  /// The character value that marks the right half of a wide one.
  public static let rightHalf: Character = "\0"
  /// Nothing, in plain text.
  public static let blank = Cell(" ", Style(.text))
}
