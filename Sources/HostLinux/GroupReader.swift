import Topology

/// A group's own list of its members.
struct GroupDirectory {
  var functions: [Address] = []
  var others: [String] = []
}

/// Reads the directories of groups, from the one above them, which stays open. Lives for one look.
struct GroupReader: ~Copyable {
  private let root: Root
  private let groups: Int32
  private var buffer = PathBuffer()

  static let path = "sys/kernel/iommu_groups"

  init(_ root: Root) {
    self.root = root
    do {
      groups = try root.openDirectory(Self.path).release()
    } catch {
      groups = -1
    }
  }

  deinit { if groups >= 0 { root.finish(groups) } }

  /// The numbers there are, sorted.
  func ids() -> [GroupID] {
    var ids: [GroupID] = []
    guard groups >= 0 else { return [] }
    do {
      try root.entries(groups) { name, _ in
        if let id = Parse.group(name) { ids.append(id) }
      }
    } catch {
      return []
    }
    let madeUp = madeUp()
    return ids.filter { !madeUp.contains($0) }.sorted()
  }

  /// Groups that VFIO made up for devices without an IOMMU (drivers/vfio/group.c `vfio_noiommu_group_alloc`). They have
  /// a directory and links like any other, and confine nothing: to everybody but VFIO they are none.
  func madeUp() -> Set<GroupID> {
    let names = (root.list("sys/class/vfio") ?? []).map(\.name)
    return Set(names.compactMap { $0.hasPrefix("noiommu-") ? UInt32($0.dropFirst(8)).map { GroupID($0) } : nil })
  }

  /// Reads an attribute of a group.
  mutating func read<Value>(
    _ name: StaticString, of id: GroupID, _ body: (Span<UInt8>) -> Known<Value>
  ) -> Known<Value> {
    guard groups >= 0 else { return .absent }
    buffer.clear()
    buffer.append(id)
    do {
      return unsafe try root.readStraight(
        buffer.entry(name), Root.fileLimit, from: groups, isKernels: root.isSysfs, body)
    } catch {
      return Root.mayBeALink(error) ? root.read(Self.path + "/\(id)", name, body) : .missing(error)
    }
  }

  /// The members that a group lists; nil when the group has no directory.
  mutating func members(of id: GroupID) -> GroupDirectory? {
    var found = GroupDirectory()
    do {
      let directory = try open(id)
      defer { root.finish(directory) }
      try root.entries(directory) { name, _ in
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

  private mutating func open(_ id: GroupID) throws(SystemError) -> Int32 {
    guard groups >= 0 else { throw SystemError(SystemError.noSuchFile) }
    buffer.clear()
    buffer.append(id)
    do {
      return unsafe try root.openStraight(
        buffer.entry("devices"), Root.Flags.directory, from: groups, isKernels: root.isSysfs)
    } catch {
      guard Root.mayBeALink(error) else { throw error }
      return try root.openDirectory(Self.path + "/\(id)/devices").release()
    }
  }
}
