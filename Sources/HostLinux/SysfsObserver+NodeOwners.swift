import CLinux
import HostAccess
import Topology

extension SysfsObserver {
  /// Nodes that are not root's alone: given to users, or open to everybody, who then has the devices behind them. Nil
  /// where there is none, as on most machines. A container's node is everybody's by design.
  func nodeOwners() -> Capability? {
    let nodes = Nodes(root)
    let paths =
      (nodes.groups ?? []).sorted().map { "dev/vfio/\($0)" }
      + (nodes.devices ?? []).sorted().map { "dev/vfio/devices/" + $0 }
      + ["dev/iommu"]
    let found = paths.compactMap { path in root.status(path).map { (path: "/" + path, status: $0) } }
    // To read is enough: a group's descriptor is asked for devices by ioctl. An image's nodes are ordinary files, which
    // everybody may read by default.
    let open = found.filter { $0.status.mode & (root.isLive ? 0o006 : 0o002) != 0 }
    if let first = open.first {
      let names = Self.list(open.map { "\($0.path) (0\(String($0.status.mode, radix: 8)))" })
      let group = first.path.dropFirst("/dev/vfio/".count)
      let whom = first.path == "/dev/iommu" || group.contains("/") ? "DEVICE" : "group:\(group)"
      return Capability(
        .nodeOwners, .missing, "Everybody may open \(names): whoever does has the devices behind it.",
        remedy: "Give it to one user: viable grant \(whom) --user NAME; and look for the udev rule that opened it.")
    }
    let given = found.filter { $0.status.owner != 0 }
    if given.isEmpty { return nil }
    let names = Self.list(given.map { "\($0.path) (user \($0.status.owner))" })
    return Capability(.nodeOwners, .works, "Given to users: \(names). 'viable grant DEVICE --revoke' takes them back.")
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(4).map { Clean.visible($0) }.joined(separator: ", ")
      + (names.count > 4 ? " and \(names.count - 4) more" : "")
  }
}
