import Console

/// How text output may look: colours, characters and width.
struct Look {
  /// Colours, or none.
  var inks: Inks
  /// Whether only ASCII may be printed.
  var isASCII: Bool
  /// Width of the terminal; nil where lines may be as long as they like.
  var columns: Int?

  /// Plain text for a pipe.
  static let plain = Look(inks: .none, isASCII: false, columns: nil)
}

/// The escape sequences of a theme's roles, made once.
struct Inks {
  private let escapes: [Role: [UInt8]]

  /// No colours and no attributes.
  static let none = Inks(escapes: [:])
  /// Back to plain text.
  static let plain = Array("\u{1b}[0m".utf8)

  private init(escapes: [Role: [UInt8]]) { self.escapes = escapes }

  /// A theme's looks at a depth.
  init(theme: Theme, depth: Ink.Depth) {
    escapes = theme.appearances.compactMapValues { appearance in
      var codes: [String] = []
      let attributes: [(Attributes, String)] = [
        (.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.reverse, "7"),
      ]
      codes += attributes.filter { appearance.attributes.contains($0.0) }.map(\.1)
      if let ink = appearance.foreground { codes += Self.code(of: ink, depth: depth).map { [$0] } ?? [] }
      return codes.isEmpty ? nil : Array("\u{1b}[\(codes.joined(separator: ";"))m".utf8)
    }
  }

  /// What switches a role on; empty when it looks like plain text.
  func escape(for role: Role) -> [UInt8] {
    escapes.isEmpty ? [] : escapes[role] ?? []
  }

  private static func code(of ink: Ink, depth: Ink.Depth) -> String? {
    switch ink.paint(at: depth) {
    case .terminal: nil
    case .basic(let index): index < 8 ? "\(30 + index)" : "\(82 + index)"
    case .indexed(let index): "38;5;\(index)"
    case .direct(let rgb): "38;2;\(rgb >> 16 & 255);\(rgb >> 8 & 255);\(rgb & 255)"
    }
  }
}
