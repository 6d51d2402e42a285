import Topology

/// Block devices as they stand on each other: partitions on disks, and what device mapper and md made of either.
struct BlockStack {
  /// One block device.
  struct Device: Hashable {
    var name: String
    /// `8:1`, from its `dev` file.
    var number: String
    /// What is built on it: its partitions, the names in `holders`, and loop devices of files on it.
    var above: [String]
    /// Of these the ones that hold it: device mapper's, arrays, caches.
    var holders: Set<String>
    /// What udev found on it: `ext4`, `LVM2_member`, `zfs_member`; nil where udev does not tell.
    var content: String?
    /// The label of that: for a member of a ZFS pool the pool's name.
    var label: String?
    /// The name it has below /dev/mapper.
    var mapped: String?
  }
  private(set) var devices: [String: Device] = [:]
  /// Whether udev told about any of them.
  private(set) var hasContents = false
  /// Device names by btrfs file system: one mount stands on all of them (fs/btrfs/sysfs.c).
  private(set) var btrfs: [[String]] = []
  /// The files that are loop devices, by device (drivers/block/loop.c `loop_attr_backing_file_show`).
  private(set) var files: [String: String] = [:]
  private var hasUnreadFiles = false

  private static let path = "sys/class/block"

  /// Nil when there is no such class.
  init?(_ root: Root) {
    guard let entries = root.list(Self.path) else { return nil }
    let names = Set(entries.map(\.name))
    for name in names {
      let number = root.read(path: "\(Self.path)/\(name)/dev", Parse.word).value ?? ""
      let holders = (root.list("\(Self.path)/\(name)/holders") ?? []).map(\.name)
      var device = Device(name: name, number: number, above: holders, holders: Set(holders))
      let file = root.read(path: "\(Self.path)/\(name)/loop/backing_file", Parse.line)
      files[name] = file.value
      if file.ignorance != nil { hasUnreadFiles = true }
      device.mapped = root.read(path: "\(Self.path)/\(name)/dm/name", Parse.line).value
      note(root.text("run/udev/data/b" + number, limit: 1 << 16), of: &device)
      devices[name] = device
    }
    for name in names {
      guard let target = try? root.link("\(Self.path)/\(name)"),
        let above = Root.lexical(target, in: Self.path).split(separator: "/").dropLast().last.map(String.init),
        names.contains(above)
      else { continue }
      devices[above]?.above.append(name)
    }
    for name in names { devices[name]?.above.sort() }
    btrfs = (root.list("sys/fs/btrfs") ?? []).compactMap { system in
      root.list("sys/fs/btrfs/\(system.name)/devices").map { $0.map(\.name) }
    }
  }

  private mutating func note(_ data: String, of device: inout Device) {
    for line in data.split(separator: "\n") {
      guard line.hasPrefix("E:ID_FS_"), let equals = line.firstIndex(of: "=") else { continue }
      hasContents = true
      let value = String(line[line.index(after: equals)...])
      switch line[..<equals] {
      case "E:ID_FS_TYPE": device.content = value
      case "E:ID_FS_LABEL": device.label = value
      default: break
      }
    }
  }

  /// Puts the loop devices on what their files lie on. Answers whether all of it was found.
  mutating func setLoops(on ground: (String) -> Footing.Ground) -> Bool {
    var isWhole = !hasUnreadFiles
    for (name, file) in files.sorted(by: { $0.key < $1.key }) {
      let found = ground(file)
      for device in found.devices.sorted() where device != name { devices[device]?.above.append(name) }
      // A file in memory or on another machine has no disk below it; one that seems to lie on itself has.
      if !found.isWhole || found.devices.contains(name) { isWhole = false }
    }
    return isWhole
  }

  /// The device and all that stands on it, each with the way up to it, itself included.
  func stack(on name: String) -> [(device: Device, via: [String])] {
    var found: [(device: Device, via: [String])] = []
    var pending: [(String, [String])] = [(name, [])]
    var seen: Set<String> = []
    while let (next, below) = pending.popLast() {
      guard seen.insert(next).inserted, let device = devices[next] else { continue }
      found.append((device, below + [next]))
      pending += device.above.reversed().map { ($0, below + [next]) }
    }
    return found
  }

  /// The devices that a mount's or a swap's source means.
  func devices(of source: String, number: String) -> [String] {
    if !number.isEmpty, !number.hasPrefix("0:") {
      let byNumber = devices.values.filter { $0.number == number }.map(\.name)
      if !byNumber.isEmpty { return byNumber }
    }
    guard source.hasPrefix("/dev/") else { return [] }
    // bcachefs names all of its disks: `/dev/sda:/dev/sdb` (fs/bcachefs/fs.c `bch2_show_devname`).
    let parts = source.split(separator: ":")
    if parts.count > 1, parts.allSatisfy({ $0.hasPrefix("/dev/") }) { return parts.compactMap { device(at: $0) } }
    guard let one = device(at: source[...]) else { return [] }
    return btrfs.first { $0.contains(one) } ?? [one]
  }

  private func device(at path: Substring) -> String? {
    let last = path.split(separator: "/").last.map(String.init) ?? ""
    return devices[last]?.name ?? devices.values.first { $0.mapped == last }?.name
  }

  /// The devices that make up a ZFS pool, as far as udev knows.
  func members(ofPool pool: String) -> [String] {
    devices.values.filter { $0.content == "zfs_member" && $0.label == pool }.map(\.name)
  }
}
