import CLinux
import Glibc
import HostAccess
import HostLinux
import Ownership

/// Waits for a command, and passes on what we are told.
struct CommandWatch: ~Copyable {
  private let descriptor: Int32

  /// Blocked here from now on, and taken one by one. Not SIGTSTP: Ctrl-Z stops us as it stops the command.
  static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD]

  init() throws(Failure) {
    _ = cl_expect_children()
    let answer = unsafe cl_signals(Self.signals, Self.signals.count)
    guard answer >= 0 else {
      throw Failure(HostError("make a signalfd", on: "run", Errno(rawValue: Int32(-answer))))
    }
    descriptor = Int32(answer)
  }

  deinit { cl_close(descriptor) }

  /// A signal that came before there was a command, and would have ended us.
  func early() -> Int32? {
    var first: Int32?
    while let told = next() { if told.number != SIGCHLD { first = first ?? told.number } }
    return first
  }

  /// Waits until the command has ended; its exit code.
  func wait(for command: RunningCommand) -> Int32 {
    let end = Int32(cl_process_descriptor(command.process))
    defer { if end >= 0 { cl_close(end) } }
    while true {
      while let told = next() { pass(told, to: command) }
      if let code = command.exitCode() { return code }
      var waits = ([descriptor] + (end >= 0 ? [end] : [])).map { cl_wait(descriptor: $0, ready: 0) }
      _ = unsafe cl_poll(&waits, waits.count, -1)
    }
  }

  /// Keys reach the whole foreground of a terminal, so the command has had those signals already. A terminal that
  /// hangs up tells its session's leader alone.
  private func pass(_ told: cl_signal, to command: RunningCommand) {
    switch told.number {
    case SIGCHLD: return
    case SIGINT, SIGQUIT: if told.is_terminal == 0 { command.tell(told.number) }
    default: command.tell(told.number)
    }
  }

  private func next() -> cl_signal? {
    var told = cl_signal()
    return unsafe cl_signal_told(descriptor, &told) == 0 ? told : nil
  }
}

/// How a command ended that we ran: its code is ours.
struct CommandEnd: Error, Hashable {
  /// Its exit code, or 128 and the signal that ended it.
  var code: Int32
}
