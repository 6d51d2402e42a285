/// What is mounted, from the lines of `/proc/self/mountinfo` (fs/proc_namespace.c `show_mountinfo`).
struct MountTable {
  /// One mounted file system.
  struct Mount: Hashable {
    /// `8:1`; of no use for file systems without a device of their own (btrfs, ZFS, network).
    var number: String
    var point: String
    var type: String
    var source: String
    /// Those of its file system, as they stand there.
    var options: Substring
  }
  private(set) var mounts: [Mount] = []
  /// By point, in the order of the table: where several cover a point, the last one is seen.
  private var byPoint: [String: [Int]] = [:]

  init(_ text: String) {
    for line in text.split(separator: "\n") {
      // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
      let words = line.split(separator: " ")
      guard let dash = words.firstIndex(of: "-"), dash >= 6, words.count > dash + 2 else { continue }
      let mount = Mount(
        number: String(words[2]), point: Self.plain(words[4]), type: String(words[dash + 1]),
        source: Self.plain(words[dash + 2]), options: words.count > dash + 3 ? words[dash + 3] : "")
      byPoint[mount.point, default: []].append(mounts.count)
      mounts.append(mount)
    }
  }

  /// The place in the table of the mount that a path from the root lies on: the one with the longest point above it, the
  /// last one where several cover it. `hidden` is not there.
  func mount(of path: String, without hidden: Int? = nil) -> Int? {
    var parts = path.split(separator: "/")
    while true {
      let point = "/" + parts.joined(separator: "/")
      if let found = byPoint[point]?.last(where: { $0 != hidden }) { return found }
      guard parts.popLast() != nil else { return nil }
    }
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
