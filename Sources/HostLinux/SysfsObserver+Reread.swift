public import HostAccess
public import Topology

extension SysfsObserver {
  /// Reads what `stale` names and what that leads to: a function's old and new group, a group's old and new members.
  /// Groups' own directories are read and win. Details stay known where they were; the cost follows what is stale.
  public func reread(_ stale: Stale, in inventory: Inventory) throws(HostError) -> Difference {
    if stale.isEmpty { return Difference() }
    return try thriftily { observer throws(HostError) in try observer.readAgain(stale, in: inventory) }
  }

  private func readAgain(_ stale: Stale, in inventory: Inventory) throws(HostError) -> Difference {
    if stale.everything || !inventory.host.hasPCI {
      root.follow()
      let close = Set(inventory.functions.lazy.filter(\.hasDetails).map(\.address)).union(stale.details)
      return Difference(from: inventory, to: try look(inventory.isWatched ? .watching : .close(to: close)))
    }
    var again = Rereading(inventory, devices: root.devicesPath)
    again.name(stale)
    repeat {
      follow(&again)
      settle(&again)
    } while again.hasMore
    return difference(&again, stale)
  }

  /// Reads functions and groups until none leads to another.
  private func follow(_ again: inout Rereading) {
    var functions = FunctionReader(root, below: again.devices)
    var groups = GroupReader(root)
    while again.hasMore {
      if let address = again.functions.popLast() {
        let found = seen(address, &functions)
        again.read[address] = .some(found)
        again.name(group: again.before[address]?.group.value)
        again.name(group: found?.function.group.value)
      }
      if let id = again.groups.popLast() {
        let directory = groups.members(of: id)
        again.directories[id] = .some(directory)
        for address in directory?.functions ?? [] where again.before[address]?.group.value != id {
          again.name(function: address)
        }
        let listed = Set(directory?.functions ?? [])
        for address in again.before[id]?.members ?? [] where !listed.contains(address) { again.name(function: address) }
      }
    }
  }

  /// Decides the groups of what was read; a group that only now comes into play is read next.
  private func settle(_ again: inout Rereading) {
    let found = again.read.values.compactMap { $0 }.sorted { $0.function.address < $1.function.address }
    again.look.functions = found.map(\.function)
    again.look.paths = found.map(\.path)
    let read = again.directories.sorted { $0.key < $1.key }
    let directories = GroupDirectories(read.compactMap { id, directory in directory.map { (id, $0) } })
    readVariants(&again.look)
    let madeUp = GroupReader(root).madeUp()
    again.look.disagreements = settle(&again.look.functions, directories, madeUp: madeUp) { GroupReader(root).ids() }
    for function in again.look.functions { again.name(group: function.group.value) }
  }

  private func difference(_ again: inout Rereading, _ stale: Stale) -> Difference {
    let before = again.before
    let gone = again.gone
    var groups = GroupReader(root)
    again.look.groups = again.directories.keys.sorted().compactMap { group($0, again, gone, &groups) }
    if before.isWatched {
      readOverrides(&again.look, of: Array(again.look.functions.indices))
    } else {
      bringOverrides(&again, gone)
    }
    let close = again.look.functions.indices.filter { index in
      let address = again.look.functions[index].address
      guard again.read[address] != nil else { return false }
      return stale.details.contains(address) || before[address]?.hasDetails ?? false
    }
    readDetails(&again.look, of: close, CloserLook(root))
    readOverrides(&again.look)
    readHolders(&again.look)
    var difference = Difference()
    difference.functions = again.look.functions.filter { before[$0.address] != $0 }
    difference.goneFunctions = gone.filter { before[$0] != nil }.sorted()
    difference.groups = again.look.groups.filter { before[$0.id] != $0 }
    let there = Set(again.look.groups.map(\.id))
    difference.goneGroups = again.directories.keys.filter { !there.contains($0) && before[$0] != nil }.sorted()
    let others = before.disagreements.filter { again.read[$0.address] == nil }
    let disagreements = (others + again.look.disagreements).sorted { $0.address < $1.address }
    if disagreements != before.disagreements { difference.disagreements = disagreements }
    noteHost(&difference, before)
    if let names { difference.names = names.names(for: difference.functions) }
    return difference
  }

  /// The group as its directory has it; nil when nobody is left in it.
  private func group(
    _ id: GroupID, _ again: Rereading, _ gone: Set<Address>, _ reader: inout GroupReader
  ) -> Group? {
    let directory = again.directories[id] ?? nil
    let candidates = directory?.functions ?? again.look.functions.map(\.address)
    let members = candidates.filter { again.look.function(at: $0, gone: gone)?.group.value == id }
    let others = otherMembers(directory?.others ?? [], of: id)
    if members.isEmpty, others.isEmpty { return nil }
    return Group(id: id, members: members, others: others, reserved: reserved(of: id, &reader))
  }

  /// A member's new driver may decide that the others' overrides matter, or that they no longer do: takes those
  /// members into the look.
  private func bringOverrides(_ again: inout Rereading, _ gone: Set<Address>) {
    var brought: [(Function, String)] = []
    for group in again.look.groups {
      let members = group.members.compactMap { again.look.function(at: $0, gone: gone) }
      let isNeeded = Stance.needOverrides(members.map { Stance($0) }, group.others)
      for var member in members where again.look.index(of: member.address) == nil && !member.hasDetails {
        let isRead = member.driverOverride != .unknown(.notRead)
        guard isNeeded != isRead, let path = root.directory(of: member.address, below: again.devices) else { continue }
        member.driverOverride = .unknown(.notRead)
        brought.append((member, path))
      }
    }
    if brought.isEmpty { return }
    let all = (Array(zip(again.look.functions, again.look.paths)) + brought).sorted { $0.0.address < $1.0.address }
    again.look.functions = all.map(\.0)
    again.look.paths = all.map(\.1)
  }

  /// The first group or the last one says that the IOMMU was switched.
  private func noteHost(_ difference: inout Difference, _ before: Inventory) {
    let new = difference.groups.count { before[$0.id] == nil }
    let hasGroups = before.groups.count + new - difference.goneGroups.count > 0
    guard hasGroups == before.groups.isEmpty else { return }
    let facts = hostFacts(hasGroups: hasGroups, hasPCI: true)
    if facts != before.host { difference.host = facts }
  }
}

extension Inventory {
  /// Whether this is what changes are told against (`Depth.watching`): every override is known, and nothing closer.
  fileprivate var isWatched: Bool {
    functions.allSatisfy { $0.driverOverride != .unknown(.notRead) && !$0.hasDetails }
  }
}

/// What a re-reading has read and what it has still to read.
private struct Rereading {
  let before: Inventory
  var look: Look
  var devices: String { look.devices }
  /// Still to be read; nothing stands in them twice.
  var functions: [Address] = []
  var groups: [GroupID] = []
  private var named: Set<Address> = []
  private var namedGroups: Set<GroupID> = []
  /// Read again; nil inside is gone.
  var read: [Address: FoundFunction?] = [:]
  /// Read again; nil inside has no directory.
  var directories: [GroupID: GroupDirectory?] = [:]

  init(_ before: Inventory, devices: String) {
    self.before = before
    look = Look(devices: devices, before: before)
  }

  var hasMore: Bool { !functions.isEmpty || !groups.isEmpty }
  var gone: Set<Address> { Set(read.filter { $0.value == nil }.keys) }

  mutating func name(function: Address) {
    if named.insert(function).inserted { functions.append(function) }
  }

  mutating func name(group: GroupID?) {
    if let group, namedGroups.insert(group).inserted { groups.append(group) }
  }

  mutating func name(_ stale: Stale) {
    for address in stale.functions.union(stale.details) { name(function: address) }
    for id in stale.groups { name(group: id) }
    guard stale.nodes else { return }
    for group in before.groups {
      let owners = group.members.filter { before[$0].map { SysfsObserver.isForOwners($0) } ?? false }
      if owners.isEmpty, case .absent = group.holders { continue }
      name(group: group.id)
      for address in owners { name(function: address) }
    }
  }
}
