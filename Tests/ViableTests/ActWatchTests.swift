import Glibc
import HostAccess
import Testing

@testable import viable

/// Signals that come while an act runs.
@Suite struct ActWatchTests {
  private let work = Work(process: 4711, descriptor: -1)

  /// To this thread alone: the other tests' have it open.
  private func send(_ signal: Int32) { #expect(pthread_kill(pthread_self(), signal) == 0) }

  @Test(arguments: [(SIGINT, true), (SIGTERM, true), (SIGQUIT, true), (SIGHUP, false), (SIGPIPE, false)])
  func `some call an act off, and none cuts it off`(signal: Int32, callsOff: Bool) throws {
    let watch = try ActWatch()
    #expect(watch.mayGoOn())
    send(signal)
    #expect(watch.mayGoOn() == !callsOff)
    #expect(watch.mayGoOn() == !callsOff)
  }

  @Test func `a child is left after a second, by a signal that came while it was waited for`() throws {
    let watch = try ActWatch()
    send(SIGHUP)
    #expect(watch.mayGoOn())
    #expect(!watch.wantsToLeave(work, now: 10_000))
    #expect(!watch.wantsToLeave(work, now: 60_000))
    send(SIGHUP)
    #expect(watch.wantsToLeave(work, now: 60_001))
    // Another child, on the way back: what called the act off was about the first.
    send(SIGINT)
    #expect(!watch.mayGoOn())
    #expect(!watch.wantsToLeave(work, now: 70_000))
    #expect(!watch.wantsToLeave(work, now: 80_000))
    send(SIGINT)
    #expect(watch.wantsToLeave(work, now: 80_001))
  }

  @Test func `a short effect is waited for`() throws {
    let watch = try ActWatch()
    #expect(watch.mayGoOn() && !watch.wantsToLeave(work, now: 1000))
    send(SIGINT)
    #expect(!watch.wantsToLeave(work, now: 1500))
    #expect(!watch.wantsToLeave(work, now: 1999))
    #expect(watch.wantsToLeave(work, now: 2000))
  }
}
