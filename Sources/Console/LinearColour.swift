/// A colour as amounts of light, each 0...1: sRGB with its curve undone. Contrast and vision are computed here.
struct LinearColour: Hashable, Sendable {
  var red: Double
  var green: Double
  var blue: Double

  init(red: Double, green: Double, blue: Double) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// From `0xrrggbb`.
  init(rgb: UInt32) {
    red = Self.curve[Int(rgb >> 16 & 0xff)]
    green = Self.curve[Int(rgb >> 8 & 0xff)]
    blue = Self.curve[Int(rgb & 0xff)]
  }

  /// Relative luminance as WCAG 2.2 defines it.
  var luminance: Double { 0.2126 * red + 0.7152 * green + 0.0722 * blue }

  /// IEC 61966-2-1 for every 8-bit value. WCAG's older threshold 0.03928 gives the same table.
  private static let curve: [Double] = (0...255).map { step in
    let value = Double(step) / 255
    guard value > 0.04045 else { return value / 12.92 }
    let base = (value + 0.055) / 1.055
    let fifth = root(5, of: base)
    return base * base * fifth * fifth
  }

  /// The n-th root of a number in 0...1.1 by Newton's method from above: a pure floor has no libm.
  static func root(_ degree: Int, of number: Double) -> Double {
    guard number > 0 else { return 0 }
    var guess = 1.1
    while true {
      let power = (1..<degree).reduce(1.0) { product, _ in product * guess }
      let next = guess - (guess - number / power) / Double(degree)
      if next >= guess { return guess }
      guess = next
    }
  }
}

/// A colour in CIE L*a*b* under D65, where distance is what an eye tells apart.
struct LabColour: Hashable, Sendable {
  var lightness: Double
  var a: Double
  var b: Double

  /// Through CIE XYZ with the sRGB primaries.
  init(_ colour: LinearColour) {
    let (red, green, blue) = (colour.red, colour.green, colour.blue)
    let x = Self.compress((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047)
    let y = Self.compress(0.2126729 * red + 0.7151522 * green + 0.0721750 * blue)
    let z = Self.compress((0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883)
    lightness = 116 * y - 16
    a = 500 * (x - y)
    b = 200 * (y - z)
  }

  private static func compress(_ value: Double) -> Double {
    value > 216.0 / 24389 ? LinearColour.root(3, of: value) : (24389.0 / 27 * value + 16) / 116
  }

  /// CIE76: the plain distance.
  func distance(to other: LabColour) -> Double {
    let (l, a, b) = (lightness - other.lightness, a - other.a, b - other.b)
    return (l * l + a * a + b * b).squareRoot()
  }
}
