import CLinux
import Glibc
import HostAccess
import Ownership

/// The signals that the loop takes through a descriptor, so that no handler ever runs in the middle of something.
/// The worker's thread, started after this, inherits the mask, so that none is ever delivered there.
struct SignalSource: ~Copyable {
  let descriptor: Int32

  private static let taken = ending + [SIGWINCH, SIGTSTP, SIGCONT]
  /// Those that end a program.
  static let ending = [SIGTERM, SIGINT, SIGHUP, SIGQUIT]

  init(_ taken: [Int32] = taken) throws(HostError) {
    let answer = unsafe cl_signals(taken, taken.count)
    guard answer >= 0 else { throw HostError("make a signalfd", on: "loop", Errno(rawValue: Int32(-answer))) }
    descriptor = Int32(answer)
  }

  deinit { cl_close(descriptor) }

  /// The signals do again what they usually do. Only for when the terminal has been given back: one that waits may
  /// end the process on the spot.
  static func giveBack() { _ = unsafe cl_unblock(taken, taken.count) }

  /// The signals that arrived, oldest first.
  func take() -> [Int32] {
    var signals: [Int32] = []
    while true {
      let signal = cl_signal_read(descriptor)
      guard signal > 0 else { return signals }
      signals.append(Int32(signal))
    }
  }
}
