import Topology

/// What stands on a function's disks: mounts, swap, and what other devices are built of them.
struct StorageUse {
  private var stack: BlockStack?
  private let disks: [Address: [String]]
  /// What is in use, by block device.
  private var uses: [String: [Carried.What]] = [:]
  /// What could not be read: then nothing of it is known of any disk.
  private var gaps: [(what: Burden.Gap.What, why: Ignorance)] = []

  init(_ root: Root) {
    stack = BlockStack(root)
    var disks: [Address: [String]] = [:]
    for device in Above.devices(of: "sys/class/block", root) ?? [] {
      for owner in device.owners { disks[owner, default: []].append(device.name) }
    }
    self.disks = disks
    guard var stack else { return }
    let mounts = Self.recorded(root.document("proc/self/mountinfo"), root).map { MountTable($0) }
    let swaps = Self.recorded(root.document("proc/swaps"), root).map(Self.swaps)
    if let why = mounts.ignorance { gaps.append((.mounts, why)) }
    if let why = swaps.ignorance { gaps.append((.swap, why)) }
    if !stack.hasContents, root.list("sys/module/zfs") != nil { gaps.append((.pools, .notRecorded)) }
    let footing = Footing(table: mounts.value ?? MountTable(""), stack: stack)
    let hasPlaces = stack.setLoops { footing.ground(at: $0) }
    self.stack = stack
    note(swaps.value ?? [], footing)
    let isWhole = hasPlaces && footing.isRootWhole
    if !isWhole, mounts.value != nil { gaps.append((.layers, root.isLive ? .notRead : .notRecorded)) }
  }

  /// A live kernel without swap support has no file; an image that lacks it does not tell.
  private static func recorded(_ fact: Known<String>, _ root: Root) -> Known<String> {
    if case .absent = fact { root.isLive ? .value("") : .unknown(.notRecorded) } else { fact }
  }

  /// The first column of /proc/swaps, below its heading (mm/swapfile.c `swap_show`).
  private static func swaps(_ text: String) -> [String] {
    text.split(separator: "\n").dropFirst().compactMap { line in
      line.split(whereSeparator: { $0 == " " || $0 == "\t" }).first.map { MountTable.plain($0) }
    }
  }

  private mutating func note(_ swaps: [String], _ footing: Footing) {
    let (table, stack) = (footing.table, footing.stack)
    for (place, mount) in table.mounts.enumerated() {
      let what = Carried.What.mount(source: mount.source, at: mount.point, type: mount.type)
      for device in footing.ground(of: place).devices { uses[device, default: []].append(what) }
    }
    for swap in swaps {
      // A swap file is as much in use as the file system that it lies on.
      let devices =
        swap.hasPrefix("/dev/") ? stack.devices(of: swap, number: "") : [String](footing.ground(at: swap).devices)
      for device in devices { uses[device, default: []].append(.swap(swap)) }
    }
    for device in stack.devices.values where device.content == "zfs_member" {
      guard let pool = device.label else { continue }
      let sets = table.mounts.filter { $0.type == "zfs" && ($0.source == pool || $0.source.hasPrefix(pool + "/")) }
      uses[device.name, default: []] +=
        sets.isEmpty
        ? [.member(of: pool, kind: "ZFS pool")]
        : sets.map { .mount(source: $0.source, at: $0.point, type: $0.type) }
    }
  }

  /// Adds what the function carries.
  func tell(_ address: Address, isRecorded: Bool, into burden: inout Burden) {
    guard let stack else {
      if !isRecorded { burden.unknown.append(.init(address, .disks, .notRecorded)) }
      return
    }
    let own = disks[address] ?? []
    if !own.isEmpty { burden.unknown += gaps.map { .init(address, $0.what, $0.why) } }
    for disk in own.sorted() {
      let found = stack.stack(on: disk).flatMap { device, via in
        uses(of: device, stack).map { Carried(address, $0, via: via) }
      }
      burden.carried += found.isEmpty ? [Carried(address, .disk(disk), via: [disk])] : found
    }
  }

  private func uses(of device: BlockStack.Device, _ stack: BlockStack) -> [Carried.What] {
    // What is built on it is followed further up; that nothing up there is in use does not make it free.
    let idle = device.holders.sorted().compactMap { stack.devices[$0] }.filter { upper in
      !stack.stack(on: upper.name).contains { uses[$0.device.name] != nil }
    }
    return (uses[device.name] ?? []) + idle.map { .member(of: $0.mapped ?? $0.name, kind: Self.kind(of: $0)) }
  }

  private static func kind(of device: BlockStack.Device) -> String {
    if device.mapped != nil { return "volume" }
    if device.name.hasPrefix("md") { return "RAID array" }
    return device.name.hasPrefix("bcache") ? "cached disk" : "device"
  }
}
