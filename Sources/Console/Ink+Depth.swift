extension Ink {
  /// How many colours a terminal has.
  public enum Depth: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// Attributes alone: no colours, or none wanted.
    case monochrome
    /// The first eight of the sixteen.
    case eight
    /// The sixteen that users redefine.
    case sixteen
    /// 256: the sixteen, a cube and greys.
    case indexed
    /// Any `0xrrggbb`.
    case direct

    /// By number of colours.
    public static func < (left: Depth, right: Depth) -> Bool { left.rawValue < right.rawValue }

    /// The depths at which what a terminal shows can be known.
    static let known: [Depth] = [.indexed, .direct]
  }

  /// What to ask of a terminal.
  public enum Paint: Hashable, Sendable {
    /// Its own text colour or background.
    case terminal
    /// One of the sixteen, 0...15.
    case basic(UInt8)
    /// One of the 256.
    case indexed(UInt8)
    /// `0xrrggbb`.
    case direct(UInt32)
  }

  /// This ink on a terminal of some depth. What is missing is derived from what is there, but never towards the
  /// sixteen: users redefine those, so without a named one the terminal's own colour stays, which can be read.
  public func paint(at depth: Depth) -> Paint {
    switch depth {
    case .monochrome: return .terminal
    case .eight:
      guard let basic else { return .terminal }
      // Bright black is black without the bright half, and cannot be read on black.
      return basic < 8 ? .basic(basic) : basic == 8 ? .terminal : .basic(basic - 8)
    case .sixteen: return basic.map { .basic($0) } ?? .terminal
    case .indexed:
      if let indexed { return .indexed(indexed) }
      if let rgb { return .indexed(Self.nearest(to: rgb)) }
      return basic.map { .basic($0) } ?? .terminal
    case .direct:
      if let rgb { return .direct(rgb) }
      guard let indexed else { return basic.map { .basic($0) } ?? .terminal }
      return Self.rgb(of: indexed).map { .direct($0) } ?? .basic(indexed)
    }
  }

  /// The colour that is then seen, `0xrrggbb`; nil where the terminal decides.
  public func rgb(at depth: Depth) -> UInt32? {
    switch paint(at: depth) {
    case .terminal, .basic: nil
    case .indexed(let index): Self.rgb(of: index)
    case .direct(let rgb): rgb
    }
  }
}

extension Ink {
  /// What xterm shows for an index: 16...231 are a cube of six steps, 232...255 are greys. nil for the sixteen
  /// that users redefine.
  public static func rgb(of index: UInt8) -> UInt32? {
    let index = UInt32(index)
    switch index {
    case 0..<16: return nil
    case 16..<232:
      let cube = index - 16
      return step(cube / 36) << 16 | step(cube / 6 % 6) << 8 | step(cube % 6)
    default: return (8 + 10 * (index - 232)) * 0x010101
    }
  }

  private static func step(_ number: UInt32) -> UInt32 { number == 0 ? 0 : 55 + 40 * number }

  /// The index in 16...255 whose colour looks most like `rgb`: smallest distance in L*a*b*, the first of equals.
  public static func nearest(to rgb: UInt32) -> UInt8 {
    let wanted = Vision.normal.seen(rgb)
    var (best, least) = (UInt8(16), Double.infinity)
    for (offset, colour) in palette.enumerated() {
      let distance = colour.distance(to: wanted)
      if distance < least { (best, least) = (UInt8(16 + offset), distance) }
    }
    return best
  }

  /// 16...255 as an eye sees them.
  private static let palette: [LabColour] = (UInt8(16)...255).compactMap { rgb(of: $0).map(Vision.normal.seen) }
}
