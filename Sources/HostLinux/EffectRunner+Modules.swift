import CLinux
import HostAccess
import Ownership
import Topology

extension EffectRunner {
  /// Where distributions keep it.
  private static let modprobes = ["/usr/sbin/modprobe", "/sbin/modprobe", "/usr/bin/modprobe", "/bin/modprobe"]

  /// Runs modprobe with an environment of our own making, and keeps the last thing that it complained of.
  static func load(_ module: String, below root: String) -> EffectReport {
    var refusal = SystemError(SystemError.noSuchFile)
    for program in modprobes.map({ root == "/" ? $0 : root + $0 }) {
      do throws(SystemError) {
        let (code, words) = try run(program, module)
        if code == 0 { return .done }
        let said = words.isEmpty ? "it ended with \(code)" : words
        return .failed(HostError("load with \(program)", on: "\(module), which says: \(said)", .eio))
      } catch {
        refusal = error
        if error.number != SystemError.noSuchFile { break }
      }
    }
    return .failed(HostError("run modprobe for the module", on: module, refusal.errno))
  }

  /// The exit code, and the last line of standard error.
  private static func run(_ program: String, _ argument: String) throws(SystemError) -> (Int, String) {
    var pipe = cl_ends()
    _ = try Syscalls.call { unsafe cl_pipe(&pipe) }
    let reading = OwnedDescriptor(Int(pipe.read))
    let writing = OwnedDescriptor(Int(pipe.write))
    let process = try Child.spawn(
      program, as: program, argument, keepsEnvironment: false,
      [Int32(CL_NULL_DEVICE), Int32(CL_NULL_DEVICE), writing.number])
    _ = consume writing
    var bytes: [UInt8] = []
    while true {
      var wait = cl_wait(descriptor: reading.number, ready: 0)
      _ = Syscalls.refusal { unsafe cl_poll(&wait, 1, -1) }
      let more = readAll(reading.number, limit: 4096)
      if more.isEmpty { break }
      // The end is what counts of a long complaint.
      bytes = (bytes + more).suffix(EffectOrder.limit)
    }
    let code = try Syscalls.call { cl_ended(process) }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    return (code, lines.last.map { Clean.visible($0) } ?? "")
  }
}
