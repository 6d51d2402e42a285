/// Why a terminal cannot show the console.
public enum Unusable: Error, Hashable, Sendable, CustomStringConvertible {
  case inputIsNoTerminal
  case outputIsNoTerminal
  case termUnset
  /// terminfo does not have it.
  case termUnknown(String)
  /// It can only print lines, as `dumb` can.
  case noCursorAddressing(String)
  /// This process shows a screen already.
  case alreadyOpen
  /// No memory or descriptors.
  case noResources

  /// The reason as half a sentence. Names are as the environment gave them, uncleaned.
  public var description: String {
    switch self {
    case .inputIsNoTerminal: "standard input is not a terminal"
    case .outputIsNoTerminal: "standard output is not a terminal"
    case .termUnset: "TERM is not set"
    case .termUnknown(let name): "TERM=\(name) is not in the terminfo database"
    case .noCursorAddressing(let name): "TERM=\(name) cannot place the cursor"
    case .alreadyOpen: "the screen is already open"
    case .noResources: "no memory or descriptors for a screen"
    }
  }
}
