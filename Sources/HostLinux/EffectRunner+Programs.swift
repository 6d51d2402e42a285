import CLinux
import HostAccess
import Ownership
import Topology

extension EffectRunner {
  /// Runs modprobe and keeps the last thing that it complained of.
  static func load(_ module: String, below root: String) -> EffectReport {
    do throws(SystemError) {
      let (program, code, words) = try run("modprobe", [module], below: root)
      if code == 0 { return .done }
      let said = words.isEmpty ? "it ended with \(code)" : words
      return .failed(HostError("load with \(program)", on: "\(module), which says: \(said)", .eio))
    } catch {
      return .failed(HostError("run modprobe for the module", on: module, error.errno))
    }
  }

  /// Has udev read its rules again. By itself it looks for changed ones every three seconds at most (systemd's
  /// src/udev/udevd.c, `event_queue_start`), and until then a node that appears goes to whoever the old rules name.
  /// Without udev, or where it does not answer, the rule stands all the same, for when udev looks.
  static func tellUdev(below root: String) { _ = try? run("udevadm", ["control", "--reload"], below: root) }

  /// Where distributions keep programs of the system.
  private static let folders = ["/usr/sbin/", "/sbin/", "/usr/bin/", "/bin/"]

  /// Runs a program of the system with an environment of our own making: which one it was, its exit code, and the last
  /// line of its standard error.
  private static func run(
    _ name: String, _ arguments: [String], below root: String
  ) throws(SystemError) -> (program: String, code: Int, words: String) {
    var refusal = SystemError(SystemError.noSuchFile)
    for program in folders.map({ (root == "/" ? "" : root) + $0 + name }) {
      do throws(SystemError) {
        let (code, words) = try run(program, arguments)
        return (program, code, words)
      } catch {
        refusal = error
        if error.number != SystemError.noSuchFile { break }
      }
    }
    throw refusal
  }

  private static func run(_ program: String, _ arguments: [String]) throws(SystemError) -> (Int, String) {
    var pipe = cl_ends()
    _ = try Syscalls.call { unsafe cl_pipe(&pipe) }
    let reading = OwnedDescriptor(Int(pipe.read))
    let writing = OwnedDescriptor(Int(pipe.write))
    let process = try Child.spawn(
      program, [program] + arguments, keepsEnvironment: false,
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
