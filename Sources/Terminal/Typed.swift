public import Console

/// One thing that a person did at the terminal.
public enum Typed: Hashable, Sendable {
  case key(Key)
  case mouse(Mouse)
  /// Bracketed paste, uncleaned.
  case paste(String)

  /// The same as the console takes it.
  public var input: Input {
    switch self {
    case .key(let key): .key(key)
    case .mouse(let mouse): .mouse(mouse)
    case .paste(let text): .paste(text)
    }
  }
}
