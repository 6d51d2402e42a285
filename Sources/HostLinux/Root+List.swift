import CLinux
import Topology

/// What a directory entry is.
enum EntryKind: UInt8 {
  case other = 0
  case file = 1
  case directory = 2
  case link = 3
}

extension Root {
  /// Calls `body` with every entry of an open directory but `.` and `..`. Names are borrowed.
  func entries(_ directory: Int32, _ body: (Span<UInt8>, EntryKind) -> Void) throws(SystemError) {
    let dot = UInt8(ascii: ".")
    while true {
      let count = try Syscalls.call { unsafe cl_entries(directory, space, Self.fileLimit) }
      if count == 0 { return }
      var offset: UInt32 = 0
      while offset < count {
        let entry = unsafe cl_entry_at(space, offset)
        offset = unsafe entry.next
        let (start, length) = unsafe (Int(entry.name_offset), Int(entry.length))
        let kind = unsafe kind(entry, in: directory)
        filled(start..<start + length) { name in
          if name.count == 1 && name[0] == dot || name.count == 2 && name[0] == dot && name[1] == dot { return }
          body(name, kind)
        }
      }
    }
  }

  /// Some file systems leave the kind out of directory entries.
  private func kind(_ entry: cl_entry, in directory: Int32) -> EntryKind {
    guard unsafe Int(entry.kind) == CL_KIND_UNKNOWN else {
      return unsafe EntryKind(rawValue: entry.kind) ?? .other
    }
    var status = cl_status()
    guard unsafe cl_stat(directory, entry.name, &status) >= 0 else { return .other }
    return EntryKind(rawValue: status.kind) ?? .other
  }

  /// The names in a directory and what they are; nil when it cannot be listed.
  func list(_ path: String) -> [(name: String, kind: EntryKind)]? {
    var found: [(String, EntryKind)] = []
    do {
      let directory = try openDirectory(path)
      try entries(directory.number) { name, kind in found.append((String(decoding: name), kind)) }
    } catch {
      return nil
    }
    return found
  }

  /// What stands at a path, its links followed inside the tree.
  func status(_ path: String) -> cl_status? {
    var status = cl_status()
    guard let real = isLive ? path : resolve(path), unsafe cl_stat(descriptor, real, &status) >= 0 else {
      return nil
    }
    return status
  }
}
