import Console
import Glibc
import Testing

@testable import Terminal

extension PainterTests {
  @Test func `a terminal that cannot be used is refused with the reason`() throws {
    let pty = try #require(Pty(rows: 24, columns: 80))
    let file = unsafe open("/dev/null", O_RDWR)
    defer { close(file) }
    pty.start()
    #expect(refusal(of: "xterm-256color", file, pty.terminal) == .inputIsNoTerminal)
    #expect(refusal(of: "xterm-256color", pty.terminal, file) == .outputIsNoTerminal)
    #expect(refusal(of: nil, pty.terminal, pty.terminal) == .termUnset)
    #expect(refusal(of: "", pty.terminal, pty.terminal) == .termUnset)
    #expect(refusal(of: "no-such-terminal", pty.terminal, pty.terminal) == .termUnknown("no-such-terminal"))
    #expect(refusal(of: "dumb", pty.terminal, pty.terminal) == .noCursorAddressing("dumb"))
    #expect(refusal(of: "xterm-256color", pty.terminal, pty.terminal) == nil)
    #expect(pty.finish().starts(with: Array("\u{1b}[?1049h".utf8)), "a refusal writes nothing")
  }

  private func refusal(of term: String?, _ input: Int32, _ output: Int32) -> Unusable? {
    do {
      let screen = try Screen(input: input, output: output, wishes: Screen.Wishes(term: term), theme: varied)
      // A second one is refused while this one lives.
      #expect(refusal(of: "vt100", input, output) == .alreadyOpen)
      _ = screen.size
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: ["xterm-256color", "linux", "vt100"])
  func `closing gives the terminal back as it was`(term: String) throws {
    let pty = try #require(Pty(rows: 24, columns: 80))
    pty.start()
    let before = pty.modes
    do {
      var screen = try Screen(
        input: pty.terminal, output: pty.terminal, wishes: Screen.Wishes(term: term), theme: varied)
      #expect(pty.modes != before)
      #expect(pty.modes[0] & UInt32(IXON) == 0, "Ctrl-S must not freeze the screen")
      #expect(pty.modes[3] & UInt32(ISIG) != 0 && pty.modes[3] & UInt32(ICANON | ECHO) == 0)
      screen.suspend()
      #expect(pty.modes == before)
      screen.resume()
      #expect(pty.modes != before && pty.modes[0] & UInt32(IXON) == 0)
    }
    #expect(pty.modes == before)
    let sent = String(decoding: pty.finish(), as: UTF8.self)
    for mode in ["1000", "1002", "1006", "2004"] {
      #expect(sent.occurrences(of: "\u{1b}[?\(mode)h") == 2, "mode \(mode) comes on twice")
      #expect(sent.occurrences(of: "\u{1b}[?\(mode)l") == 2, "mode \(mode) goes off as often")
    }
  }

  @Test func `a frame that is shown already costs no output`() throws {
    let pty = try #require(Pty(rows: 24, columns: 80))
    pty.start()
    do {
      var screen = try Screen(
        input: pty.terminal, output: pty.terminal, wishes: Screen.Wishes(term: "xterm-256color"), theme: varied)
      var frame = Frame(size: screen.size)
      frame.put("once", row: 3, column: 5, style: Style(.text))
      for _ in 0..<5 { screen.paint(frame) }
      screen.setTheme(varied)
      screen.paint(frame)
    }
    let sent = String(decoding: pty.finish(), as: UTF8.self)
    #expect(sent.occurrences(of: "once") == 1)
    #expect(sent.occurrences(of: "\u{1b}[?2026h") == 1, "one synchronized update")
  }

  @Test func `frames of any size are clipped to the terminal`() throws {
    let pty = try #require(Pty(rows: 5, columns: 11))
    pty.start()
    do {
      var screen = try Screen(
        input: pty.terminal, output: pty.terminal, wishes: Screen.Wishes(term: "xterm-256color"), theme: varied)
      for (rows, columns) in [(1, 1), (60, 200), (3, 2), (5, 11)] {
        pty.resize(rows: rows, columns: columns)
        let size = screen.resize()
        #expect(size == Size(rows: rows, columns: columns))
        for frame in [Frame(size: Size(rows: 70, columns: 300)), Frame(size: Size(rows: 0, columns: 0))] {
          var frame = frame
          frame.put(String(repeating: "漢", count: 200), row: 0, column: 0, style: Style(.marked))
          frame.cursor = Point(row: 69, column: 299)
          screen.paint(frame)
        }
      }
      pty.resize(rows: 65535, columns: 65535)
      let huge = screen.resize()
      #expect(huge == Size(rows: 1000, columns: 2000), "a made-up size must not cost memory")
      pty.resize(rows: 0, columns: 0)
      let unknown = screen.resize()
      #expect(unknown == Size(rows: 24, columns: 80))
    }
    #expect(!pty.finish().isEmpty)
  }

  @Test func `what is typed arrives and a lone escape after its time`() throws {
    let pty = try #require(Pty(rows: 24, columns: 80))
    pty.start()
    do {
      var screen = try Screen(
        input: pty.terminal, output: pty.terminal, wishes: Screen.Wishes(term: "xterm-256color"), theme: varied)
      let early = screen.readInputs(at: 0)
      #expect(early.isEmpty)
      pty.type("j\u{1b}[A\u{1b}")
      var inputs: [Input] = []
      for _ in 0..<200 where screen.deadline == nil {
        inputs += screen.readInputs(at: 1000)
        usleep(5000)
      }
      #expect(inputs.count == 2)
      let deadline = screen.deadline
      #expect(deadline == 1025)
      let late = screen.readInputs(at: 1025)
      #expect(late.count == 1)
      let (isOver, isGone) = (screen.deadline == nil, screen.isGone)
      #expect(isOver && !isGone)
    }
    #expect(!pty.finish().isEmpty)
  }

  @Test func `copied text goes to the terminal's clipboard`() throws {
    let pty = try #require(Pty(rows: 24, columns: 80))
    pty.start()
    do {
      var screen = try Screen(
        input: pty.terminal, output: pty.terminal, wishes: Screen.Wishes(term: "xterm-256color"), theme: varied)
      let isWhole = screen.copy("short")
      #expect(isWhole)
      let isCutWhole = screen.copy(String(repeating: "x", count: 100_000))
      #expect(!isCutWhole)
    }
    #expect(String(decoding: pty.finish(), as: UTF8.self).contains("\u{1b}]52;c;c2hvcnQ=\u{7}"))
  }

  @Test func `without UTF-8 other characters are question marks of their width`() throws {
    let pty = try #require(Pty(rows: 2, columns: 20))
    pty.start()
    do {
      var screen = try Screen(
        input: pty.terminal, output: pty.terminal, wishes: Screen.Wishes(term: "vt100", isUTF8: false), theme: varied)
      var frame = Frame(size: screen.size)
      frame.put("aé漢b", row: 0, column: 0, style: Style(.text))
      screen.paint(frame)
    }
    #expect(String(decoding: pty.finish(), as: UTF8.self).contains("a?? b"))
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func occurrences(of text: String) -> Int {
    let (bytes, needle) = (Array(utf8), Array(text.utf8))
    return bytes.indices.count { bytes[$0...].starts(with: needle) }
  }
}
