public import HostAccess
public import Ownership
import Topology

extension LinuxPerformer: Performer {
  /// Makes one call of a uAPI on the kernel. No ledger, consequences or reason: a kernel gives none.
  public func ask(_ call: Call, as user: User) -> Answer {
    let answer = calls.ask(call, as: user)
    if case .open(let node) = call, answer.value != nil { opened.insert(node) }
    if calls.isIdle { opened = [] }
    return answer
  }

  /// Closes whatever was opened by calls, last first.
  public func closeAll() {
    calls.closeAll()
    opened = []
  }

  /// A device that we have open cannot be taken from its driver before we close it: the write would wait for
  /// ourselves. Which nodes were opened is remembered until the last of them is closed.
  func ownHandle(_ effect: Effect) -> HostError? {
    guard case .unbind(let address, _) = effect, !opened.isEmpty, !calls.isIdle else { return nil }
    if !opened.contains(.device(address)) {
      do throws(HostError) {
        guard let group = try binding(of: address).group.value, opened.contains(.group(group)) else { return nil }
      } catch {
        // Who is gone has no group; of anybody else it has to be known before a write that may wait for ourselves.
        return error.errno == .enodev ? nil : error
      }
    }
    return HostError("unbind", on: "\(address), which viable itself has open (close it first)", .ebusy)
  }
}
