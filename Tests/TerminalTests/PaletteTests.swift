import Console
import Testing

@testable import Terminal

/// A theme that uses every way of naming a colour.
let varied = Theme(
  name: "varied",
  appearances: [
    .text: Appearance(),
    .dim: Appearance(foreground: Ink(indexed: 245), monochrome: .dim),
    .title: Appearance(foreground: Ink(basic: 7), background: Ink(basic: 4), monochrome: .reverse),
    .hintKey: Appearance(foreground: Ink(basic: 6), attributes: .bold),
    .border: Appearance(foreground: Ink(rgb: 0x808080)),
    .borderFocused: Appearance(foreground: Ink(indexed: 75), attributes: .bold),
    .cursor: Appearance(background: Ink(indexed: 237), attributes: .bold, monochrome: .reverse),
    .cursorUnfocused: Appearance(attributes: .underline),
    .marked: Appearance(foreground: Ink(rgb: 0xffff00, indexed: 226, basic: 3), attributes: .bold),
    .stateGood: Appearance(foreground: Ink(rgb: 0x0087ff, indexed: 33, basic: 6)),
    .stateWarning: Appearance(
      foreground: Ink(indexed: 208, basic: 13), attributes: .bold, monochrome: [.bold, .reverse]),
    .stateOpen: Appearance(foreground: Ink(basic: 10), attributes: [.italic, .underline]),
    .danger: Appearance(foreground: Ink(basic: 15), background: Ink(rgb: 0xaf0000, basic: 9), attributes: .bold),
    .gone: Appearance(foreground: Ink(rgb: 0x0a0a0a)),
    .changed: Appearance(foreground: Ink(rgb: 0x0000e0)),
  ])

private func look(_ role: Role, _ depth: Depth, under: Role? = nil) -> Look {
  Palette(theme: varied, depth: depth).look(of: Style(role, under: under))
}

struct PaletteTests {
  @Test func `a colour is taken at the depth of the terminal`() {
    #expect(look(.stateGood, .direct) == Look(foreground: 0x0087ff))
    #expect(look(.stateGood, .indexed) == Look(foreground: 33))
    #expect(look(.stateGood, .sixteen) == Look(foreground: 6))
    #expect(look(.stateGood, .eight) == Look(foreground: 6))
    #expect(look(.stateGood, .monochrome) == Look())
  }

  @Test func `a missing depth is derived and never from what users redefine`() {
    #expect(look(.border, .indexed) == Look(foreground: 244))
    #expect(look(.borderFocused, .direct) == Look(foreground: 0x5fafff, attributes: .bold))
    #expect(look(.hintKey, .indexed) == Look(foreground: 6, attributes: .bold))
    #expect(look(.dim, .sixteen) == Look(foreground: 8))
    #expect(look(.dim, .eight) == Look(foreground: -1, attributes: .bold))
  }

  @Test func `bright colours become bold where there are eight`() {
    #expect(look(.stateWarning, .eight) == Look(foreground: 5, attributes: .bold))
    #expect(look(.stateOpen, .eight) == Look(foreground: 2, attributes: [.bold, .italic, .underline]))
    #expect(look(.danger, .eight) == Look(foreground: 7, background: 1, attributes: .bold))
    #expect(look(.danger, .sixteen) == Look(foreground: 15, background: 9, attributes: .bold))
    #expect(look(.danger, .direct) == Look(foreground: 7, background: 0xaf0000, attributes: .bold))
  }

  @Test func `derived colours are never black or thin blue on the terminal's own background`() {
    #expect(look(.gone, .eight).foreground == -1)
    #expect(look(.gone, .sixteen).foreground == -1)
    #expect(look(.changed, .eight) == Look(foreground: 4, attributes: .bold))
    #expect(look(.changed, .sixteen) == Look(foreground: 4, attributes: .bold))
  }

  @Test func `without colour there are attributes alone`() {
    #expect(look(.dim, .monochrome) == Look(attributes: .dim))
    #expect(look(.stateWarning, .monochrome) == Look(attributes: [.bold, .reverse]))
    #expect(look(.hintKey, .monochrome) == Look(attributes: .bold))
    for role in Role.allCases {
      let look = look(role, .monochrome, under: .cursor)
      #expect(look.foreground == -1 && look.background == -1 && look.attributes.contains(.reverse))
    }
  }

  @Test func `a role without an entry looks like text`() {
    var theme = varied
    theme.appearances[.text] = Appearance(foreground: Ink(indexed: 250))
    let palette = Palette(theme: theme, depth: .indexed)
    #expect(palette.look(of: Style(.logScan)) == palette.look(of: Style(.text)))
    #expect(palette.look(of: Style(.logScan)).foreground == 250)
  }

  @Test func `what lies under a cell adds to it`() {
    #expect(look(.stateGood, .indexed, under: .cursor) == Look(foreground: 33, background: 237, attributes: .bold))
    #expect(look(.stateGood, .indexed, under: .danger) == Look(foreground: 15, background: 124, attributes: .bold))
    #expect(look(.marked, .monochrome, under: .cursor).attributes == [.bold, .reverse])
    #expect(
      look(.title, .indexed, under: .cursorUnfocused) == Look(foreground: 7, background: 4, attributes: .underline))
  }

  @Test(arguments: Depth.allCases)
  func `every style of every depth stays inside the colours that the terminal has`(depth: Depth) {
    let limit: Int32 =
      switch depth {
      case .monochrome: 0
      case .eight: 8
      case .sixteen: 16
      case .indexed: 256
      case .direct: 1 << 24
      }
    for role in Role.allCases {
      for under in [nil] + Role.allCases.map(Role?.some) {
        let look = look(role, depth, under: under)
        #expect(look.foreground < limit && look.background < limit)
        #expect(look.foreground >= -1 && look.background >= -1)
      }
    }
  }

  @Test func `numbers from terminfo are a depth`() {
    #expect(Depth(colours: 0, hasRGB: false) == .monochrome)
    #expect(Depth(colours: 8, hasRGB: false) == .eight)
    #expect(Depth(colours: 16, hasRGB: false) == .sixteen)
    #expect(Depth(colours: 88, hasRGB: false) == .sixteen)
    #expect(Depth(colours: 256, hasRGB: true) == .indexed)
    #expect(Depth(colours: 1 << 24, hasRGB: false) == .indexed)
    #expect(Depth(colours: 1 << 24, hasRGB: true) == .direct)
    #expect(Depth.eight.usualTheme == "console-8" && Depth.monochrome.usualTheme == "mono")
  }
}

struct XtermColoursTests {
  @Test func `the nearest index is as near as any of 16 to 255`() {
    var random = Random(seed: 3)
    let fixed: [UInt32] = [0, 0xffffff, 0x808080, 0x123456, 0xff8700, 0x080808, 0xeeeeee, 0x5f5f5f]
    for rgb in fixed + (0..<2000).map({ _ in UInt32(truncatingIfNeeded: random.next()) & 0xff_ffff }) {
      let found = XtermColours.nearest(to: rgb)
      #expect(found >= 16)
      let least = (UInt8(16)...255).map { XtermColours.distance(rgb, XtermColours.rgb(of: $0)) }.min()
      #expect(XtermColours.distance(rgb, XtermColours.rgb(of: found)) == least, "\(String(rgb, radix: 16))")
    }
  }

  @Test func `every fixed index is nearest to itself or to its twin`() {
    for index in UInt8(16)...255 {
      let rgb = XtermColours.rgb(of: index)
      #expect(XtermColours.rgb(of: XtermColours.nearest(to: rgb)) == rgb)
    }
  }
}

struct ClipboardTests {
  @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("漢", "5ryi")])
  func `text is encoded as RFC 4648 says`(text: String, encoded: String) {
    let clipboard = Clipboard(text)
    #expect(String(decoding: clipboard.bytes, as: UTF8.self) == "\u{1b}]52;c;\(encoded)\u{7}")
    #expect(!clipboard.isCut)
  }

  @Test func `long text is cut between characters and says so`() {
    let clipboard = Clipboard(String(repeating: "漢", count: 30_000))
    #expect(clipboard.isCut)
    #expect(clipboard.bytes.count == 7 + 21_845 * 4 + 1)
    #expect(!Clipboard(String(repeating: "x", count: Clipboard.limit)).isCut)
  }
}
