import Topology

/// Reads the directories of groups, from the one above them, which stays open. Lives for one look.
struct GroupReader: ~Copyable {
  private let root: Root
  private let groups: Result<Int32, SystemError>
  private var buffer = PathBuffer()

  static let path = "sys/kernel/iommu_groups"

  init(_ root: Root) {
    self.root = root
    do {
      groups = .success(try root.openDirectory(Self.path).release())
    } catch {
      groups = .failure(error)
    }
  }

  deinit { if case .success(let groups) = groups { root.finish(groups) } }

  /// A group that cannot be read is not one without members: what stood in the way is noted, unless it is gone.
  private func note(_ error: SystemError, _ inner: String = "") {
    guard !error.saysGone, !error.isShortage else { return }
    unsafe root.note(error, opening: Self.path + inner, from: root.descriptor)
  }

  /// The numbers there are, sorted.
  func ids() -> [GroupID] {
    var ids: [GroupID] = []
    do {
      try root.entries(try groups.get()) { name, _ in
        if let id = Parse.group(name) { ids.append(id) }
      }
    } catch {
      note(error)
      return []
    }
    let madeUp = madeUp()
    return ids.filter { !madeUp.contains($0) }.sorted()
  }

  /// Groups that VFIO made up for devices without an IOMMU (drivers/vfio/group.c `vfio_noiommu_group_alloc`). They have
  /// a directory and links like any other, and confine nothing: to everybody but VFIO they are none.
  func madeUp() -> [GroupID] {
    (root.list("sys/class/vfio") ?? []).compactMap { node in
      node.name.hasPrefix("noiommu-") ? UInt32(node.name.dropFirst(8)).map { GroupID($0) } : nil
    }
  }

  /// Reads an attribute of a group.
  mutating func read<Value>(
    _ name: StaticString, of id: GroupID, _ body: (Span<UInt8>) -> Known<Value>
  ) -> Known<Value> {
    buffer.clear()
    buffer.append(id)
    do {
      let groups = try groups.get()
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
      note(error, "/\(id)/devices")
      return nil
    }
    found.functions.sort()
    found.others.sort()
    return found
  }

  private mutating func open(_ id: GroupID) throws(SystemError) -> Int32 {
    let groups = try groups.get()
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
