import CLinux
import HostAccess
import Ownership

/// An eventfd: one thread rings, another waits or polls. Lives as long as the program.
final class Bell: Sendable {
  let descriptor: Int32

  init() throws(HostError) {
    let answer = cl_event()
    guard answer >= 0 else { throw HostError("make an eventfd", on: "worker", Errno(rawValue: Int32(-answer))) }
    descriptor = Int32(answer)
  }

  func ring() { cl_event_signal(descriptor) }

  /// Forgets the rings so far.
  func silence() { cl_event_drain(descriptor) }

  /// Blocks until it rings, and forgets the rings so far.
  func wait() {
    var waits = [cl_wait(descriptor: descriptor, ready: 0)]
    _ = unsafe cl_poll(&waits, waits.count, -1)
    silence()
  }
}
