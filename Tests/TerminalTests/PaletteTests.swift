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

private func look(_ role: Role, _ depth: Ink.Depth, under: Role? = nil) -> Look {
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

  @Test func `a missing depth is derived, and the sixteen are never guessed`() {
    #expect(look(.border, .indexed) == Look(foreground: Int32(Ink.nearest(to: 0x808080))))
    #expect(look(.borderFocused, .direct) == Look(foreground: 0x5fafff, attributes: .bold))
    #expect(look(.hintKey, .indexed) == Look(foreground: 6, attributes: .bold))
    for depth in [Ink.Depth.eight, .sixteen] {
      for role in [Role.dim, .border, .gone, .changed] { #expect(look(role, depth) == Look(), "\(role) \(depth)") }
    }
  }

  @Test func `bright colours become bold where there are eight`() {
    #expect(look(.stateWarning, .eight) == Look(foreground: 5, attributes: .bold))
    #expect(look(.stateOpen, .eight) == Look(foreground: 2, attributes: [.bold, .italic, .underline]))
    #expect(look(.danger, .eight) == Look(foreground: 7, background: 1, attributes: .bold))
    #expect(look(.danger, .sixteen) == Look(foreground: 15, background: 9, attributes: .bold))
    #expect(look(.danger, .direct) == Look(foreground: 7, background: 0xaf0000, attributes: .bold))
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

  @Test(arguments: Ink.Depth.allCases)
  func `every style of every depth stays inside the colours that the terminal has`(depth: Ink.Depth) {
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
    #expect(Ink.Depth(colours: 0, hasRGB: false) == .monochrome)
    #expect(Ink.Depth(colours: 8, hasRGB: false) == .eight)
    #expect(Ink.Depth(colours: 16, hasRGB: false) == .sixteen)
    #expect(Ink.Depth(colours: 88, hasRGB: false) == .sixteen)
    #expect(Ink.Depth(colours: 256, hasRGB: true) == .indexed)
    #expect(Ink.Depth(colours: 1 << 24, hasRGB: false) == .indexed)
    #expect(Ink.Depth(colours: 1 << 24, hasRGB: true) == .direct)
    #expect(Ink.Depth.eight.usualTheme == "console-8" && Ink.Depth.monochrome.usualTheme == "mono")
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
