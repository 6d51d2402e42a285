import CTerminal
import Console
import Glibc
import Terminal
import Testing
import Topology

/// Characters as the C library sees them, once for the process.
enum CLibrary {
  static let codeset: Codeset = {
    unsafe setenv("LC_ALL", "C.UTF-8", 1)
    return Codeset.adopt()
  }()
}

struct WidthTests {
  @Test func `width agrees with the C library on every scalar that may be shown`() throws {
    try #require(CLibrary.codeset.isUTF8)
    var wrong: [String] = []
    var compared = 0
    for value in UInt32(0x20)...0x10ffff {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let shown = Clean.visible(String(scalar))
      guard shown.unicodeScalars.last == scalar else { continue }
      let expected = ct_width(value)
      // Assigned after this C library was made; the painter shows a question mark.
      guard expected >= 0 else { continue }
      compared += 1
      let found = Width.of(Character(scalar))
      if found != Int(expected) { wrong.append("\(Hex.text(value, atLeast: 4)):\(expected)/\(found)") }
    }
    #expect(wrong.isEmpty, "\(wrong.count) scalars, wcwidth/ours: \(wrong.prefix(4000).joined(separator: " "))")
    #expect(compared > 140_000)
  }
}
