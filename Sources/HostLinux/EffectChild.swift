import CLinux
import HostAccess
import Ownership

/// The parent's side of an effect under way. Letting go of it leaves the child to itself.
final class EffectChild {
  let effect: Effect
  let work: Work
  private let answers: OwnedDescriptor
  private var heard: [UInt8] = []
  private var hasEnded = false

  /// Starts `program` as an effect runner.
  init(
    _ effect: Effect, below root: String, program: String, lock: Int32?
  ) throws(HostError) {
    self.effect = effect
    do throws(SystemError) {
      let order = EffectOrder(effect, root: root, hasLock: lock != nil).bytes
      guard order.count <= EffectOrder.limit else { throw SystemError(SystemError.nameTooLong) }
      var ends = cl_ends()
      _ = try Syscalls.call { unsafe cl_pipe(&ends) }
      let orderEnd = OwnedDescriptor(Int(ends.read))
      let orderSource = OwnedDescriptor(Int(ends.write))
      _ = try Syscalls.call { unsafe cl_pipe(&ends) }
      let answerEnd = OwnedDescriptor(Int(ends.read))
      let answerSink = OwnedDescriptor(Int(ends.write))
      // An order fits a pipe, so it lies there whole before anybody reads it, and we may end at any moment.
      let count = try Syscalls.call { unsafe cl_write(orderSource.number, order, order.count) }
      guard count == order.count else { throw SystemError(Errno.eio.rawValue) }
      _ = consume orderSource
      let process = try Child.spawn(
        program, ["viable", EffectRunner.argument.description], keepsEnvironment: true,
        [orderEnd.number, answerSink.number, Int32(CL_NULL_DEVICE)] + (lock.map { [$0] } ?? []))
      work = Work(process: process, descriptor: answerEnd.number)
      answers = answerEnd
    } catch {
      throw HostError(
        "start the child that is to \(effect.attempt.what) \(effect.attempt.object):", on: program, error.errno)
    }
  }

  deinit { if !hasEnded { Child.leave(work.process) } }

  /// How far it is, without waiting.
  func progress() -> Progress {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      do throws(SystemError) {
        let room = buffer.count
        let count = try Syscalls.call { unsafe cl_read(answers.number, &buffer, room) }
        if count == 0 { return conclude() }
        heard += buffer[..<count]
      } catch {
        return error.number == Errno.eagain.rawValue ? .waiting(work) : .failed(trouble("cannot be heard", error.errno))
      }
    }
  }

  /// Said at the end of the pipe, when the child is about to end: then its share in the lock is gone as well.
  private func conclude() -> Progress {
    hasEnded = true
    let code = (try? Syscalls.call { cl_ended(work.process) }) ?? -1
    switch EffectReport(heard) {
    case .done: return .done
    case .failed(let error): return .failed(error)
    case nil:
      let end = code > 128 ? "was ended by signal \(code - 128)" : "ended with \(code)"
      return .failed(trouble(end + " without a word", .eio))
    }
  }

  private func trouble(_ what: String, _ errno: Errno) -> HostError {
    let attempt = effect.attempt
    return HostError(attempt.what, on: "\(attempt.object): process \(work.process) \(what)", errno)
  }
}
