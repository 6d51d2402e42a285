import CLinux
import Synchronization

/// Children: posix_spawn(3), never a bare fork.
enum Child {
  /// Children that nobody listens to any more.
  private static let left = Mutex<[Int32]>([])

  /// Leaves a child to itself. Once it has ended it is reaped when the next one is spawned.
  static func leave(_ process: Int32) { left.withLock { $0.append(process) } }

  /// Reaps those of them that have ended; how many have not.
  @discardableResult
  static func reap() -> Int {
    left.withLock { left in
      left.removeAll { cl_is_reaped($0) == 1 }
      return left.count
    }
  }

  /// Spawns a program in a session of its own, with these descriptors and no others, and answers its number. The first
  /// of `words` is what it is told that it is called, the others are its arguments.
  static func spawn(
    _ program: String, _ words: [String], keepsEnvironment: Bool, _ descriptors: [Int32]
  ) throws(SystemError) -> Int32 {
    reap()
    let answer = unsafe program.withCString { program in
      unsafe words.withWords { words in
        var wanted = unsafe cl_child()
        unsafe (wanted.program, wanted.arguments) = (program, words)
        unsafe wanted.keeps_environment = keepsEnvironment ? 1 : 0
        unsafe wanted.count = Int32(descriptors.count)
        unsafe withUnsafeMutableBytes(of: &wanted.descriptors) { places in
          unsafe places.copyBytes(from: unsafe descriptors.withUnsafeBytes { unsafe Array($0) })
        }
        return unsafe cl_spawn(&wanted)
      }
    }
    return Int32(try Syscalls.call { answer })
  }
}
