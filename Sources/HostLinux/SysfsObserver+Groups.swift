import Topology

/// A group's own list of its members.
struct GroupDirectory {
  var functions: [Address] = []
  var others: [String] = []
}

extension SysfsObserver {
  static let groupsPath = "sys/kernel/iommu_groups"

  /// Makes the groups of a look. Members follow from the functions' links; where the groups' own directories are
  /// read (`concerned`, nil for all of them, and every group that no function points at), those win.
  func readGroups(_ look: inout Look, directories concerned: Set<GroupID>?) {
    let ids = groupIDs()
    let pointedAt = Set(look.functions.compactMap(\.group.value))
    var directories: [GroupID: GroupDirectory] = [:]
    for id in ids where concerned?.contains(id) ?? true || !pointedAt.contains(id) {
      directories[id] = groupDirectory(id)
    }
    look.disagreements = settle(&look.functions, directories) { ids }
    var members: [GroupID: [Address]] = [:]
    for function in look.functions {
      if let id = function.group.value { members[id, default: []].append(function.address) }
    }
    let all = Set(members.keys).union(directories.filter { !$0.value.others.isEmpty }.keys)
    look.groups = all.sorted().map { id in
      Group(
        id: id, members: members[id] ?? [], others: otherMembers(directories[id]?.others ?? [], of: id),
        reserved: reserved(of: id))
    }
  }

  /// Puts every function into the group whose directory lists it, and says where its link told otherwise.
  func settle(
    _ functions: inout [Function], _ directories: [GroupID: GroupDirectory], all ids: () -> [GroupID]
  ) -> [Disagreement] {
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
      functions[index].group = directory.map { .value($0) } ?? .absent
      disagreements.append(Disagreement(address: address, link: link, directory: directory))
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
    ids.first { id in root.isEntry(address, in: Self.groupsPath + "/\(id)/devices") }
  }

  /// The numbers below /sys/kernel/iommu_groups, sorted.
  func groupIDs() -> [GroupID] {
    var ids: [GroupID] = []
    do {
      let directory = try root.openDirectory(Self.groupsPath)
      try root.entries(directory.number) { name, _ in
        if let id = Parse.group(name) { ids.append(id) }
      }
    } catch {
      return []
    }
    return ids.sorted()
  }

  /// A group's list of members; nil when the group has no directory.
  func groupDirectory(_ id: GroupID) -> GroupDirectory? {
    var found = GroupDirectory()
    do {
      let directory = try root.openDirectory(Self.groupsPath + "/\(id)/devices")
      try root.entries(directory.number) { name, _ in
        if let address = Address(name) {
          found.functions.append(address)
        } else {
          found.others.append(String(decoding: name))
        }
      }
    } catch {
      return nil
    }
    found.functions.sort()
    found.others.sort()
    return found
  }

  /// Members on other buses, with their drivers.
  func otherMembers(_ names: [String], of id: GroupID) -> [OtherMember] {
    names.map { name in
      let link = Self.groupsPath + "/\(id)/devices/" + name
      let path = root.isSysfs ? link : root.resolve(link)
      return OtherMember(name: name, driver: path.map { driver(of: $0) } ?? .unknown(.notRecorded))
    }
  }

  func reserved(of id: GroupID) -> Known<[ReservedRegion]> {
    let found = root.read(Self.groupsPath + "/\(id)", "reserved_regions", Parse.reserved)
    if case .absent = found, !root.isSysfs { return .unknown(.notRecorded) }
    return found
  }
}
