import Assignment
import HostAccess
import Ownership
import Topology

/// Giving back on a simulated machine what its users took there.
extension Scene {
  /// The wishes that give back what the caller took for a device: the device, and with the last one what owns it. What
  /// a refused attempt left open is given back as well. Empty where the caller has nothing of it.
  func givingBack(_ address: Address, _ rehearsal: Rehearsal) -> [Wish] {
    let (user, ledger) = (rehearsal.caller, rehearsal.world.ledger)
    var times = 0
    var isAttached = false
    var others: Set<Address> = []
    var groups: Set<GroupID> = []
    for descriptor in ledger.process(of: user)?.descriptors.entries ?? [] {
      switch ledger.files[descriptor.element] {
      case .device(let device) where device.address == address:
        times += 1
        isAttached = isAttached || device.space != nil
      case .device(let device): others.insert(device.address)
      case .group(let group): groups.insert(group.group)
      default: break
      }
    }
    let holds = ledger.processes.contains { $0.user == user }
    let isItsGroup = groups.allSatisfy { $0 == rehearsal.world[address]?.group }
    guard times > 0 || holds && others.isEmpty && isItsGroup else { return [] }
    let leaving = isAttached && rehearsal.rules.set.hasContexts ? [Wish.detach(address, by: user)] : []
    let closing = Array(repeating: Wish.close(address, by: user), count: times)
    return leaving + closing + (others.isEmpty ? [.closeOwner(by: user)] : [])
  }

  /// Why the caller has nothing to give back at a device, and who has.
  func whyNothingToGiveBack(_ address: Address, _ rehearsal: Rehearsal) -> String {
    let (caller, ledger) = (rehearsal.caller, rehearsal.world.ledger)
    let mine = "\(Clean.visible(caller.name)) does not have \(name(address)) open"
    if let other = ledger.users(ofDevice: address).first { return mine + "; \(Clean.visible(other.name)) does" }
    let group = rehearsal.world[address]?.group
    let members = group.map { rehearsal.world.members(of: $0) } ?? []
    let open = members.first { ledger.users(ofDevice: $0.address).contains(caller) }
    return mine + (open.map { ", but \(name($0.address))" } ?? "")
  }

  /// Who has the hold that a refusal is about, on a simulated machine, and by which device.
  func wayOut(of refusal: Refusal) -> (user: User, device: Address)? {
    guard case .held(let address, let holder) = refusal.why, let rehearsal else { return nil }
    let processes = rehearsal.world.ledger.processes
    guard let user = processes.first(where: { $0.user.process == holder.process })?.user else { return nil }
    let group = rehearsal.world[address]?.group
    let members = group.map { rehearsal.world.members(of: $0).map(\.address) } ?? []
    return (user, members.first { rehearsal.world.ledger.users(ofDevice: $0).contains(user) } ?? address)
  }
}
