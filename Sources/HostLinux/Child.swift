import CLinux

/// Children: posix_spawn(3), never a bare fork.
enum Child {
  /// Spawns a program with one argument in a session of its own, with these descriptors and no others, and answers its
  /// number. `name` is what it is told that it is called.
  static func spawn(
    _ program: String, as name: String, _ argument: String, keepsEnvironment: Bool, _ descriptors: [Int32]
  ) throws(SystemError) -> Int32 {
    let answer = unsafe program.withCString { program in
      unsafe name.withCString { name in
        unsafe argument.withCString { argument in
          var wanted = unsafe cl_child()
          unsafe (wanted.program, wanted.name, wanted.argument) = (program, name, argument)
          unsafe wanted.keeps_environment = keepsEnvironment ? 1 : 0
          unsafe wanted.count = Int32(descriptors.count)
          unsafe withUnsafeMutableBytes(of: &wanted.descriptors) { places in
            unsafe places.copyBytes(from: unsafe descriptors.withUnsafeBytes { unsafe Array($0) })
          }
          return unsafe cl_spawn(&wanted)
        }
      }
    }
    return Int32(try Syscalls.call { answer })
  }
}
