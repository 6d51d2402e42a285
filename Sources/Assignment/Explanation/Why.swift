public import Topology

/// A reason of a group in words.
public struct Why: Hashable, Sendable {
  /// Which.
  public var reason: TieReason
  /// One sentence, or two, for people.
  public var sentence: String
  /// What proves it, one line each: registers with offset and value where bytes were read.
  public var evidence: [String] = []
  /// What would split the group, one sentence each; empty where nothing would.
  public var splits: [String] = []
  /// What would not, though people try.
  public var keeps: [String] = []
  /// What the members can do to each other; nil where there is no such risk.
  public var risk: String?

  init(_ reason: TieReason, _ sentence: String) {
    self.reason = reason
    self.sentence = sentence
  }
}

extension Why {
  /// Two or three words for the kind, as they stand on an edge of a drawing.
  public static func edge(_ kind: Tie.Kind) -> String {
    switch kind {
    case .conventionalBus: "shared requester ID"
    case .noACS: "no ACS"
    case .acsOff: "ACS off"
    case .multifunction: "multifunction"
    case .aliasQuirk: "alias quirk"
    case .vmd: "Intel VMD"
    case .platformAlias: "platform alias"
    case .override: "ACS override"
    case .alone: "alone"
    case .unknown: "unknown"
    case .unexplained: "unexplained"
    }
  }
}
