import CLinux
import Synchronization

/// Reading a large machine waits on nothing but the kernel, so it is divided among threads that all end before the
/// call returns. A small one is read on the spot.
enum Parallel {
  /// Less work than this is not worth a thread.
  static let least = 256
  private static let mostThreads = 4

  /// `body` over parts of `0..<count`; what it answers, in order.
  static func map<Part: Sendable>(_ count: Int, _ body: @escaping @Sendable (Range<Int>) -> Part) -> [Part] {
    let parts = min(mostThreads, count / least, count < 2 * least ? 1 : cl_processors())
    if parts <= 1 { return [body(0..<count)] }
    let bounds = (0...parts).map { $0 * count / parts }
    let helpers = (1..<parts).map { Helper(bounds[$0]..<bounds[$0 + 1], body) }
    for helper in helpers { helper.start() }
    return [body(0..<bounds[1])] + helpers.map { $0.wait() }
  }

  private final class Helper<Part: Sendable>: Runnable, Sendable {
    private let range: Range<Int>
    private let body: @Sendable (Range<Int>) -> Part
    private let event: Int
    private let answer = Mutex<Part?>(nil)

    init(_ range: Range<Int>, _ body: @escaping @Sendable (Range<Int>) -> Part) {
      self.range = range
      self.body = body
      event = cl_event()
    }

    deinit { if event >= 0 { _ = cl_close(Int32(event)) } }

    func start() {
      guard event >= 0 else { return }
      let itself = unsafe Unmanaged<AnyObject>.passRetained(self)
      let refusal = unsafe cl_thread(
        { context in
          guard let context = unsafe context else { return nil }
          let helper = unsafe Unmanaged<AnyObject>.fromOpaque(context).takeRetainedValue()
          (helper as? any Runnable)?.run()
          return nil
        }, unsafe itself.toOpaque())
      if refusal < 0 {
        unsafe itself.release()
        run()
      }
    }

    func run() {
      let part = body(range)
      answer.withLock { $0 = part }
      _ = cl_event_signal(Int32(event))
    }

    /// Where no thread could be started the work is done here.
    func wait() -> Part {
      while event >= 0, answer.withLock({ $0 == nil }) {
        var waits = cl_wait(descriptor: Int32(event), ready: 0)
        _ = Syscalls.refusal { unsafe cl_poll(&waits, 1, -1) }
      }
      return answer.withLock(\.self) ?? body(range)
    }
  }
}

/// What a thread's entry can call without knowing what the work answers.
private protocol Runnable { func run() }
