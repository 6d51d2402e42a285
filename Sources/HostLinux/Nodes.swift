import CLinux
import Topology

/// What stands below dev/vfio at one moment. Nodes are looked at, never opened: opening a group is exclusive.
struct Nodes {
  /// The groups with a node; nil when there is no such directory.
  let groups: Set<GroupID>?
  /// The names below dev/vfio/devices; nil when there is no such directory.
  let devices: Set<String>?

  init(_ root: Root) {
    let names = root.list("dev/vfio")
    groups = names.map { Set($0.compactMap { Parse.group($0.name) }) }
    let hasDevices = names?.contains { $0.name == "devices" } ?? false
    devices = hasDevices ? root.list("dev/vfio/devices").map { Set($0.map(\.name)) } : nil
  }

  /// The node at a path below the root, with its owner and mode.
  func node(_ path: String, _ root: Root, isThere: Bool) -> Known<Node> {
    guard isThere, let status = root.status(path) else {
      return !root.isLive && groups == nil ? .unknown(.notRecorded) : .absent
    }
    return .value(Node(path: "/" + path, owner: status.owner, group: status.group, mode: status.mode))
  }
}

extension SysfsObserver {
  /// Bound to a driver that hands the device to user space.
  static func isForOwners(_ function: Function) -> Bool { Stance(function) == .serves }
}
