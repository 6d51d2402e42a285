import Assignment
import CLinux
import Glibc
import HostAccess
import HostLinux
import Ownership
import Topology

/// Devices of this machine, opened and bound here for a command that runs as somebody else.
struct LiveRun {
  private let scope: RunScope
  private let observer: SysfsObserver
  private let calls: UserCalls
  private let user: User
  private var mirror: Mirror<UserCalls>
  private var attempt: Attempt

  /// Before the first call.
  init(_ scope: RunScope, on machine: LiveMachine, onlyOpening: Bool) throws(Failure) {
    self.scope = scope
    observer = machine.observer
    do throws(HostError) { calls = try UserCalls() } catch { throw Failure(error) }
    user = User(process: getpid(), name: "viable", uid: cl_effective_user())
    mirror = Mirror(calls, rules: machine.rules, world: machine.world, circumstances: machine.circumstances)
    attempt = Attempt(scope.model, handingOut: scope.devices, onlyOpening: onlyOpening, by: user)
  }

  /// Makes every call. Where one is refused, what was opened is closed again.
  mutating func open() throws(Failure) -> HandOver {
    attempt.take(through: &mirror)
    if let line = attempt.refusal {
      calls.closeAll()
      throw missing(line) ?? RunScope.failure(line)
    }
    guard !mirror.isLost,
      let handOver = HandOver(
        scope.model, scope.devices, of: user, in: mirror.world, from: CommandStart.firstNumber)
    else {
      calls.closeAll()
      throw Failure(.takenBack, "the kernel answered as no rule of \(scope.model.rawValue) does; everything was closed")
    }
    return handOver
  }

  /// Starts the command with what is handed over. Ours is closed in any case: what the command has is its own.
  func start(_ command: CommandStart, with handOver: HandOver) throws(Failure) -> RunningCommand {
    defer { calls.closeAll() }
    do throws(HostError) {
      return RunningCommand(process: try calls.start(command, handing: handOver.items.map(\.descriptor), of: user))
    } catch {
      throw Failure(.takenBack, Clean.visible(error.description) + "; everything was closed again")
    }
  }

  /// Closes whatever is open here.
  func giveBack() { calls.closeAll() }

  /// Who has the groups open after the command has ended: processes that it left behind.
  func holders() -> [Holder] {
    let groups = Set(scope.devices.compactMap { scope.world[$0]?.group })
    var inventory = scope.inventory
    do throws(HostError) {
      inventory.apply(try observer.reread(Stale(groups: groups, nodes: true), in: inventory))
    } catch {
      Session.complain("who still has the devices open cannot be seen: \(Clean.visible(error.description))")
      return []
    }
    return groups.sorted().flatMap { inventory[$0]?.holders.value ?? [] }
  }

  /// What this kernel lacks, where an open fails for want of it.
  private func missing(_ line: Comparison.Line) -> Failure? {
    guard line.call.hasPrefix("open("), let errno = line.errno, [.enoent, .enodev].contains(errno) else { return nil }
    let subject: Capability.Subject =
      line.on == "/dev/vfio/vfio" ? .container : line.on == "/dev/iommu" ? .iommufd : .deviceNodes
    guard subject != .deviceNodes || scope.model == .iommufd,
      let found = observer.capabilities().first(where: { $0.subject == subject }), found.status != .works
    else { return nil }
    return Failure(.unavailable, Clean.visible(found.finding + " " + found.remedy))
  }
}
