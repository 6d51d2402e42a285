import Glibc
import Ownership

/// A descriptor that text goes to. The first error sticks and later writes are dropped, so that reports need not
/// care; `finish` tells.
final class Output {
  private let descriptor: Int32
  private var failure: Errno?

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// Writes all of it, however many calls that takes.
  func write(_ bytes: [UInt8]) {
    guard failure == nil else { return }
    var done = 0
    while done < bytes.count {
      let (count, error) = unsafe bytes.withUnsafeBytes { buffer in
        let count = unsafe Glibc.write(descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
        return (count, errno)
      }
      if count >= 0 {
        done += count
      } else if error != EINTR {
        failure = Errno(rawValue: error)
        return
      }
    }
  }

  /// Throws what went wrong since the start. A reader that has gone is no error of ours: silence, and 141.
  func finish() throws(Failure) {
    guard let failure else { return }
    if failure.rawValue == EPIPE { throw Failure(.brokenPipe, "") }
    throw Failure(.output, "cannot write: \(failure.explained)")
  }
}
