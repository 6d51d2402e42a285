import CLinux
import HostAccess
import Ownership
import Topology

/// The child's side of an effect: `viable` run with a hidden argument, which reads one order from descriptor 0, carries
/// it out, and answers on descriptor 1.
///
/// A write to an attribute may wait for as long as somebody holds the device. It waits here, in a session of its own
/// without a terminal, and goes on when the parent has gone. What was ordered is tested again: whoever holds the other
/// end of the pipe gets nothing written but what the rules of `Effect` allow.
public enum EffectRunner {
  /// The argument, which is the only one.
  public static var argument: StaticString { "--viable-effect-runner" }

  /// Does what the pipe says, and answers the exit code: 0 once an answer was given, 64 when nobody ordered anything.
  public static func serve() -> Int32 {
    guard cl_is_pipe(0) == 1, cl_is_pipe(1) == 1 else {
      say("viable: \(argument) is how viable starts itself; it is of no use to anybody else\n", to: 2)
      return 64
    }
    // The parent may go, and a terminal that hangs up is none of ours.
    for signal: Int32 in [1, 13] { _ = cl_ignore(signal) }
    _ = unsafe cl_rename_us("viable-effect")
    guard let order = EffectOrder(readAll(0)) else { return 64 }
    let report = carryOut(order)
    say(report.bytes, to: 1)
    return 0
  }

  private static func carryOut(_ order: EffectOrder) -> EffectReport {
    let effect = order.effect
    if let objection = effect.objection { return .failed(objection) }
    if order.hasLock { JournalLock.note(effect, in: 3) }
    do throws(SystemError) {
      switch effect {
      case .loadModule(let module): return load(module, below: order.root)
      case .writeFile(let file, let text):
        try ConfigurationStore(file, below: order.root).replace(text)
        if file.isRule { tellUdev(below: order.root) }
        return .done
      case .setOwner(let node, let uid, let gid, let mode):
        try give(node, uid, gid, mode, below: order.root)
        return .done
      case .setOverride, .unbind, .probe, .setVirtualFunctions: break
      }
    } catch {
      return .failed(HostError(effect.attempt.what, on: effect.attempt.object, error.errno))
    }
    return effect.write.map { perform($0, of: effect, below: order.root) } ?? .done
  }

  /// The one write. The file is the kernel's, or nothing is written.
  private static func perform(_ write: Effect.Write, of effect: Effect, below root: String) -> EffectReport {
    let path = root == "/" ? write.path : root + write.path
    do throws(SystemError) {
      let file = OwnedDescriptor(try Syscalls.call { unsafe cl_open_attribute(-100, path) })
      if root == "/", cl_is_sysfs(file.number) != 1 { throw SystemError(SystemError.noSuchDevice) }
      let bytes = Array(write.text.utf8)
      let count = try Syscalls.call { unsafe cl_write(file.number, bytes, bytes.count) }
      if count != bytes.count { throw SystemError(Errno.eio.rawValue) }
      return .done
    } catch {
      let attempt = effect.attempt
      return .failed(HostError(attempt.what, on: attempt.object, error.errno))
    }
  }

  /// Everything up to the end of the pipe, and no more than an order can be.
  static func readAll(_ descriptor: Int32, limit: Int = EffectOrder.limit) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.count < limit {
      let room = buffer.count
      guard let count = try? Syscalls.call({ unsafe cl_read(descriptor, &buffer, room) }), count > 0 else { break }
      bytes += buffer[..<count]
    }
    return bytes
  }

  private static func say(_ text: String, to descriptor: Int32) { say(Array(text.utf8), to: descriptor) }

  /// Nobody may be left to hear it.
  private static func say(_ bytes: [UInt8], to descriptor: Int32) {
    _ = Syscalls.refusal { unsafe cl_write(descriptor, bytes, bytes.count) }
  }
}

extension Errno {
  /// EIO. It went wrong, and nobody knows more.
  static let eio = Errno(rawValue: 5)
}
