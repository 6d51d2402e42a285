import Ownership
import Topology

/// The kernel's partition of a simulated machine, with the numbers that its groups have.
struct Partition {
  private let isolation: Isolation

  /// What was not read of a port that was looked at is as guessed: a newcomer has to be put somewhere.
  init(_ ports: some Sequence<PortFacts>) {
    isolation = Isolation(
      ports.map { port in
        var port = port
        port.gaps = [:]
        return port
      })
  }

  func requester(of address: Address) -> Address { isolation.requester(of: address) }

  /// A number for every part: the stated one; else the one noted for a member of its group; else the lowest that is
  /// free, as the kernel gives them out (lib/idr.c `ida_alloc`).
  func numbers(for parts: [Part], _ notes: [Machine.GroupNote]) -> [Address: GroupID] {
    var numbers: [Address: GroupID] = [:]
    for part in parts { numbers[part.address] = part.statedGroup }
    var free = Self.free(beside: Set(numbers.values).union(notes.map(\.id)))
    for members in isolation.groups {
      let open = members.filter { numbers[$0] == nil }
      if open.isEmpty { continue }
      let noted = notes.first { members.contains($0.member) }?.id
      guard let number = noted ?? free.next() else { continue }
      for member in open { numbers[member] = number }
    }
    return numbers
  }

  /// The groups that newcomers join, one after the other: those of whoever the partition puts them together with, or new
  /// ones.
  func groups(of newcomers: [Address], in world: World) -> [Address: GroupID] {
    var known: [Address: GroupID] = [:]
    for device in world.devices { known[device.address] = device.group }
    for newcomer in newcomers { known[newcomer] = nil }
    var free = Self.free(beside: Set(world.groups.map(\.id)))
    for newcomer in newcomers {
      let members = isolation.members(withGroupOf: newcomer) ?? []
      known[newcomer] = members.lazy.compactMap { known[$0] }.first ?? free.next()
    }
    return known
  }

  /// Numbers that no group has, the lowest first.
  private static func free(beside taken: Set<GroupID>) -> some IteratorProtocol<GroupID> {
    (0...UInt32.max).lazy.map { GroupID($0) }.filter { !taken.contains($0) }.makeIterator()
  }

  /// What can be said of ports that were looked at without their ACS registers: who keeps traffic apart shows in the
  /// groups below. A bridge with nothing below it counts as one that does not, which promises nobody too much.
  static func facts(observedIn inventory: Inventory) -> [Address: PortFacts] {
    let slots = Dictionary(grouping: inventory.functions.map(\.address)) { $0.packed >> 3 }
    let below = Dictionary(grouping: inventory.functions) { $0.parent.function }
    var facts: [Address: PortFacts] = [:]
    for function in inventory.functions {
      let siblings = slots[function.address.packed >> 3] ?? []
      let usual: PortType = function.leadsToABus ? .express(6) : .express(0)
      var port = PortFacts(
        address: function.address, parent: function.parent, leadsToABus: function.leadsToABus,
        type: function.details?.port.value ?? usual,
        isMultifunction: function.physicalFunction == nil && siblings.count > 1)
      if function.leadsToABus {
        let children = below[function.address] ?? []
        port.quirk = !children.isEmpty && children.allSatisfy { $0.group != function.group }
      } else if siblings.count > 1 {
        port.quirk = siblings.allSatisfy { $0 == function.address || inventory[$0]?.group != function.group }
      }
      port.gaps[.acs] = .notRecorded
      if function.details?.port.value == nil { port.gaps[.type] = .notRecorded }
      facts[function.address] = port
    }
    return facts
  }
}
