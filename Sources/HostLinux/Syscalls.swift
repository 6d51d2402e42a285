import CLinux
import Ownership

/// What a system call answered instead of a result.
struct SystemError: Error, Hashable, Sendable {
  let number: Int32
  init(_ number: Int32) { self.number = number }

  var errno: Errno { Errno(rawValue: number) }

  /// Whether it says that nothing is there: no such file or device, no directory on the way, or a link that leads
  /// nowhere. Whatever else was answered says nothing of what is there.
  var saysGone: Bool {
    [Self.noSuchFile, Self.noSuchDevice, Self.notDirectory, Self.loop, Self.invalid].contains(number)
  }

  /// Whether it is the process or the system that lacks descriptors or memory, whatever was asked for.
  var isShortage: Bool { [Self.tooManyFiles, Self.systemFull, Self.noMemory].contains(number) }

  static let notPermitted: Int32 = 1
  static let systemFull: Int32 = 23
  static let tooManyFiles: Int32 = 24
  static let noSuchFile: Int32 = 2
  static let interrupted: Int32 = 4
  static let noSuchDevice: Int32 = 19
  static let messageTooLong: Int32 = 90
  static let noBuffers: Int32 = 105
  static let invalid: Int32 = 22
  static let loop: Int32 = 40
  static let notDirectory: Int32 = 20
  static let notImplemented: Int32 = 38
  static let nameTooLong: Int32 = 36
  static let noSpace: Int32 = 28
  static let noMemory: Int32 = 12
  static let exists: Int32 = 17
  static let outOfRange: Int32 = 34
  static let noSuchDeviceOrAddress: Int32 = 6
  static let tooBig: Int32 = 27
  static let illegalBytes: Int32 = 84
}

/// The one funnel of system calls: CLinux answers a negated errno taken beside the call, and an interrupted call is
/// made again.
enum Syscalls {
  @inline(__always)
  static func call(_ body: () -> Int) throws(SystemError) -> Int {
    while true {
      let answer = body()
      if answer >= 0 { return answer }
      let number = Int32(truncatingIfNeeded: -answer)
      if number != SystemError.interrupted { throw SystemError(number) }
    }
  }

  /// The errno of a call whose result does not matter, or nil.
  @inline(__always)
  static func refusal(_ body: () -> Int) -> Int32? {
    do {
      _ = try call(body)
      return nil
    } catch {
      return error.number
    }
  }
}
