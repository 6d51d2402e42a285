import Testing

@testable import Console

@Suite struct ThemeTests {
  // MARK: contrast

  @Test func `black on white has the most contrast there is`() {
    #expect(abs(Contrast.ratio(0x000000, 0xffffff) - 21) < 1e-9)
    #expect(Contrast.ratio(0x123456, 0x123456) == 1)
  }

  /// Values of WebAIM's and the W3C's calculators.
  @Test(arguments: [
    (0x767676, 0xffffff, 4.54), (0x777777, 0xffffff, 4.47), (0xff0000, 0xffffff, 3.99), (0x0000ff, 0xffffff, 8.59),
    (0x00ff00, 0x000000, 15.30), (0x008000, 0xffffff, 5.13),
  ])
  func `contrast is what the calculators of the web say`(one: Int, other: Int, ratio: Double) {
    let found = Contrast.ratio(UInt32(one), UInt32(other))
    #expect(abs(found - ratio) < 0.011, "\(found)")
    #expect(found == Contrast.ratio(UInt32(other), UInt32(one)))
  }

  @Test func `roots are exact without a libm`() {
    for step in 1...1000 {
      let value = Double(step) / 1000
      let (third, fifth) = (LinearColour.root(3, of: value), LinearColour.root(5, of: value))
      #expect(abs(third * third * third - value) < 1e-14)
      #expect(abs(fifth * fifth * fifth * fifth * fifth - value) < 1e-14)
    }
    #expect(LinearColour.root(3, of: 0) == 0)
  }

  // MARK: vision

  /// L*a*b* under D65, as Bruce Lindbloom's calculator gives it.
  @Test(arguments: [
    (0xffffff, 100.0, 0.0, 0.0), (0x000000, 0, 0, 0), (0xff0000, 53.24, 80.09, 67.20), (0x00ff00, 87.73, -86.18, 83.18),
    (0x0000ff, 32.30, 79.19, -107.86), (0x808080, 53.59, 0, 0),
  ])
  func `colours have the coordinates of the textbooks`(rgb: Int, lightness: Double, a: Double, b: Double) {
    let found = Vision.normal.seen(UInt32(rgb))
    #expect(abs(found.lightness - lightness) < 0.02 && abs(found.a - a) < 0.02 && abs(found.b - b) < 0.02, "\(found)")
  }

  @Test func `greys look the same to every vision`() {
    for vision in Vision.allCases {
      for grey in stride(from: UInt32(0), through: 255, by: 5) {
        let (seen, plain) = (vision.seen(grey * 0x010101), Vision.normal.seen(grey * 0x010101))
        #expect(seen.distance(to: plain) < 0.01, "\(vision) \(grey)")
      }
    }
  }

  /// What Machado's matrices make of full red, clipped to what light can be.
  @Test func `red turns dark and yellowish for a protanope`() {
    let expected = LabColour(LinearColour(red: 0.152286, green: 0.114503, blue: 0))
    #expect(Vision.protan.seen(0xff0000).distance(to: expected) < 1e-9)
    #expect(Vision.protan.seen(0xff0000).lightness < Vision.normal.seen(0xff0000).lightness - 10)
  }

  /// Distances that an independent program computed from the same papers.
  @Test(arguments: [
    (Vision.normal, 33, 208, 145.3), (.protan, 33, 208, 128.0), (.deutan, 33, 208, 148.2), (.tritan, 33, 208, 96.4),
    (.normal, 25, 160, 124.9), (.protan, 25, 160, 88.7), (.deutan, 25, 160, 109.9), (.tritan, 25, 160, 124.2),
  ])
  func `good and warning stay far apart`(vision: Vision, good: UInt8, warning: UInt8, distance: Double) throws {
    let (one, other) = (try #require(Ink.rgb(of: good)), try #require(Ink.rgb(of: warning)))
    #expect(abs(vision.distance(one, other) - distance) < 0.051)
  }

  // MARK: depth

  @Test(arguments: [
    (16, 0x000000), (21, 0x0000ff), (33, 0x0087ff), (75, 0x5fafff), (196, 0xff0000), (208, 0xff8700), (231, 0xffffff),
    (232, 0x080808), (237, 0x3a3a3a), (244, 0x808080), (255, 0xeeeeee),
  ])
  func `the palette is xterm's`(index: Int, rgb: Int) {
    #expect(Ink.rgb(of: UInt8(index)) == UInt32(rgb))
  }

  @Test func `the sixteen that users redefine have no known colour`() {
    for index in UInt8(0)..<16 { #expect(Ink.rgb(of: index) == nil) }
  }

  @Test func `every palette colour is nearest to itself`() throws {
    for index in UInt8(16)...255 {
      let rgb = try #require(Ink.rgb(of: index))
      #expect(Ink.rgb(of: Ink.nearest(to: rgb)) == rgb)
    }
  }

  @Test(arguments: [
    (0xff8800, 208), (0x1e1e1e, 234), (0x123456, 24), (0xfefefe, 231), (0x7f7f7f, 244), (0xdeadbe, 181),
  ])
  func `the nearest colour is the one that looks alike`(rgb: Int, index: Int) {
    #expect(Ink.nearest(to: UInt32(rgb)) == UInt8(index))
  }

  @Test func `no colour of the palette is nearer than the nearest`() throws {
    var rgb: UInt32 = 0x9e3779
    for _ in 0..<200 {
      rgb = (rgb &* 1_664_525 &+ 1_013_904_223) & 0xff_ffff
      let chosen = try #require(Ink.rgb(of: Ink.nearest(to: rgb)))
      let least = (UInt8(16)...255).compactMap(Ink.rgb(of:)).map { Vision.normal.distance(rgb, $0) }.min()
      #expect(Vision.normal.distance(rgb, chosen) == least)
    }
  }

  @Test func `a missing depth is derived, and never towards the sixteen`() {
    let (direct, indexed) = (Ink(rgb: 0xff8700), Ink(indexed: 208))
    #expect(direct.paint(at: .indexed) == .indexed(208))
    #expect(direct.paint(at: .sixteen) == .terminal)
    #expect(indexed.paint(at: .direct) == .direct(0xff8700))
    #expect(indexed.paint(at: .eight) == .terminal)
    #expect(Ink(basic: 5).paint(at: .direct) == .basic(5))
    #expect(Ink(basic: 5).paint(at: .indexed) == .basic(5))
    #expect(Ink(indexed: 3).paint(at: .direct) == .basic(3))
    #expect(Ink(basic: 13).paint(at: .sixteen) == .basic(13))
    #expect(Ink(basic: 13).paint(at: .eight) == .basic(5))
    #expect(Ink(basic: 8).paint(at: .eight) == .terminal)
    for depth in Ink.Depth.allCases { #expect(Ink().paint(at: depth) == .terminal) }
    #expect(Ink(rgb: 1, indexed: 20, basic: 3).paint(at: .monochrome) == .terminal)
  }
}
