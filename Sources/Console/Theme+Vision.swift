/// How somebody sees colours.
public enum Vision: String, Hashable, Sendable, CaseIterable {
  case normal
  case protan
  case deutan
  case tritan

  /// The vision that a theme for `deficiency` has to serve.
  public init(_ deficiency: Deficiency) {
    switch deficiency {
    case .protan: self = .protan
    case .deutan: self = .deutan
    case .tritan: self = .tritan
    }
  }

  /// How far apart two colours, `0xrrggbb`, look: CIE76 in L*a*b*. About 2 is just noticeable; 25 can be told
  /// apart at a glance.
  public func distance(_ one: UInt32, _ other: UInt32) -> Double {
    seen(one).distance(to: seen(other))
  }

  /// The colour as it looks to this vision.
  func seen(_ rgb: UInt32) -> LabColour { LabColour(simulate(LinearColour(rgb: rgb))) }

  private func simulate(_ colour: LinearColour) -> LinearColour {
    guard let matrix else { return colour }
    let parts = matrix.map { row in
      min(1, max(0, row[0] * colour.red + row[1] * colour.green + row[2] * colour.blue))
    }
    return LinearColour(red: parts[0], green: parts[1], blue: parts[2])
  }

  /// Machado, Oliveira and Fernandes 2009, table 1 at severity 1.0, for linear light.
  private var matrix: [[Double]]? {
    switch self {
    case .normal: nil
    case .protan:
      [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    case .deutan:
      [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    case .tritan:
      [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    }
  }
}

extension Theme {
  /// The two of `roles` that `vision` tells apart least, at whichever depth that is; nil where one of them has
  /// only a colour that the terminal chooses.
  func leastDistance(among roles: [Role], to vision: Vision) -> ThemeReport.Distance? {
    let inks = roles.map { look(of: $0).foreground }
    var least: ThemeReport.Distance?
    for depth in Ink.Depth.known {
      let seen = inks.compactMap { $0?.rgb(at: depth).map(vision.seen) }
      guard seen.count == roles.count else { return nil }
      for first in roles.indices {
        for second in roles.indices where second > first {
          let value = seen[first].distance(to: seen[second])
          if value < least?.value ?? .infinity {
            least = .init(value: value, first: roles[first], second: roles[second])
          }
        }
      }
    }
    return least
  }
}
