import CLinux
public import HostAccess
import Ownership
import Topology

/// The right to act, which one process has at a time: flock(2) on the file `lock` of the state directory. Children that
/// carry out effects share it, so that it lasts as long as the last of them waits.
///
/// The file says who has it: a line with number and command of the process that took it, and a line of each child with
/// what it is at.
public final class JournalLock {
  private let file: OwnedDescriptor
  /// Where the line of the process that took it ends.
  private let length: Int

  var descriptor: Int32 { file.number }

  /// What came of asking for it.
  public enum Outcome {
    case taken(JournalLock)
    /// Somebody else acts.
    case busy(Holder)
  }

  private init(_ file: consuming OwnedDescriptor, length: Int) {
    self.file = file
    self.length = length
  }

  /// Takes it, without waiting. `command` is what the process is about, as it was called: `viable assign group:5`.
  /// - Throws: `HostError` where the state directory cannot be used.
  public static func take(in state: StateDirectory, command: String) throws(HostError) -> Outcome {
    let directory = try state.make()
    let path = state.path(of: "lock")
    let answer = unsafe cl_open_private(directory.number, "lock", 0)
    guard answer >= 0 else { throw HostError("open", on: path, Errno(rawValue: Int32(-answer))) }
    let file = OwnedDescriptor(answer)
    try StateDirectory.check(file.number, Int(CL_KIND_FILE), path)
    let refusal = Syscalls.refusal { cl_lock(file.number) }
    if refusal == Errno.eagain.rawValue { return .busy(Holder(text(file.number))) }
    if let refusal { throw HostError("lock", on: path, Errno(rawValue: refusal)) }
    let line = Array("\(cl_process()) \(Clean.visible(command).prefix(1000))\n".utf8)
    let written =
      Syscalls.refusal { cl_truncate(file.number, 0) }
      ?? Syscalls.refusal { unsafe cl_write_at(file.number, line, line.count, 0) }
    if let written { throw HostError("write", on: path, Errno(rawValue: written)) }
    return .taken(JournalLock(file, length: line.count))
  }

  private static func text(_ file: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let room = bytes.count
    let count = unsafe cl_read_at(file, &bytes, room, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  /// Said by a child, of itself, before it begins.
  static func note(_ effect: Effect, in file: Int32) {
    var status = cl_status()
    guard unsafe cl_status_of(file, &status) >= 0 else { return }
    let attempt = effect.attempt
    let line = Array("\(cl_process()) \(attempt.what) \(attempt.object)\n".utf8)
    _ = unsafe cl_write_at(file, line, line.count, status.size)
  }

  /// Nobody but us has it any more.
  func forgetChildren() { _ = cl_truncate(file.number, UInt64(length)) }
}
