import Ownership
import Topology

extension SysfsObserver {
  /// Makes the groups of a look. Members follow from the functions' links, and where a group's own directory is read
  /// that one wins. A listing leaves those that decide nothing (`deciding`), unless some link and some directory
  /// contradict each other: then only all of them tell who is where.
  func readGroups(_ look: inout Look, isListing: Bool) {
    let ids = GroupReader(root).ids()
    look.hasGroups = !ids.isEmpty
    let wanted = isListing ? deciding(ids, &look) : ids
    var directories = read(wanted)
    var left = Set(ids).subtracting(wanted)
    if !left.isEmpty, Listed(look.functions, directories).isContradicted {
      directories.merge(read(left.sorted())) { first, _ in first }
      left = []
    }
    look.disagreements = settle(&look.functions, directories) { ids }
    let members = Self.members(look.functions)
    let all = Set(members.keys).union(directories.filter { !$0.value.others.isEmpty }.keys).sorted()
    let reserved = divided(all.count) { observer, range in
      var reader = GroupReader(observer.root)
      return all[range].map { observer.reserved(of: $0, &reader) }
    }
    look.groups = zip(all, reserved.joined()).map { id, reserved in
      let others = otherMembers(directories[id]?.others ?? [], of: id)
      var group = Group(id: id, members: members[id] ?? [], others: others, reserved: reserved)
      group.isListed = !left.contains(id)
      return group
    }
  }

  private static func members(_ functions: [Function]) -> [GroupID: [Address]] {
    var members: [GroupID: [Address]] = [:]
    for function in functions {
      if let id = function.group.value { members[id, default: []].append(function.address) }
    }
    return members
  }

  /// Groups' own lists, of those that have a directory.
  private func read(_ ids: [GroupID]) -> [GroupID: GroupDirectory] {
    let read = divided(ids.count) { observer, range in
      var reader = GroupReader(observer.root)
      return ids[range].map { reader.members(of: $0) }
    }
    var directories: [GroupID: GroupDirectory] = [:]
    for (id, directory) in zip(ids, read.joined()) { directories[id] = directory }
    return directories
  }

  /// The groups whose own directories a listing reads: those that no function points at, and those that are viable by
  /// what points at them, or not viable because somebody asked for a member. A group that host drivers keep, and nobody
  /// asked for, is kept whatever else is in it.
  private func deciding(_ ids: [GroupID], _ look: inout Look) -> [GroupID] {
    let isAnyUnknown = look.functions.contains { $0.group.ignorance != nil }
    if isAnyUnknown { return ids }
    let members = Self.members(look.functions)
    // Overrides tell who is asked for, and are read of groups.
    look.groups = members.map { Group(id: $0.key, members: $0.value) }
    readOverrides(&look)
    return ids.filter { id in
      guard let members = members[id] else { return true }
      let functions = members.compactMap { look.function(at: $0) }
      return !functions.contains { Self.keepsGroup($0) } || functions.contains { Self.isAsked($0) }
    }
  }

  /// Whether a function's driver keeps users out under any rules: those of 2021 let bridges be.
  private static func keepsGroup(_ function: Function) -> Bool {
    guard let driver = function.driver.value, !function.leadsToABus else { return false }
    return driver != "pci-stub" && driver != "pcieport" && !isForOwners(function)
  }

  private static func isAsked(_ function: Function) -> Bool {
    isForOwners(function)
      || function.driverOverride.value.map { $0 == "pci-stub" || RuleSet.vfioDrivers.contains($0) } ?? false
  }

  /// Puts every function into the group whose directory lists it, and says where its link told otherwise. Functions are
  /// sorted by address.
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
    let listed = Listed(functions, directories)
    var disagreements: [Disagreement] = []
    // Those that were read have told already whom they list.
    var unread: [GroupID]?
    for index in functions.indices {
      if listed.isAgreed[index] { continue }
      let (address, link) = (functions[index].address, functions[index].group.value)
      let settled = Self.settled(
        link, listedIn: listed.elsewhere[address] ?? [], isRead: link.map { directories[$0] != nil } ?? false)
      var directory = settled
      if settled == nil, link != nil {
        let others = unread ?? ids().filter { directories[$0] == nil }
        unread = others
        directory = self.directory(listing: address, among: others)
      }
      if directory == link { continue }
      let why = functions[index].group.ignorance
      functions[index].group = directory.map { .value($0) } ?? .absent
      // A link that could not be read tells nothing that the directory could contradict.
      if case .refused = why { continue }
      disagreements.append(
        Disagreement(address: address, link: link, directory: directory, linkIgnorance: why))
    }
    return disagreements
  }

  /// The group that counts where the linked one does not list the function: that one if its directory was not read and
  /// no other claims it, else the lowest that lists it.
  private static func settled(_ link: GroupID?, listedIn groups: [GroupID], isRead: Bool) -> GroupID? {
    groups.isEmpty && !isRead ? link : groups.min()
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

/// What groups' own directories say of functions, beside what their links say.
private struct Listed {
  /// By place among the functions: listed where the link points, so that nothing more is to be said of it.
  private(set) var isAgreed: [Bool]
  /// The groups that list a function whose link does not point there.
  private(set) var elsewhere: [Address: [GroupID]] = [:]
  /// Whether some link and some directory contradict each other.
  private(set) var isContradicted = false

  /// Functions are sorted by address; those that are gone are left out.
  init(_ functions: [Function], _ directories: [GroupID: GroupDirectory]) {
    isAgreed = [Bool](repeating: false, count: functions.count)
    for (id, directory) in directories {
      for address in directory.functions {
        guard let index = Look.index(of: address, in: functions) else { continue }
        if functions[index].group.value == id {
          isAgreed[index] = true
        } else {
          elsewhere[address, default: []].append(id)
        }
      }
    }
    isContradicted =
      !elsewhere.isEmpty
      || functions.indices.contains { index in
        !isAgreed[index] && functions[index].group.value.map { directories[$0] != nil } ?? false
      }
  }
}
