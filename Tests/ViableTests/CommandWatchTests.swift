import Glibc
import HostLinux
import Ownership
import Testing

@testable import viable

/// A command that is waited for, and told what we are told.
@Suite struct CommandWatchTests {
  /// A shell that says in a file that it listens.
  private func started(_ script: String, _ ready: String) throws -> RunningCommand {
    let command = CommandStart(
      "/bin/sh", ["sh", "-c", script], environment: ["READY=\(ready)", "PATH=/usr/bin:/bin"], as: nil,
      unblocked: CommandWatch.signals)
    let running = RunningCommand(
      process: try UserCalls().start(command, handing: [], of: User(process: 1, name: "viable", uid: 0)))
    while unsafe access(ready, F_OK) != 0 { usleep(2000) }
    return running
  }

  /// Lets the signals through again to the thread of this test.
  private func unblock() {
    var set = sigset_t()
    _ = unsafe sigemptyset(&set)
    for signal in CommandWatch.signals { _ = unsafe sigaddset(&set, signal) }
    _ = unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// A name for a file that is not there.
  private func fresh() -> String {
    var template = Array("/tmp/viable-watch-XXXXXX".utf8CString)
    let file = unsafe mkstemp(&template)
    close(file)
    let name = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    _ = unsafe unlink(name)
    return name
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2])
  func `a signal that somebody sends us is the command's`(signal: Int32) throws {
    let watch = try CommandWatch()
    defer { unblock() }
    let ready = fresh()
    defer { _ = unsafe unlink(ready) }
    let command = try started("trap 'exit 9' \(signal); : >$READY; while :; do sleep 0.05; done", ready)
    // To this thread alone: the other tests' have it open.
    #expect(pthread_kill(pthread_self(), signal) == 0)
    #expect(watch.wait(for: command) == 9)
  }

  @Test func `its end is seen, however it ends`() throws {
    let watch = try CommandWatch()
    defer { unblock() }
    for (script, code) in [("exit 0", Int32(0)), ("exit 77", 77), ("kill -9 $$", 137), ("kill -INT $$", 130)] {
      let ready = fresh()
      #expect(watch.wait(for: try started(": >$READY; sleep 0.1; " + script, ready)) == code)
      _ = unsafe unlink(ready)
    }
  }

  @Test func `a signal from before the command is known`() throws {
    let watch = try CommandWatch()
    defer { unblock() }
    #expect(watch.early() == nil)
    #expect(pthread_kill(pthread_self(), SIGTERM) == 0)
    #expect(watch.early() == SIGTERM)
    #expect(watch.early() == nil)
  }
}
