import Console
import Testing

@testable import Terminal

/// What an xterm's terminfo entry says of keys that no other terminal sends.
private func reader(isUTF8: Bool = true, escapeDelay: UInt64 = 25) -> KeyReader {
  let sequences = ["kcuu1": "\u{1b}OA", "kf1": "\u{1b}OP", "kend": "\u{1b}OF", "kf9": "\u{1b}w1z", "kbs": "\u{7f}"]
  return KeyReader(table: KeyTable { sequences[$0].map { Array($0.utf8) } }, isUTF8: isUTF8, escapeDelay: escapeDelay)
}

/// All strokes of bytes that arrive at once and are followed by silence.
private func strokes(_ text: String, isUTF8: Bool = true) -> [Typed] { strokes(Array(text.utf8), isUTF8: isUTF8) }

private func strokes(_ bytes: [UInt8], isUTF8: Bool = true) -> [Typed] {
  var reader = reader(isUTF8: isUTF8)
  return reader.feed(bytes, at: 0) + reader.elapse(to: 10_000)
}

struct KeyReaderTests {
  @Test(arguments: [
    ("a", Key.character("a")), ("~", .character("~")), (" ", .character(" ")), ("é", .character("é")),
    ("漢", .character("漢")), ("🂡", .character("🂡")), ("\r", .enter), ("\n", .enter), ("\t", .tab),
    ("\u{7f}", .backspace), ("\u{8}", .backspace), ("\u{1}", .control("a")), ("\u{c}", .control("l")),
    ("\u{1a}", .control("z")), ("\u{1b}", .escape), ("\u{1b}x", .alt("x")), ("\u{1b}é", .alt("é")),
    ("\u{1b}[", .alt("[")), ("\u{1b}O", .alt("O")), ("\u{1b}]", .alt("]")), ("\u{1b}1", .alt("1")),
    ("\u{1b}[A", .up), ("\u{1b}OA", .up), ("\u{1b}[B", .down), ("\u{1b}OB", .down), ("\u{1b}[C", .right),
    ("\u{1b}[D", .left), ("\u{1b}[H", .home), ("\u{1b}OH", .home), ("\u{1b}[F", .end), ("\u{1b}[1~", .home),
    ("\u{1b}[4~", .end), ("\u{1b}[7~", .home), ("\u{1b}[8~", .end), ("\u{1b}[5~", .pageUp), ("\u{1b}[6~", .pageDown),
    ("\u{1b}[2~", .insert), ("\u{1b}[3~", .delete), ("\u{1b}[3;5~", .delete), ("\u{1b}[Z", .backTab),
    ("\u{1b}[1;5A", .controlUp), ("\u{1b}[1;5B", .controlDown), ("\u{1b}[1;5C", .controlRight),
    ("\u{1b}[1;5D", .controlLeft), ("\u{1b}[1;6D", .controlLeft), ("\u{1b}[1;2A", .up), ("\u{1b}[1;3A", .up),
    ("\u{1b}Oa", .controlUp), ("\u{1b}[a", .up), ("\u{1b}OP", .function(1)), ("\u{1b}OS", .function(4)),
    ("\u{1b}[11~", .function(1)), ("\u{1b}[15~", .function(5)), ("\u{1b}[17~", .function(6)),
    ("\u{1b}[21~", .function(10)), ("\u{1b}[23~", .function(11)), ("\u{1b}[24~", .function(12)),
    ("\u{1b}[1;2P", .function(1)), ("\u{1b}[[A", .function(1)), ("\u{1b}[[E", .function(5)),
    ("\u{1b}OM", .enter), ("\u{1b}Oq", .character("1")), ("\u{1b}Ok", .character("+")), ("\u{1b}w1z", .function(9)),
  ])
  func `bytes are the key that terminals send them for`(bytes: String, key: Key) {
    #expect(strokes(bytes) == [.key(key)])
  }

  @Test(arguments: [
    "é", "漢", "🂡", "\u{1b}é", "\u{1b}[A", "\u{1b}OA", "\u{1b}[1;5A", "\u{1b}[24~", "\u{1b}[[A", "\u{1b}w1z",
    "\u{1b}[<0;300;5M", "\u{1b}[M !!", "\u{1b}[200~q\u{1b}[Aé\u{1b}[201~", "\u{1b}]11;rgb:0/0/0\u{1b}\\x", "\u{1b}[Ij",
  ])
  func `a sequence cut anywhere gives what it gives whole`(text: String) {
    let bytes = Array(text.utf8)
    let whole = strokes(bytes)
    for cut in 1..<bytes.count {
      var reader = reader()
      var found = reader.feed(bytes[..<cut], at: 0)
      found += reader.elapse(to: 20)
      found += reader.feed(bytes[cut...], at: 20)
      #expect(found + reader.elapse(to: 10_000) == whole, "cut at \(cut)")
    }
    var single = reader()
    #expect(bytes.flatMap { single.feed([$0], at: 0) } + single.elapse(to: 10_000) == whole, "byte by byte")
  }

  @Test func `a lone escape is a key once its time is over and not before`() {
    var reader = reader(escapeDelay: 100)
    #expect(reader.feed([0x1b], at: 1000).isEmpty)
    #expect(reader.deadline == 1100)
    #expect(reader.elapse(to: 1099).isEmpty)
    #expect(reader.elapse(to: 1100) == [.key(.escape)])
    #expect(reader.deadline == nil)
  }

  @Test func `escape twice is two keys and escape before an arrow keeps the arrow`() {
    #expect(strokes("\u{1b}\u{1b}") == [.key(.escape), .key(.escape)])
    #expect(strokes("\u{1b}\u{1b}[A") == [.key(.escape), .key(.up)])
    #expect(strokes("\u{1b}\r") == [.key(.escape), .key(.enter)])
    #expect(strokes("\u{1b}[1;\u{1b}[B") == [.key(.down)])
  }

  @Test func `the rest of an arrow that arrives after its escape was given up is still that arrow`() {
    var reader = reader()
    #expect(reader.feed([0x1b], at: 0).isEmpty)
    #expect(reader.feed([0x5b, 0x41], at: 60) == [.key(.escape), .key(.up)])
    // A person who types the same slowly means the letters.
    #expect(reader.feed([0x1b], at: 1000).isEmpty)
    #expect(reader.elapse(to: 1025) == [.key(.escape)])
    #expect(reader.feed([0x5b], at: 1100).isEmpty)
    #expect(reader.elapse(to: 1400) == [.key(.character("["))])
    #expect(reader.feed([0x5b], at: 3000) == [.key(.character("["))])
  }

  @Test(arguments: [
    "\u{1b}[99~", "\u{1b}[?1;2c", "\u{1b}[>0;95;0c", "\u{1b}[12;40R", "\u{1b}[I", "\u{1b}[O", "\u{1b}[201~",
    "\u{1b}[27;5;105~", "\u{1b}[105;5u", "\u{1b}[<0;0;0M", "\u{1b}[<999999999999;1;1M", "\u{1b}[<1;2M",
    "\u{1b}[38:5:1m",
    "\u{1b}]52;c;YWJj\u{7}", "\u{1b}P1$r0m\u{1b}\\", "\u{1b}_Gi=1\u{1b}\\", "\u{1b}[M\u{1}\u{1}\u{1}", "\u{0}",
    "\u{1c}",
    "\u{1b}[1;2", "\u{1b}]0;title never ended",
  ])
  func `what means nothing is dropped whole`(text: String) {
    #expect(strokes(text).isEmpty)
  }

  @Test func `after garbage the next key is read as usual`() {
    #expect(strokes("\u{1b}[" + String(repeating: "1;", count: 5000) + "~q") == [.key(.character("q"))])
    var reader = reader()
    #expect(reader.feed(Array("\u{1b}[1;2".utf8), at: 0).isEmpty)
    #expect(reader.feed(Array("q".utf8), at: 1000) == [.key(.character("q"))])
    #expect(reader.feed(Array("\u{1b}]0;lost".utf8), at: 2000).isEmpty)
    #expect(reader.feed(Array("q".utf8), at: 3000) == [.key(.character("q"))])
  }

  @Test(arguments: [[0xff], [0x80], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]] as [[UInt8]])
  func `bytes that are no character come as replacement characters`(bytes: [UInt8]) {
    let found = strokes(bytes + [0x71])
    #expect(found.last == .key(.character("q")))
    #expect(!found.dropLast().isEmpty && found.dropLast().allSatisfy { $0 == .key(.character("\u{fffd}")) })
  }

  @Test func `a character cut short does not swallow the key behind it`() {
    #expect(strokes([0xe6, 0xbc, 0x71]) == [.key(.character("\u{fffd}")), .key(.character("q"))])
    #expect(strokes([0xe6, 0x1b, 0x5b, 0x41]) == [.key(.character("\u{fffd}")), .key(.up)])
  }

  @Test func `eight-bit controls count only where characters are not UTF-8`() {
    #expect(strokes([0x9b, 0x41], isUTF8: false) == [.key(.up)])
    #expect(strokes([0x8f, 0x50], isUTF8: false) == [.key(.function(1))])
    #expect(strokes([0xe9], isUTF8: false) == [.key(.character("\u{fffd}"))])
    #expect(strokes([0x9b, 0x41]) == [.key(.character("\u{fffd}")), .key(.character("A"))])
  }
}

struct MouseReadingTests {
  @Test(arguments: [
    ("\u{1b}[<0;1;1M", Mouse.Kind.press, 0, 0), ("\u{1b}[<0;300;50m", .release, 49, 299),
    ("\u{1b}[<32;224;7M", .drag, 6, 223), ("\u{1b}[<2;5;6M", .rightPress, 5, 4), ("\u{1b}[<64;5;6M", .wheelUp, 5, 4),
    ("\u{1b}[<65;5;6M", .wheelDown, 5, 4), ("\u{1b}[<16;5;6M", .press, 5, 4), ("\u{1b}[<80;5;6M", .wheelUp, 5, 4),
    ("\u{1b}[M !!", .press, 0, 0), ("\u{1b}[M#!\"", .release, 1, 0), ("\u{1b}[M`\u{40}$", .wheelUp, 3, 31),
  ])
  func `a report is the event at its place`(bytes: String, kind: Mouse.Kind, row: Int, column: Int) {
    #expect(strokes(bytes) == [.mouse(Mouse(kind, at: Point(row: row, column: column)))])
  }

  @Test(arguments: ["\u{1b}[<1;5;6M", "\u{1b}[<35;5;6M", "\u{1b}[<2;5;6m", "\u{1b}[<66;5;6M", "\u{1b}[<128;5;6M"])
  func `buttons that the console does not use are ignored`(bytes: String) {
    #expect(strokes(bytes).isEmpty)
  }
}

struct PasteTests {
  @Test func `a paste is one stroke whatever is in it`() {
    #expect(
      strokes("\u{1b}[200~rm -rf\r\u{1b}[A漢\u{1b}[201~q") == [.paste("rm -rf\r\u{1b}[A漢"), .key(.character("q"))])
    #expect(strokes("\u{1b}[200~\u{1b}[201~") == [.paste("")])
  }

  @Test func `a paste without an end ends when it pauses`() {
    var reader = reader()
    #expect(reader.feed(Array("\u{1b}[200~abc".utf8), at: 0).isEmpty)
    #expect(reader.deadline == KeyReader.pastePatience)
    #expect(reader.elapse(to: KeyReader.pastePatience) == [.paste("abc")])
    #expect(reader.feed([0x71], at: 5000) == [.key(.character("q"))])
  }

  @Test func `a huge paste is cut and its end is still seen`() {
    let text = String(repeating: "x", count: 3 << 20)
    let found = strokes("\u{1b}[200~\(text)\u{1b}[201~q")
    #expect(found == [.paste(String(repeating: "x", count: KeyReader.pasteLimit)), .key(.character("q"))])
  }
}

struct KeyReaderProperties {
  @Test func `random bytes never trap and q is always heard afterwards`() {
    var random = Random(seed: 7)
    let alphabet: [UInt8] = [
      0x1b, 0x5b, 0x4f, 0x3c, 0x3b, 0x30, 0x32, 0x7e, 0x4d, 0x6d, 0x5d, 0x50, 0x07, 0x80, 0xc3, 0xe6,
    ]
    for _ in 0..<3000 {
      var reader = reader()
      var now: UInt64 = 0
      for _ in 0..<(random.next() % 40) {
        let value = UInt8(truncatingIfNeeded: random.next() >> 8)
        let byte = random.next() % 4 == 0 ? value : alphabet[Int(value) % alphabet.count]
        now += random.next() % 60
        _ = reader.feed([byte], at: now)
        if random.next() % 5 == 0 { _ = reader.elapse(to: now + 30) }
      }
      now += 5000
      _ = reader.elapse(to: now)
      #expect(reader.feed([0x71], at: now + 1).last == .key(.character("q")))
    }
  }
}
