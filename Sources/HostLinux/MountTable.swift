/// What is mounted, from the lines of `/proc/self/mountinfo` (fs/proc_namespace.c `show_mountinfo`).
struct MountTable {
  /// One mounted file system.
  struct Mount: Hashable {
    /// `8:1`; of no use for file systems without a device of their own (btrfs, ZFS, network).
    var number: String
    var point: String
    var type: String
    var source: String
  }
  var mounts: [Mount] = []

  init(_ text: String) {
    for line in text.split(separator: "\n") {
      // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
      let words = line.split(separator: " ")
      guard let dash = words.firstIndex(of: "-"), dash >= 6, words.count > dash + 2 else { continue }
      mounts.append(
        Mount(
          number: String(words[2]), point: Self.plain(words[4]), type: String(words[dash + 1]),
          source: Self.plain(words[dash + 2])))
    }
  }

  /// The mount that a path lies on: the one with the longest point above it, the last one where several cover it.
  func mount(of path: String) -> Mount? {
    var found: Mount?
    for mount in mounts where Self.covers(mount.point, path) {
      if mount.point.utf8.count >= found?.point.utf8.count ?? 0 { found = mount }
    }
    return found
  }

  private static func covers(_ point: String, _ path: String) -> Bool {
    point == "/" || path == point || path.hasPrefix(point + "/")
  }

  /// Blank, tab, newline and backslash are written in octal.
  static func plain(_ word: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(word.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      guard byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (48...55).contains($0) }) else {
        bytes.append(byte)
        continue
      }
      bytes.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 << 3 | Int($1 - 48) }))
      rest = rest.dropFirst(3)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
