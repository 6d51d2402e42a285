import HostAccess
import Randomness
import Testing
import Topology

@Suite struct EntryTextTests {
  @Test func `every text is one word and comes back`() {
    var dice = Dice(state: 1)
    for _ in 0..<2000 {
      let text = dice.text()
      let word = Field.word(text)
      #expect(!word.isEmpty && word.utf8.allSatisfy { (0x21...0x7e).contains($0) })
      #expect(Field.text(word) == text)
    }
  }

  @Test(arguments: ["", "a b", "%", "%2", "%zz", "%61", "%2D", "ä", "%ff", "a\tb"])
  func `a word that Field would not write is no word`(word: String) {
    #expect(word == "%" || Field.text(word) == nil)
  }

  @Test func `an entry comes back from its text as it was`() throws {
    var dice = Dice(state: 2)
    for _ in 0..<500 {
      let entry = dice.entry()
      #expect(try Entry(text: entry.text) == entry)
    }
  }

  @Test func `an entry whose last lines are missing is refused`() {
    var dice = Dice(state: 3)
    for _ in 0..<100 {
      let lines = dice.entry().text.split(separator: "\n", omittingEmptySubsequences: false)
      for count in 0..<(lines.count - 1) {
        let text = lines[..<count].map { $0 + "\n" }.joined()
        #expect(throws: Entry.Misreading.self) { try Entry(text: text) }
      }
    }
  }

  @Test func `a byte that changes makes another entry or an error that names a line`() throws {
    var dice = Dice(state: 4)
    for _ in 0..<300 {
      let entry = dice.entry()
      var bytes = Array(entry.text.utf8)
      bytes[dice.below(bytes.count)] = UInt8(dice.below(128))
      let text = String(decoding: bytes, as: UTF8.self)
      let count = text.split(separator: "\n", omittingEmptySubsequences: false).count
      do throws(Entry.Misreading) {
        let read = try Entry(text: text)
        #expect(
          text == entry.text + (text.hasSuffix("\n") ? "" : "\n") || read.text == text || read.text == text + "\n")
      } catch {
        #expect((1...count + 1).contains(error.line), "\(error)")
      }
    }
  }

  static let seed = """
    viable-journal 1
    entry 12 1763866000 viable%20assign%20group:5
    session 6f2c 0a11
    step done unbind 0000:02:01.0 e1000
    before 0000:02:01.0 =8086:100e:1af4:1100:020000 sys/devices/pci0000:00/0000:02:01.0 =e1000 - =5 -
    inverse override 0000:02:01.0 e1000
    inverse probe 0000:02:01.0 e1000
    end 1

    """

  @Test func `the text in the documentation is an entry`() throws {
    let entry = try Entry(text: Self.seed)
    #expect(entry.title == "viable assign group:5")
    #expect(entry.records.map(\.effect) == [.unbind(try #require(Address("0000:02:01.0")), from: "e1000")])
    #expect(entry.text == Self.seed)
  }

  /// Each is one change to the text above, and the line that has to be named.
  static let spoilt: [(from: String, to: String, line: Int)] = [
    ("viable-journal 1", "viable-journal 2", 1), ("entry 12", "entry 0", 2), ("entry 12", "entry +12", 2),
    ("entry 12", "entry 1000000000", 2), ("entry 12", "entry \(Int.max)", 2),
    ("1763866000", "soon", 2), ("session 6f2c 0a11", "session 6f2c", 3), ("step done", "step begun", 4),
    ("unbind 0000:02:01.0 e1000", "unbind 0000:02:01.0 ../../../../../etc", 4),
    ("unbind 0000:02:01.0 e1000", "write /etc/passwd x", 4), ("unbind 0000:02:01.0 e1000", "unbind 2:1.0 e1000", 4),
    ("unbind 0000:02:01.0 e1000", "modprobe -r", 4),
    ("before 0000:02:01.0", "before 0000:02:02.0", 5), ("=8086:100e:1af4", "=8086:100e", 5), ("- =5 -", "- =five -", 5),
    ("inverse override 0000:02:01.0 e1000", "inverse override 0000:02:02.0 e1000", 6),
    ("inverse override 0000:02:01.0 e1000", "inverse override 0000:02:01.0 a%0ab", 6),
    ("inverse probe 0000:02:01.0 e1000", "inverse modprobe e1000", 7), ("end 1", "end 2", 8),
    ("end 1", "end 1\nend 1", 9),
    ("e1000\nbefore", "e1000\nbehind", 5), ("inverse probe", "inverse  probe", 7),
  ]

  @Test(arguments: spoilt.indices)
  func `what is not permitted is refused by line`(place: Int) throws {
    let (from, to, line) = Self.spoilt[place]
    let range = try #require(Self.seed.firstRange(of: from))
    let text = Self.seed.replacingCharacters(in: range, with: to)
    let error = #expect(throws: Entry.Misreading.self) { try Entry(text: text) }
    #expect(error?.line == line)
  }

  @Test func `an effect that is not permitted has no words that are read`() throws {
    let address = try #require(Address("0000:02:01.0"))
    let wrong: [Effect] = [
      .unbind(address, from: "a/b"), .unbind(address, from: ".."), .probe(address, expecting: ""),
      .setOverride(address, ""), .setOverride(address, "a\nb"),
      .setOverride(address, String(repeating: "x", count: 4095)),
      .loadModule("-r"), .loadModule("a b"), .loadModule(""), .setVirtualFunctions(address, -1),
      .setVirtualFunctions(address, 65536),
    ]
    for effect in wrong {
      #expect(!effect.isPermitted)
      #expect(Effect(words: effect.words) == nil, "\(effect)")
    }
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}
