import CLinux
import HostAccess
import Synchronization

/// A descriptor with one owner, closed when the owner lets go of it.
struct OwnedDescriptor: ~Copyable {
  let number: Int32

  init(_ number: Int) { self.number = Int32(truncatingIfNeeded: number) }

  // A failed close has released the number all the same (Linux, close(2)): nothing is left to do about it.
  deinit { _ = cl_close(number) }

  /// Gives the number up without closing it.
  consuming func release() -> Int32 {
    let number = number
    discard self
    return number
  }
}

/// Descriptors that are done with and wait to be closed together: runs of neighbouring numbers cost one
/// close_range(2) each. Only numbers that were handed in are ever closed. Threads that read side by side share one, for
/// their numbers interleave.
final class DescriptorBatch: Sendable {
  private let waiting = Mutex<[Int32]>([])
  private let limit: Int
  /// What could not be opened, and without which a picture of the machine would be false: the first of it.
  private let trouble = Mutex<HostError?>(nil)

  /// How many a thread gathers before it hands them in.
  static let handful = 32

  init(limit: Int = 128) { self.limit = limit }

  func add(_ descriptors: [Int32]) {
    if descriptors.isEmpty { return }
    Self.close(
      waiting.withLock { waiting in
        waiting += descriptors
        return waiting.count >= limit ? Self.take(&waiting) : []
      })
  }

  /// Whoever reads makes a note of what stands in the way, and says so when all is read.
  func note(_ error: HostError) { trouble.withLock { $0 = $0 ?? error } }

  /// What was noted since the last time.
  func takeTrouble() -> HostError? {
    trouble.withLock { trouble in
      defer { trouble = nil }
      return trouble
    }
  }

  func closeAll() { Self.close(waiting.withLock { Self.take(&$0) }) }

  deinit { closeAll() }

  private static func take(_ waiting: inout [Int32]) -> [Int32] {
    defer { waiting.removeAll(keepingCapacity: true) }
    return waiting
  }

  /// Outside of the lock: the numbers are ours alone until they are closed.
  private static func close(_ descriptors: [Int32]) {
    for run in runs(in: descriptors.sorted()) {
      let first = UInt32(bitPattern: run.lowerBound)
      let last = UInt32(bitPattern: run.upperBound)
      // Kernels before 5.9 and some sandboxes do not have the call.
      if first != last, cl_close_range(first, last) >= 0 { continue }
      for number in run { _ = cl_close(number) }
    }
  }

  /// Neighbouring numbers of a sorted list, as closed ranges.
  static func runs(in sorted: [Int32]) -> [ClosedRange<Int32>] {
    var runs: [ClosedRange<Int32>] = []
    for number in sorted {
      if let last = runs.last, last.upperBound + 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs
  }
}
