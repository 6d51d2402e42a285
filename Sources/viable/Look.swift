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

/// How many colours a terminal has.
enum ColorDepth {
  case sixteen, indexed, full
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
  init(theme: Theme, depth: ColorDepth) {
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

  private static func code(of ink: Ink, depth: ColorDepth) -> String? {
    if depth == .full, let rgb = ink.rgb { return "38;2;\(rgb >> 16 & 255);\(rgb >> 8 & 255);\(rgb & 255)" }
    if depth != .sixteen, let indexed = ink.indexed { return "38;5;\(indexed)" }
    return ink.basic.map { $0 < 8 ? "\(30 + $0)" : "\(82 + $0)" }
  }
}
