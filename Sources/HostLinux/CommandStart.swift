import CLinux
public import HostAccess
public import Ownership

/// A command to be started with descriptors of ours.
public struct CommandStart: Hashable, Sendable {
  /// The program's path.
  public var program: String
  /// Its arguments, the first of which is what it is called.
  public var arguments: [String]
  /// Its environment, `NAME=value` each.
  public var environment: [String]
  /// Whose process it is to be; nil is ours.
  public var account: Account?
  /// What it may lock of memory (RLIMIT_MEMLOCK, in bytes, `.max` without a limit); nil is as much as we may.
  public var memoryLimit: UInt64?
  /// Whether programs that it starts may have more rights than itself, as setuid programs do; else
  /// PR_SET_NO_NEW_PRIVS.
  public var mayGainPrivileges: Bool
  /// Signals that are blocked here and not there.
  public var unblocked: [Int32]

  /// All of it.
  public init(
    _ program: String, _ arguments: [String], environment: [String], as account: Account?,
    memoryLimit: UInt64? = nil, mayGainPrivileges: Bool = false, unblocked: [Int32] = []
  ) {
    self.program = program
    self.arguments = arguments
    self.environment = environment
    self.account = account
    self.memoryLimit = memoryLimit
    self.mayGainPrivileges = mayGainPrivileges
    self.unblocked = unblocked
  }

  /// The number of the first descriptor that a command is handed; the others follow.
  public static var firstNumber: Int { Int(CL_FIRST_HANDED) }
  /// How many it can be handed.
  public static var most: Int { Int(CL_MOST_HANDED) }
}

extension UserCalls {
  /// Starts a command that has these descriptors of a user's from `CommandStart.firstNumber` on, in their order, our
  /// standard input and output, and nothing else. It stays in our session and process group, so that a terminal's keys
  /// reach it. What is open here stays open. Answers its process.
  /// - Throws: `HostError` with what could not be done for it; then no process is left.
  public func start(
    _ command: CommandStart, handing descriptors: [Descriptor], of user: User
  ) throws(HostError) -> Int32 {
    let files = descriptors.map { file($0, of: user) }
    var step: Int32 = 0
    let answer = unsafe command.arguments.withWords { arguments in
      unsafe command.environment.withWords { environment in
        unsafe command.program.withCString { program in
          var wanted = unsafe cl_command()
          unsafe (wanted.program, wanted.arguments, wanted.environment) = (program, arguments, environment)
          unsafe (wanted.count, wanted.may_gain) = (files.count, command.mayGainPrivileges ? 1 : 0)
          if let limit = command.memoryLimit { unsafe (wanted.has_limit, wanted.limit) = (1, limit) }
          if let account = command.account {
            unsafe (wanted.is_other, wanted.user, wanted.group) = (1, account.uid, account.gid)
          }
          let groups = command.account?.groups ?? []
          unsafe (wanted.group_count, wanted.signal_count) = (groups.count, command.unblocked.count)
          return unsafe files.withUnsafeBufferPointer { files in
            unsafe groups.withUnsafeBufferPointer { groups in
              unsafe command.unblocked.withUnsafeBufferPointer { signals in
                unsafe (wanted.descriptors, wanted.groups) = (files.baseAddress, groups.baseAddress)
                unsafe wanted.signals = signals.baseAddress
                return unsafe cl_start(&wanted, &step)
              }
            }
          }
        }
      }
    }
    guard answer >= 0 else { throw Self.failure(of: command, at: step, Errno(rawValue: Int32(-answer))) }
    return Int32(answer)
  }

  private static func failure(of command: CommandStart, at step: Int32, _ errno: Errno) -> HostError {
    let who = command.account?.name ?? "this user"
    switch Int(step) {
    case Int(CL_STEP_DESCRIPTORS.rawValue): return HostError("hand descriptors to", on: command.program, errno)
    case Int(CL_STEP_LIMIT.rawValue): return HostError("set RLIMIT_MEMLOCK for", on: command.program, errno)
    case Int(CL_STEP_GROUPS.rawValue), Int(CL_STEP_GROUP.rawValue):
      return HostError("take on the groups of", on: who, errno)
    case Int(CL_STEP_USER.rawValue): return HostError("become", on: who, errno)
    case Int(CL_STEP_CAPABILITIES.rawValue), Int(CL_STEP_PRIVILEGES.rawValue):
      return HostError("give up privileges for", on: command.program, errno)
    case Int(CL_STEP_PROGRAM.rawValue): return HostError("run as \(who)", on: command.program, errno)
    default: return HostError("make a process for", on: command.program, errno)
    }
  }
}

/// A command that was started: watched until it ends, and told what we are told.
public struct RunningCommand {
  /// Its process.
  public let process: Int32

  /// A child of ours.
  public init(process: Int32) { self.process = process }

  /// Its exit code, or 128 and the signal that ended it; nil while it runs. Asked after that, it is gone: nil.
  public func exitCode() -> Int32? {
    var code: Int32 = 0
    let answer = try? Syscalls.call { unsafe cl_has_ended(process, &code) }
    return answer == 1 ? code : nil
  }

  /// Sends it a signal.
  public func tell(_ signal: Int32) { _ = cl_kill(process, signal) }
}
