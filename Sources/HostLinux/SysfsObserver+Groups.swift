import Ownership
import Topology

extension SysfsObserver {
  /// Makes the groups of a look. Members follow from the functions' links, and where a group's own directory is read
  /// that one wins. A listing leaves those that decide nothing (`deciding`), unless some link and some directory
  /// contradict each other: then only all of them tell who is where.
  func readGroups(_ look: inout Look, isListing: Bool) {
    var reader = GroupReader(root)
    let ids = reader.ids()
    look.hasGroups = !ids.isEmpty
    var isLeft = [Bool](repeating: false, count: ids.count)
    if isListing { isLeft = deciding(ids, &look).map { !$0 } }
    let seen = glances(at: ids, leaving: isLeft)
    var directories = GroupDirectories(zip(ids, seen).compactMap { id, glance in glance.directory.map { (id, $0) } })
    let left = zip(ids, isLeft).filter(\.1).map(\.0)
    var isWhole = left.isEmpty
    if !isWhole, Listed(look.functions, directories).isContradicted {
      directories.add(read(left))
      isWhole = true
    }
    // Asked again once the directories were read: such a group has its directory before it has its node.
    look.disagreements = settle(&look.functions, directories, madeUp: reader.madeUp()) { ids }
    let members = Membership(look.functions)
    let beside = directories.listed.filter { !$0.directory.others.isEmpty && members[$0.id].isEmpty }
    let all = beside.isEmpty ? members.ids : (members.ids + beside.map(\.id)).sorted()
    for id in all {
      let place = ids.partitioningIndex { $0 >= id }
      let isThere = place < ids.count && ids[place] == id
      var group = Group(
        id: id, members: members[id].map { look.functions[$0].address },
        others: otherMembers(directories[id]?.others ?? [], of: id),
        reserved: isThere ? seen[place].reserved : reserved(of: id, &reader))
      group.isListed = isWhole || !isThere || !isLeft[place]
      look.groups.append(group)
    }
  }

  /// What a listing looks at in a group's directory.
  private struct Glance {
    var directory: GroupDirectory?
    var reserved: Known<[ReservedRegion]>
  }

  /// Groups' reserved regions, and their own lists but of those that are left.
  private func glances(at ids: [GroupID], leaving isLeft: [Bool]) -> [Glance] {
    divided(ids.count) { observer, range in
      var reader = GroupReader(observer.root)
      return range.map { place in
        Glance(
          directory: isLeft[place] ? nil : reader.members(of: ids[place]),
          reserved: observer.reserved(of: ids[place], &reader))
      }
    }.flatMap(\.self)
  }

  /// Groups' own lists, of those that have a directory.
  private func read(_ ids: [GroupID]) -> GroupDirectories {
    let read = divided(ids.count) { observer, range in
      var reader = GroupReader(observer.root)
      return ids[range].map { reader.members(of: $0) }
    }
    return GroupDirectories(zip(ids, read.joined()).compactMap { id, directory in directory.map { (id, $0) } })
  }

  /// Whether a listing reads each group's own directory: of those that no function points at, and those that are viable
  /// by what points at them, or not viable because somebody asked for a member. A group that host drivers keep, and
  /// nobody asked for, is kept whatever else is in it.
  private func deciding(_ ids: [GroupID], _ look: inout Look) -> [Bool] {
    let isAnyUnknown = look.functions.contains { $0.group.ignorance != nil }
    if isAnyUnknown { return ids.map { _ in true } }
    let members = Membership(look.functions)
    let stances = Stance.all(of: look.functions)
    // Overrides tell who is asked for.
    let asking = members.ids.filter { Stance.needOverrides(members[$0].map { stances[$0] }, []) }
    readOverrides(&look, of: asking.flatMap { members[$0] })
    return ids.map { id in
      let places = members[id]
      // The rules of 2021 let bridges be, whatever drives them.
      return !places.contains { stances[$0] == .keeps && !look.functions[$0].leadsToABus }
        || places.contains { stances[$0] == .serves || Self.isAsked(look.functions[$0].driverOverride) }
    }
  }

  private static func isAsked(_ override: Known<DriverName>) -> Bool {
    override.value.map { $0 == "pci-stub" || RuleSet.vfioDrivers.contains($0) } ?? false
  }

  /// Puts every function into the group whose directory lists it, and says where its link told otherwise. Functions are
  /// sorted by address.
  func settle(
    _ functions: inout [Function], _ directories: GroupDirectories, madeUp: [GroupID], all ids: () -> [GroupID]
  ) -> [Disagreement] {
    for index in functions.indices where !madeUp.isEmpty {
      guard let id = functions[index].group.value, madeUp.contains(id) else { continue }
      functions[index].group = .absent
    }
    let directories = directories.without(madeUp)
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
  init(_ functions: [Function], _ directories: GroupDirectories) {
    isAgreed = [Bool](repeating: false, count: functions.count)
    for (id, directory) in directories.listed {
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
