import CLinux
import Synchronization

/// Reading a large machine waits on nothing but the kernel, so it is divided among threads that all end before the
/// call returns. A small one is read on the spot.
enum Parallel {
  /// Less work than this is not worth a thread, nor a portion of its own.
  static let least = 64
  private static let mostThreads = 4
  /// So many for each thread: whoever is ahead, or was given more of a processor, takes more of them.
  private static let portionsEach = 8

  /// What to do with each portion of `0..<count`; what that answers, in order. `begin` is called once on each thread
  /// and makes what only this thread works with.
  static func map<Part: Sendable>(
    _ count: Int, _ begin: @escaping @Sendable () -> (Range<Int>) -> Part
  ) -> [Part] {
    let threads = count < 2 * least ? 1 : min(mostThreads, count / least, cl_processors())
    if threads <= 1 { return [begin()(0..<count)] }
    let portions = Portions(count, of: max(least, count / (threads * portionsEach)), begin)
    let helpers = (1..<threads).map { _ in Helper { portions.work() } }
    for helper in helpers { helper.start() }
    portions.work()
    for helper in helpers { helper.wait() }
    return portions.parts
  }

  /// What is to be done, and what came of it.
  private final class Portions<Part: Sendable>: Sendable {
    private let ranges: [Range<Int>]
    private let begin: @Sendable () -> (Range<Int>) -> Part
    private let next = Atomic(0)
    private let found: Mutex<[Part?]>

    init(_ count: Int, of size: Int, _ begin: @escaping @Sendable () -> (Range<Int>) -> Part) {
      ranges = stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
      self.begin = begin
      found = Mutex(Array(repeating: nil, count: ranges.count))
    }

    /// Does portion after portion, until every one was taken by somebody.
    func work() {
      var body: ((Range<Int>) -> Part)?
      while true {
        let place = next.add(1, ordering: .relaxed).oldValue
        guard place < ranges.count else { return }
        let doing = body ?? begin()
        body = doing
        let part = doing(ranges[place])
        found.withLock { $0[place] = part }
      }
    }

    var parts: [Part] { found.withLock { $0.compactMap(\.self) } }
  }

  /// Work that goes on beside whatever its owner does next.
  final class Aside<Value: Sendable>: Sendable {
    private let work: @Sendable () -> Value
    private let helper: Helper
    private let found: Found

    /// Written before the helper is done, read after.
    private final class Found: Sendable { let value = Mutex<Value?>(nil) }

    /// Nil where there is no second processor to do it: then it is better done in its turn.
    init?(_ work: @escaping @Sendable () -> Value) {
      guard cl_processors() > 1 else { return nil }
      let found = Found()
      self.work = work
      self.found = found
      helper = Helper {
        let value = work()
        found.value.withLock { $0 = value }
      }
      helper.start()
    }

    /// What came of it, once it is done.
    var value: Value {
      helper.wait()
      return found.value.withLock { $0 } ?? work()
    }
  }

  /// A thread beside this one. Where none can be started the others do its work.
  private final class Helper: Sendable {
    private let work: @Sendable () -> Void
    private let event: Int
    private let isStarted = Atomic(false)

    init(_ work: @escaping @Sendable () -> Void) {
      self.work = work
      event = cl_event()
    }

    deinit { if event >= 0 { _ = cl_close(Int32(event)) } }

    func start() {
      guard event >= 0 else { return }
      let itself = unsafe Unmanaged.passRetained(self)
      let refusal = unsafe cl_thread(
        { context in
          guard let context = unsafe context else { return nil }
          unsafe Unmanaged<Helper>.fromOpaque(context).takeRetainedValue().run()
          return nil
        }, unsafe itself.toOpaque())
      if refusal < 0 { unsafe itself.release() }
      isStarted.store(refusal >= 0, ordering: .relaxed)
    }

    private func run() {
      work()
      _ = cl_event_signal(Int32(event))
    }

    func wait() {
      guard isStarted.load(ordering: .relaxed) else { return }
      while cl_event_drain(Int32(event)) == 0 {
        var waits = cl_wait(descriptor: Int32(event), ready: 0)
        _ = Syscalls.refusal { unsafe cl_poll(&waits, 1, -1) }
      }
    }
  }
}
