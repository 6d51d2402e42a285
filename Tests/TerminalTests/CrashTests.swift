import Console
import Glibc
import Testing

@testable import Terminal

/// What the handler of the test below looks at; a signal handler can reach nothing else. One process, one thread.
private nonisolated(unsafe) var crashed: (terminal: Int32, before: [UInt32]) = (-1, [])

private func modes(of terminal: Int32) -> [UInt32] {
  var modes = termios()
  unsafe tcgetattr(terminal, &modes)
  return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag]
}

private var isRestored: Bool { unsafe modes(of: crashed.terminal) == crashed.before }

extension PainterTests {
  @Test func `a crash gives the terminal back and then goes to whoever handled it before`() async {
    await #expect(processExitsWith: .exitCode(42)) {
      let pty = try #require(Pty(rows: 24, columns: 80))
      pty.start()
      let before = pty.modes
      unsafe crashed = (pty.terminal, before)
      signal(SIGILL) { _ in _exit(isRestored ? 42 : 1) }
      signal(SIGTRAP) { _ in _exit(isRestored ? 42 : 1) }
      let screen = try Screen(
        input: pty.terminal, output: pty.terminal, wishes: Screen.Wishes(term: "xterm-256color"), theme: varied)
      try #require(pty.modes != before)
      fatalError("a crash while \(screen.size) shows")
    }
  }

  @Test func `leaving by exit gives the terminal back`() async {
    await #expect(processExitsWith: .exitCode(42)) {
      let pty = try #require(Pty(rows: 24, columns: 80))
      pty.start()
      let before = pty.modes
      unsafe crashed = (pty.terminal, before)
      // Registered first, so it runs after the screen's own.
      atexit { _exit(isRestored ? 42 : 1) }
      let screen = try Screen(
        input: pty.terminal, output: pty.terminal, wishes: Screen.Wishes(term: "xterm-256color"), theme: varied)
      try #require(pty.modes != before)
      exit(screen.size.rows == 24 ? 0 : 1)
    }
  }
}
