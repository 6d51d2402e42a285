import Topology

extension SysfsObserver {
  /// Makes the groups of a look. Members follow from the functions' links; where the groups' own directories are
  /// read (`concerned`, nil for all of them, and every group that no function points at), those win.
  func readGroups(_ look: inout Look, directories concerned: Set<GroupID>?) {
    let ids = GroupReader(root).ids()
    var pointedAt: Set<GroupID> = []
    // Whose link could not be read, only the directories can tell.
    var isAnyUnknown = false
    for function in look.functions {
      if let id = function.group.value { pointedAt.insert(id) }
      if case .unknown(.refused) = function.group { isAnyUnknown = true }
    }
    let wanted = ids.filter { isAnyUnknown || concerned?.contains($0) ?? true || !pointedAt.contains($0) }
    let read = divided(wanted.count) { observer, range in
      var reader = GroupReader(observer.root)
      return wanted[range].map { reader.members(of: $0) }
    }
    var directories: [GroupID: GroupDirectory] = [:]
    for (id, directory) in zip(wanted, read.joined()) { directories[id] = directory }
    look.disagreements = settle(&look.functions, directories) { ids }
    var members: [GroupID: [Address]] = [:]
    for function in look.functions {
      if let id = function.group.value { members[id, default: []].append(function.address) }
    }
    let all = Set(members.keys).union(directories.filter { !$0.value.others.isEmpty }.keys).sorted()
    let reserved = divided(all.count) { observer, range in
      var reader = GroupReader(observer.root)
      return all[range].map { observer.reserved(of: $0, &reader) }
    }
    look.groups = zip(all, reserved.joined()).map { id, reserved in
      Group(
        id: id, members: members[id] ?? [], others: otherMembers(directories[id]?.others ?? [], of: id),
        reserved: reserved)
    }
  }

  /// Puts every function into the group whose directory lists it, and says where its link told otherwise.
  func settle(
    _ functions: inout [Function], _ directories: [GroupID: GroupDirectory], all ids: () -> [GroupID]
  ) -> [Disagreement] {
    let madeUp = GroupReader(root).madeUp()
    for index in functions.indices where !madeUp.isEmpty {
      guard let id = functions[index].group.value, madeUp.contains(id) else { continue }
      functions[index].group = .absent
    }
    let directories = madeUp.isEmpty ? directories : directories.filter { !madeUp.contains($0.key) }
    if directories.isEmpty { return [] }
    var listed: [Address: [GroupID]] = [:]
    for (id, directory) in directories {
      for address in directory.functions { listed[address, default: []].append(id) }
    }
    var disagreements: [Disagreement] = []
    // Those that were read have told already whom they list.
    var unread: [GroupID]?
    for index in functions.indices {
      let (address, link) = (functions[index].address, functions[index].group.value)
      let settled = Self.settled(
        link, listedIn: listed[address] ?? [], isRead: link.map { directories[$0] != nil } ?? false)
      var directory = settled
      if settled == nil, link != nil {
        let others = unread ?? ids().filter { directories[$0] == nil }
        unread = others
        directory = self.directory(listing: address, among: others)
      }
      if directory == link { continue }
      // A link that could not be read tells nothing that the directory could contradict.
      let isMute = if case .unknown(.refused) = functions[index].group { true } else { false }
      functions[index].group = directory.map { .value($0) } ?? .absent
      if !isMute { disagreements.append(Disagreement(address: address, link: link, directory: directory)) }
    }
    return disagreements
  }

  /// The group that counts: the linked one where its directory agrees or was not read, else the lowest that lists it.
  private static func settled(_ link: GroupID?, listedIn groups: [GroupID], isRead: Bool) -> GroupID? {
    guard let link, groups.isEmpty && !isRead || groups.contains(link) else { return groups.min() }
    return link
  }

  /// The lowest group whose directory lists the function; asked only where its link's group does not.
  func directory(listing address: Address, among ids: [GroupID]) -> GroupID? {
    ids.first { id in root.isEntry(address, in: GroupReader.path + "/\(id)/devices") }
  }

  /// Members on other buses, with their drivers.
  func otherMembers(_ names: [String], of id: GroupID) -> [OtherMember] {
    names.map { name in
      let link = GroupReader.path + "/\(id)/devices/" + name
      let path = root.isSysfs ? link : root.resolve(link)
      return OtherMember(name: name, driver: path.map { driver(of: $0) } ?? .unknown(.notRecorded))
    }
  }

  private func driver(of path: String) -> Known<DriverName> {
    do {
      return unsafe root.linkName(try root.joined(path, "driver"), Self.driver)
    } catch {
      return .missing(error)
    }
  }

  func reserved(of id: GroupID, _ reader: inout GroupReader) -> Known<[ReservedRegion]> {
    recorded(reader.read("reserved_regions", of: id, Parse.reserved))
  }
}
