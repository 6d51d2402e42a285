import Console
import HostAccess
import Ownership
import Topology

/// What other rooms bring, in the smallest form that lets the commands run until they are connected.
enum Seam {
  static let themes = [Theme(name: "mono", appearances: [:])]

  static func observer(root: String?) -> any Observer { SeamObserver() }

  static func console(_ session: Session) throws(Failure) {
    throw Failure(.unavailable, "the console is not connected")
  }

  static func watch(_ session: Session) throws(Failure) {
    throw Failure(.unavailable, "watching is not connected")
  }

  static func snapshot(of root: String, into directory: String, withSerials: Bool) throws(Failure) -> String {
    throw Failure(.unavailable, "snapshots are not connected")
  }
}

extension KeyLine {
  static let all = [
    KeyLine(id: "quit", keys: ["q", "F10"], contexts: ["global"], section: "OTHER", text: "quit")
  ]
}

private final class SeamObserver: Observer {
  let place = Place(kind: .image, name: "seed", isPrivileged: false)

  func inventory(_ depth: Depth) throws(HostError) -> Inventory {
    let bridge = Address(domain: 0, bus: 1, device: 0, function: 0)
    let nic = Address(domain: 0, bus: 2, device: 1, function: 0)
    return Inventory(
      functions: [
        Function(address: bridge, parent: .root("pci0000:00"), driver: .absent, group: .value(GroupID(5))),
        Function(address: nic, parent: .function(bridge), driver: .value("e1000"), group: .value(GroupID(5))),
      ],
      groups: [Group(id: GroupID(5), members: [bridge, nic], reserved: .value([]))],
      host: HostFacts(kernelRelease: .value("6.12.95"), iommu: .on))
  }

  func reread(_ stale: Stale, in inventory: Inventory) -> Difference { Difference() }

  func capabilities() -> [Capability] { [Capability(.pci, .works, "/sys/bus/pci is there")] }
}
