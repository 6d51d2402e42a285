import Catalogue
import Console
import Goldens
import Testing

@Suite struct ThemeDocumentTests {
  private func theme(_ text: String) throws(DocumentError) -> Theme {
    try ThemeCatalogue().theme(bytes: Array(text.utf8), file: "my.toml")
  }

  private func error(_ bytes: [UInt8]) -> DocumentError? {
    do throws(DocumentError) {
      _ = try ThemeCatalogue().theme(bytes: bytes, file: "my.toml")
      return nil
    } catch { return error }
  }

  @Test func `a text becomes the theme that it says`() throws {
    let found = try theme(
      """
      name = "mine"
      ground = "light"
      deficiency = "deutan"

      [text]
      [state-ok]
      foreground = "#0087ff"
      background = ["256:237", "16:bright-black", "#102030"]
      attributes = ["bold", "underline"]
      mono = ["reverse"]
      [state-warn]
      foreground = { rgb = "#FF8700", 256 = 208, "16" = "magenta" }
      background = "default"
      attributes = []
      [group-1]
      foreground = "16:cyan"
      """)
    let expected = Theme(
      name: "mine", ground: .light, deficiency: .deutan,
      appearances: [
        .text: Appearance(),
        .stateGood: Appearance(
          foreground: Ink(rgb: 0x0087ff), background: Ink(rgb: 0x102030, indexed: 237, basic: 8),
          attributes: [.bold, .underline], monochrome: .reverse),
        .stateWarning: Appearance(foreground: Ink(rgb: 0xff8700, indexed: 208, basic: 5)),
        .group1: Appearance(foreground: Ink(basic: 6)),
      ])
    #expect(found == expected)
  }

  @Test func `order, quotes, dotted keys and inline tables do not matter`() throws {
    let plain = try theme("name = \"a\"\n[dim]\nforeground = \"256:245\"\nattributes = [\"dim\"]\n")
    for text in [
      "dim = { foreground = '256:245', attributes = ['dim'] }\nname = 'a'",
      "dim.foreground = \"256:245\"\n\"dim\".attributes = [\n  # why\n  \"dim\",\n]\nname = \"a\"",
      "\u{feff}name = \"a\"\r\n[ 'dim' ] # a comment\r\nforeground = \"\"\"256:245\"\"\"\r\nattributes = [\"dim\"]\r\n",
    ] {
      #expect(try theme(text) == plain)
    }
  }

  @Test func `what is inherited is taken key by key`() throws {
    let dark = ThemeCatalogue.fallback
    let mine = try theme("name = 'mine'\ninherits = 'default-dark'\n[state-warn]\nforeground = '256:203'\n")
    #expect(mine.name == "mine" && mine.ground == .dark)
    #expect(mine.appearances[.stateWarning]?.foreground == Ink(indexed: 203))
    #expect(mine.appearances[.stateWarning]?.attributes == .bold)
    #expect(mine.appearances[.stateWarning]?.monochrome == [.bold, .reverse])
    var rest = mine.appearances
    rest[.stateWarning] = dark.appearances[.stateWarning]
    #expect(rest == dark.appearances)
  }

  @Test func `the background of text is the page that all roles stand on`() throws {
    let mine = try theme("name = 'm'\n[text]\nbackground = '256:16'\n[dim]\n[title]\nbackground = 'default'\n")
    #expect(mine.appearances[.dim]?.background == Ink(indexed: 16))
    #expect(mine.appearances[.title] == Appearance())
  }

  /// One broken text after another, and every message that a person would read.
  private static let broken: [String] = [
    "ground = 'dark'", "name = 7", "name = ''", "name = 'a b'", "name = '\\u001b[31m'", "name = \"esc\\u001b[31m\"",
    "name = 'a'\nground = 'drak'", "name = 'a'\nground = true", "name = 'a'\ndeficiency = 'deuteran'",
    "name = 'a'\ninherits = 'defualt-dark'", "name = 'a'\ninherits = 3", "name = 'a'\ninherits = 'a'",
    "nmae = 'a'", "name = 'a'\ncolor = 'red'", "name = 'a'\n[state-good]", "name = 'a'\n\n[stat-ok]\nforeground = 'x'",
    "name = 'a'\ntext = 'red'", "name = 'a'\n[[text]]\nforeground = '256:1'",
    "name = 'a'\n[text]\nforground = '256:1'", "name = 'a'\n[text]\n\"\" = 1",
    "name = 'a'\n[text]\nforeground = 'red'", "name = 'a'\n[text]\nforeground = '#12345'",
    "name = 'a'\n[text]\nforeground = '#12345g'", "name = 'a'\n[text]\nforeground = '256:256'",
    "name = 'a'\n[text]\nforeground = '256:-1'", "name = 'a'\n[text]\nforeground = '256:'",
    "name = 'a'\n[text]\nforeground = '16:cyna'", "name = 'a'\n[text]\nforeground = '16:'",
    "name = 'a'\n[text]\nforeground = 208", "name = 'a'\n[text]\nforeground = []",
    "name = 'a'\n[text]\nforeground = ['256:1',\n  '256:2']", "name = 'a'\n[text]\nforeground = ['16:red', '16:blue']",
    "name = 'a'\n[text]\nforeground = ['#123456', 1]", "name = 'a'\n[text]\nforeground = ['default']",
    "name = 'a'\n[text]\nforeground = ['a', 'b', 'c', 'd']", "name = 'a'\n[text]\nforeground = {}",
    "name = 'a'\n[text]\nforeground = { rgb = 1 }", "name = 'a'\n[text]\nforeground = { 256 = 256 }",
    "name = 'a'\n[text]\nforeground = { 256 = '1' }", "name = 'a'\n[text]\nforeground = { 16 = 'brightred' }",
    "name = 'a'\n[text]\nforeground = { rbg = '#123456' }", "name = 'a'\n[text]\nattributes = 'bold'",
    "name = 'a'\n[text]\nattributes = ['bold',\n  # a comment with ] and \"\n  'blod']",
    "name = 'a'\n[text]\nmono = [1.5]", "name = 'a'\n[text]\nmono = 1979-05-27",
    "name = 'a'\n# a comment\n\n[dim]\nattributes = ['blink']\n[text]\nforeground = '#1'",
    "name = 'a'\n[text]\nforeground = \"\"\"\n[dim]\nbackground = 1\n\"\"\"\n[dim]\nbackground = 2",
    "name = 1\n[.a]", "name = 'a\n[=]", "[ü]", "[[[a]]]", "[", "[\r\n]", "a = [}]", "a = [\u{2028}1]", "a = [1,\n  }",
    "name = ", "name = 'a'\nname = 'b'", "[text\nname = 'a'", "name = 'a'\n[text]\n[text]", "name = 'a\n",
    "name = \"a\\u0000b\"", "name = 'a'\n[text]\n\"fore\\u0000ground\" = 1",
  ]

  @Test func `every mistake is told with file, line and what was expected`() {
    let told = Self.broken.map { text in
      let error = error(Array(text.utf8))
      #expect(error != nil, "\(text) is accepted")
      #expect(error?.line != nil)
      return text + "\n  → " + (error.map { "\($0)" } ?? "") + "\n"
    }
    let outcome = Golden.check(told.joined(separator: "\n"), "errors.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `hostile bytes are refused with a reason`() {
    let deep = Array(repeating: "a", count: 400_000).joined(separator: ".")
    let hostile: [(String, [UInt8])] = [
      ("binary", [0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]), ("zero in line 3", Array("name = 'a'\n\n\0".utf8)),
      ("Latin-1 in line 2", Array("name = 'a'\n# ".utf8) + [0xe9, 0x0a]), ("UTF-16", [0xff, 0xfe, 0x6e, 0x00]),
      ("10 MB", [UInt8](repeating: 0x20, count: 10_000_000)),
      ("deep dotted key", Array((deep + " = 1\n!").utf8)), ("deep header", Array(("[" + deep + "]\n!").utf8)),
      ("deep arrays", Array(("a = " + String(repeating: "[", count: 500_000)).utf8)),
      ("deep tables", Array(String(repeating: "{a=", count: 200_000).utf8)),
      ("deep inline", Array(("a=" + String(repeating: "{a=", count: 200_000)).utf8)),
      ("a lone return", Array("name = 'a'\r[text]".utf8)), ("a surrogate", Array("name = \"\\ud800\"".utf8)),
      ("quotes without end", Array("name = \"\"\"\"\"".utf8)), ("a lone backslash", Array("name = \"\\".utf8)),
      ("a lone bracket", Array("[".utf8)), ("nothing", []), ("a mark alone", [0xef, 0xbb, 0xbf]),
    ]
    let told = hostile.map { name, bytes in
      "\(name)\n  → " + (error(bytes).map { "\($0)" } ?? "accepted") + "\n"
    }
    let outcome = Golden.check(told.joined(separator: "\n"), "hostile.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `no bytes at all can end the program`() {
    let pieces =
      [
        "[", "]", "{", "}", "=", ".", ",", "'", "\"", "'''", "\"\"\"", "\\", "\n", "\r", "\t", " ", "#", "a", "1", "é",
        "\u{202e}",
        "-", "+", ":", "_", "\u{2028}", "\u{85}", "\u{b}", "\u{c}", "\u{a0}", "\u{3000}", "0x", "0b", "1e", "inf",
        "nan", "true",
        "1979-05-27", "T", "Z", "07:32:00", ".5", "\\u00e9", "\\U0010ffff", "[[", "]]", "= [", "= {", "a.b", "\u{feff}",
      ].map { Array($0.utf8) } + [[0], [0xff], [0xc3]]
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    for round in 0..<5000 {
      var bytes = round % 2 == 0 ? [] : Array((ThemeCatalogue.source(of: "cvd-protan") ?? "").utf8)
      for _ in 0..<(round % 40 + 1) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let place = Int(state >> 33) % (bytes.count + 1)
        bytes.insert(contentsOf: pieces[Int(state >> 20 & 0xffff) % pieces.count], at: place)
      }
      if let error = error(bytes) { #expect(!"\(error)".isEmpty) }
    }
  }
}
