import CLinux
import Console

/// The one place that reads a clock.
enum Clock {
  /// Monotonic milliseconds.
  static var milliseconds: UInt64 { cl_monotonic() }

  /// This moment, for intervals and for people.
  static var now: Moment {
    let clock = cl_local_time()
    let seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second
    return Moment(milliseconds: milliseconds, sinceMidnight: UInt32(seconds * 1000 + clock.millisecond))
  }
}
