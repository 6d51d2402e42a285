/// What a cell means. Themes give roles their looks; nothing else in the console knows a colour.
public enum Role: String, Hashable, Sendable, CaseIterable {
  case text
  case dim
  case title
  case hintKey = "hint-key"
  case hintText = "hint-text"
  case border
  case borderFocused = "border-focused"
  case cursor
  case cursorUnfocused = "cursor-unfocused"
  case marked
  /// vfio, free, viable.
  case stateGood = "state-ok"
  /// BLOCKS, NOT VIABLE.
  case stateWarning = "state-warn"
  /// host, exempt, host-owned.
  case stateQuiet = "state-host"
  case stateOpen = "state-open"
  case changed
  case gone
  case logError = "log-error"
  case logCall = "log-call"
  case logEvent = "log-event"
  case logScan = "log-scan"
  case danger
  case group1 = "group-1"
  case group2 = "group-2"
  case group3 = "group-3"
  case group4 = "group-4"
  case group5 = "group-5"
  case group6 = "group-6"

  /// The six roles that tell neighbouring groups apart, beside label and bracket.
  public static let groups: [Role] = [.group1, .group2, .group3, .group4, .group5, .group6]

  /// One letter for the role grid of a golden.
  public var letter: Character {
    switch self {
    case .text: "."
    case .dim: "d"
    case .title: "T"
    case .hintKey: "K"
    case .hintText: "k"
    case .border: "-"
    case .borderFocused: "="
    case .cursor: "C"
    case .cursorUnfocused: "c"
    case .marked: "M"
    case .stateGood: "g"
    case .stateWarning: "W"
    case .stateQuiet: "h"
    case .stateOpen: "O"
    case .changed: "!"
    case .gone: "~"
    case .logError: "E"
    case .logCall: "L"
    case .logEvent: "e"
    case .logScan: "s"
    case .danger: "D"
    case .group1: "1"
    case .group2: "2"
    case .group3: "3"
    case .group4: "4"
    case .group5: "5"
    case .group6: "6"
    }
  }
}
