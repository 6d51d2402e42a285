import Console
import Glibc
import Testing

@testable import Terminal

/// Random frames go through ncurses into a pty; `Tests/tty/painter.py` replays the bytes in an emulator and compares
/// the picture cell by cell with what was meant.
@Suite(.serialized)
struct PainterTests {
  static let narrow: [Character] = Array("abcXYZ019~|\\ ─│┌┐└┘├┤┬┴┼●○◆▲▼▶✔✘…→·éßñ") + ["e\u{301}", "o\u{308}\u{323}"]
  static let wide: [Character] = Array("漢字한글ｗ日本")

  @Test(arguments: ["tmux-256color", "xterm-256color", "linux", "vt100", "xterm-mono"])
  func `an emulator shows every cell that was painted`(term: String) throws {
    try #require(CLibrary.codeset.isUTF8)
    let pty = try #require(Pty(rows: 24, columns: 80))
    pty.start()
    var expected = ""
    do {
      var screen = try Screen(
        input: pty.terminal, output: pty.terminal, wishes: Screen.Wishes(term: term), theme: varied)
      var random = Random(seed: 11)
      var shown = Frame(size: screen.size)
      for number in 0..<12 {
        if number == 6 { pty.resize(rows: 9, columns: 33) }
        if number == 9 { pty.resize(rows: 31, columns: 101) }
        if number % 3 == 0 { screen.resize() }
        // Every third frame is the one before, moved: curses may scroll instead of sending it again.
        var frame = Self.scribble(size: screen.size, with: &random)
        if number % 3 == 1 { frame = Self.shift(shown, by: number - 5, style: Style(.dim)) }
        shown = frame
        screen.paint(frame)
        expected += Self.describe(frame, Palette(theme: varied, depth: screen.depth))
        // A mark that the replay stops at; terminals ignore it.
        print(mark: number, on: pty.terminal)
      }
    }
    let bytes = pty.finish()
    let folder = try #require(Self.temporaryFolder())
    try #require(Self.write(bytes, to: "\(folder)/bytes") && Self.write(Array(expected.utf8), to: "\(folder)/expected"))
    let script = "\(#filePath)".split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/tty/painter.py"
    let status = unsafe system(
      "/usr/bin/python3 '\(script)' \(term) \(folder)/bytes \(folder)/expected >\(folder)/report 2>&1")
    #expect(status == 0, "\(Self.read("\(folder)/report"))")
    guard status == 0 else { return }
    for name in ["bytes", "expected", "report"] { unsafe unlink("\(folder)/\(name)") }
    unsafe rmdir(folder)
  }

  private func print(mark: Int, on terminal: Int32) {
    let text = Array("\u{1b}]9;\(mark)\u{7}".utf8)
    _ = unsafe Glibc.write(terminal, text, text.count)
  }

  // MARK: frames

  private static func scribble(size: Size, with random: inout Random) -> Frame {
    var frame = Frame(size: size)
    let roles = Role.allCases
    // Rows of runs, then scraps over them, some beyond every edge.
    for row in 0..<size.rows {
      var column = 0
      while column < size.columns {
        let style = Style(roles[Int(random.next() % UInt64(roles.count))])
        column = frame.put(text(length: 1 + Int(random.next() % 12), &random), row: row, column: column, style: style)
        if random.next() % 4 == 0 { column += Int(random.next() % 9) }
      }
    }
    for _ in 0..<30 {
      let (row, column) = (Int(random.next() % 40) - 4, Int(random.next() % 120) - 10)
      frame.put(text(length: 9, &random), row: row, column: column, style: Style(.marked, under: .danger))
    }
    for role in [Role.cursor, .cursorUnfocused, .title] {
      let row = Int(random.next() % UInt64(size.rows))
      frame.lay(role, row: row, columns: 0..<size.columns)
    }
    frame.cursor = Point(row: Int(random.next() % UInt64(size.rows)), column: Int(random.next() % UInt64(size.columns)))
    frame.showsCursor = random.next() % 2 == 0
    return frame
  }

  private static func shift(_ frame: Frame, by rows: Int, style: Style) -> Frame {
    var shifted = Frame(size: frame.size)
    for row in 0..<frame.size.rows where (0..<frame.size.rows).contains(row + rows) {
      for column in 0..<frame.size.columns where frame[row + rows, column].character != Cell.rightHalf {
        let cell = frame[row + rows, column]
        shifted.put(String(cell.character), row: row, column: column, style: cell.style)
      }
    }
    shifted.put("moved", row: 0, column: 0, style: style)
    shifted.cursor = Point(row: 0, column: 5)
    return shifted
  }

  private static func text(length: Int, _ random: inout Random) -> String {
    if random.next() % 6 == 0 { return String(repeating: "=", count: length * 3) }
    return String(
      (0..<length).map { _ in
        let set = random.next() % 7 == 0 ? wide : narrow
        return set[Int(random.next() % UInt64(set.count))]
      })
  }

  // MARK: what is meant

  /// One line a frame and one a cell: scalars in hexadecimal (`-` for a right half), colours, attributes.
  private static func describe(_ frame: Frame, _ palette: Palette) -> String {
    let cursor = frame.cursor ?? Point(row: 0, column: 0)
    var lines = ["frame \(frame.size.rows) \(frame.size.columns) \(cursor.row) \(cursor.column) \(frame.showsCursor)"]
    for cell in frame.cells {
      let look = palette.look(of: cell.style)
      let scalars = cell.character.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: "+")
      let text = cell.character == Cell.rightHalf ? "-" : scalars
      lines.append("\(text) \(look.foreground) \(look.background) \(look.attributes.rawValue)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: files

  private static func temporaryFolder() -> String? {
    var template = Array("/tmp/painter.XXXXXX".utf8CString)
    return unsafe mkdtemp(&template).map { unsafe String(cString: $0) }
  }

  private static func write(_ bytes: [UInt8], to path: String) -> Bool {
    guard let file = unsafe fopen(path, "w") else { return false }
    defer { unsafe fclose(file) }
    return unsafe fwrite(bytes, 1, bytes.count, file) == bytes.count
  }

  private static func read(_ path: String) -> String {
    guard let file = unsafe fopen(path, "r") else { return "no report" }
    defer { unsafe fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe fread(&buffer, 1, buffer.count, file)
    return String(decoding: buffer[..<count], as: UTF8.self)
  }
}
