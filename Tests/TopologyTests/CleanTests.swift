import Testing

@testable import Topology

@Suite struct CleanTests {
  @Test(arguments: [
    ("plain ASCII ~", "plain ASCII ~"), ("", ""), ("Größe 漢字 😀", "Größe 漢字 😀"), ("\u{1b}[31mred", "\\x1b[31mred"),
    ("a\nb\tc\r", "a\\x0ab\\x09c\\x0d"), ("\u{7f}", "\\x7f"), ("\u{9b}31m", "\\x9b31m"), ("a\u{0}b", "a\\x00b"),
    ("abc\u{202e}fed", "abc\\u{202e}fed"), ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"), ("a\u{200b}b", "a\\u{200b}b"),
    ("\u{feff}x", "\\u{feff}x"), ("a\u{2028}b", "a\\u{2028}b"), ("\u{301}e", "\u{25cc}\u{301}e"),
    ("e\u{301}\u{302}\u{303}\u{304}x", "e\u{301}\u{302}x"), ("\u{e000}", "\\u{e000}"), ("\u{10ffff}", "\\u{10ffff}"),
  ])
  func `what acts is made visible and the rest is left alone`(text: String, visible: String) {
    #expect(Clean.visible(text).unicodeScalars.elementsEqual(visible.unicodeScalars))
  }

  @Test func `bytes that are no UTF-8 become replacement characters`() {
    #expect(Clean.visible(bytes: [0x61, 0xff, 0x62]) == "a\u{fffd}b")
    #expect(Clean.visible(bytes: [0x61, 0xe6, 0xbc]) == "a\u{fffd}")
    #expect(Clean.visible(bytes: [0xed, 0xa0, 0x80]).unicodeScalars.allSatisfy { $0 == "\u{fffd}" })
  }

  @Test func `no scalar there is acts once it is cleaned, and cleaning twice changes nothing`() {
    for value in UInt32(0)...0x10ffff {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let clean = Clean.visible("x" + String(scalar))
      let acts = clean.unicodeScalars.contains { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: true
        default: false
        }
      }
      if acts || Clean.visible(clean) != clean { Issue.record("U+\(Hex.text(value, atLeast: 4)) becomes \(clean)") }
    }
  }

  @Test func `a tower of marks costs no more than its height`() {
    let tower = "e" + String(repeating: "\u{301}", count: 100_000)
    #expect(Clean.visible(tower).unicodeScalars.count == 3)
  }
}
