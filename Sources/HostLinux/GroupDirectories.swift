import Topology

/// A group's own list of its members.
struct GroupDirectory: Sendable {
  var functions: [Address] = []
  var others: [String] = []
}

/// What groups' own directories list, of those that were read and are there.
struct GroupDirectories {
  /// By number.
  private(set) var listed: [(id: GroupID, directory: GroupDirectory)]

  /// `read` is sorted by number.
  init(_ read: [(id: GroupID, directory: GroupDirectory)]) { listed = read }

  var isEmpty: Bool { listed.isEmpty }

  subscript(id: GroupID) -> GroupDirectory? {
    let index = listed.partitioningIndex { $0.id >= id }
    return index < listed.count && listed[index].id == id ? listed[index].directory : nil
  }

  /// Takes in what was read besides.
  mutating func add(_ others: GroupDirectories) {
    listed = (listed + others.listed).sorted { $0.id < $1.id }
  }

  func without(_ ids: [GroupID]) -> GroupDirectories {
    ids.isEmpty ? self : GroupDirectories(listed.filter { !ids.contains($0.id) })
  }
}
