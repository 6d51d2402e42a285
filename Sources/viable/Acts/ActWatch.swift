import CLinux
import Glibc
import HostAccess
import Ownership

/// The signals that would end us, while an act runs.
///
/// SIGINT, SIGTERM and SIGQUIT call the act off: before the next effect it turns round and takes back what was done.
/// SIGHUP and SIGPIPE end nothing: somebody agreed to the act and has gone, and half of it is worse than either all or
/// nothing. A child that is at an effect for longer than a second is left to itself by any of them but SIGPIPE.
final class ActWatch {
  private let signals: SignalSource
  private var isCalledOff = false
  /// The child that is waited for, since when, and whether a signal came meanwhile.
  private var child: (work: Work, since: UInt64, isUnwanted: Bool)?

  private static let callOff = [SIGINT, SIGTERM, SIGQUIT]

  /// Where they can be read.
  var descriptor: Int32 { signals.descriptor }

  /// Blocks them in this thread.
  init() throws(Failure) {
    do throws(HostError) { signals = try SignalSource(SignalSource.ending) } catch { throw Failure(error) }
    // For good: the report comes after the act, and meets the same reader. A write answers EPIPE.
    _ = cl_ignore(SIGPIPE)
  }

  deinit {
    // One that came after the last effect is over with the act that it was for.
    take()
    SignalSource.giveBack()
  }

  /// Asked before each effect: whether nobody wants the act ended.
  func mayGoOn() -> Bool {
    child = nil
    take()
    return !isCalledOff
  }

  /// Asked again and again while a child is at an effect: whether it is to be left to itself. Signals that came before
  /// it began were about something else.
  func wantsToLeave(_ work: Work, now: UInt64 = Clock.milliseconds) -> Bool {
    var waiting = child ?? (work, now, false)
    if take() { waiting.isUnwanted = true }
    child = waiting
    return waiting.isUnwanted && now >= waiting.since + Self.patience
  }

  /// Milliseconds that any effect may take.
  static let patience: UInt64 = 1000

  /// Takes what came; whether something did.
  @discardableResult private func take() -> Bool {
    let came = signals.take()
    if came.contains(where: Self.callOff.contains) { isCalledOff = true }
    return !came.isEmpty
  }
}
