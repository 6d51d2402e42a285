/// The fixed part of xterm's palette: a cube of 6 x 6 x 6 at 16 and a ramp of 24 greys at 232. The sixteen below are
/// what their user made them, so only a guess of theirs exists.
enum XtermColours {
  /// Steps of the cube, per channel.
  static let steps: [Int] = [0, 95, 135, 175, 215, 255]

  /// `0xrrggbb` of an index; below 16 what xterm ships.
  static func rgb(of index: UInt8) -> UInt32 {
    switch index {
    case ..<16: return basic[Int(index)]
    case 16..<232:
      let cube = Int(index) - 16
      return pack(steps[cube / 36], steps[cube / 6 % 6], steps[cube % 6])
    default:
      let grey = 8 + 10 * (Int(index) - 232)
      return pack(grey, grey, grey)
    }
  }

  /// The nearest of indices 16...255, by distance in red, green and blue; the cube wins a tie.
  static func nearest(to rgb: UInt32) -> UInt8 {
    let (red, green, blue) = unpack(rgb)
    let cube = 16 + 36 * nearestStep(red) + 6 * nearestStep(green) + nearestStep(blue)
    let mean = (red + green + blue) / 3
    // The best grey lies beside the mean; the two around it are compared.
    let low = min(max((mean - 8) / 10, 0), 23)
    let candidates = [cube, 232 + low, 232 + min(low + 1, 23)]
    let best = candidates.min { distance(rgb, Self.rgb(of: UInt8($0))) < distance(rgb, Self.rgb(of: UInt8($1))) }
    return UInt8(best ?? cube)
  }

  /// The nearest of the sixteen as xterm ships them.
  static func nearestBasic(to rgb: UInt32) -> UInt8 {
    let best = basic.indices.min { distance(rgb, basic[$0]) < distance(rgb, basic[$1]) }
    return UInt8(best ?? 7)
  }

  /// Squared distance of two colours.
  static func distance(_ one: UInt32, _ other: UInt32) -> Int {
    let (a, b) = (unpack(one), unpack(other))
    let (red, green, blue) = (a.0 - b.0, a.1 - b.1, a.2 - b.2)
    return red * red + green * green + blue * blue
  }

  private static let basic: [UInt32] = [
    0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
    0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
  ]

  private static func nearestStep(_ channel: Int) -> Int {
    steps.indices.min { abs(steps[$0] - channel) < abs(steps[$1] - channel) } ?? 0
  }

  private static func unpack(_ rgb: UInt32) -> (Int, Int, Int) {
    (Int(rgb >> 16 & 0xff), Int(rgb >> 8 & 0xff), Int(rgb & 0xff))
  }

  private static func pack(_ red: Int, _ green: Int, _ blue: Int) -> UInt32 {
    UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
  }
}
