import HostAccess
import Topology

extension SysfsObserver {
  /// Who holds the groups of a look open.
  func readHolders(_ look: inout Look) {
    guard root.isLive else {
      // No vfio driver, no node: then nobody can hold anything.
      let stances = Stance.all(of: look.functions)
      if look.before == nil, !stances.contains(.serves) { return }
      for index in look.groups.indices {
        let isOwnable = look.groups[index].members.contains { look.stance(of: $0, stances) == .serves }
        look.groups[index].holders = isOwnable ? .unknown(.notRecorded) : .absent
      }
      return
    }
    let nodes = Nodes(root)
    if nodes.groups?.isEmpty ?? true, nodes.devices?.isEmpty ?? true { return }
    let holders = Holders(root, ofAll: place.isPrivileged)
    for (address, name) in holders.devices { partingNames[name] = address }
    for index in look.groups.indices {
      let members = look.groups[index].members.compactMap { look.function(at: $0) }
      look.groups[index].holders = self.holders(of: look.groups[index].id, members, nodes, holders)
    }
  }

  /// Who holds one group open. Whoever is not root sees no descriptors but our own.
  func holders(of id: GroupID, _ members: [Function], _ nodes: Nodes?, _ holders: Holders?) -> Known<[Holder]> {
    let isOwnable = members.contains { Self.isForOwners($0) }
    guard root.isLive else { return isOwnable ? .unknown(.notRecorded) : .absent }
    guard isOwnable || nodes?.groups?.contains(id) ?? false else { return .absent }
    guard let holders else { return .unknown(.needsRoot) }
    let devices = members.compactMap { holders.devices[$0.address] }
    let found = holders.found.filter { holder in
      holder.node == "/dev/vfio/\(id)" || devices.contains { holder.node == "/dev/vfio/devices/" + $0 }
    }
    let all = found + parting(id, members, isOwnable, nodes, holders)
    return all.isEmpty && !holders.areAll ? .unknown(.needsRoot) : .value(all)
  }

  /// Who keeps a member from leaving its driver: the unbind has taken driver link and cdev away already, and waits for
  /// the descriptor (drivers/vfio/vfio_main.c `vfio_unregister_group_dev`), while the group's node stays. Whose node
  /// it was, we know if we saw it before; else it is told of every group that is in that state.
  private func parting(
    _ id: GroupID, _ members: [Function], _ isOwnable: Bool, _ nodes: Nodes?, _ holders: Holders
  ) -> [Holder] {
    guard !isOwnable, nodes?.groups?.contains(id) ?? false else { return [] }
    return Self.parting(holders.parting, from: Set(members.map(\.address)), known: partingNames)
  }

  /// Those of `holders` whose node was a member's, or may have been.
  static func parting(
    _ holders: [Holder], from members: Set<Address>, known names: [String: Address]
  ) -> [Holder] {
    holders.filter { holder in
      let owner = holder.node.split(separator: "/").last.flatMap { names[String($0)] }
      return owner.map(members.contains) ?? true
    }
  }
}

/// Every process with a VFIO or UIO node open, from the links below /proc/PID/fd. Only root sees other users' descriptors.
struct Holders {
  var found: [Holder] = []
  /// Those with a device's node that is gone by its name.
  var parting: [Holder] = []
  /// `vfio3` by function.
  var devices: [Address: String] = [:]
  /// Whether every process was looked at, and not this one alone.
  let areAll: Bool
  /// What the kernel adds to the name of a file that is not there any more (fs/d_path.c).
  private static let gone = " (deleted)"

  init(_ root: Root, ofAll areAll: Bool = true) {
    self.areAll = areAll
    for entry in root.list("sys/class/vfio-dev") ?? [] {
      guard let target = try? root.link("sys/class/vfio-dev/" + entry.name) else { continue }
      let function = target.split(separator: "/").last { Address($0) != nil }
      if let address = function.flatMap({ Address($0) }) { devices[address] = entry.name }
    }
    let processes = areAll ? (root.list("proc") ?? []).map(\.name) : [(try? root.link("proc/self")) ?? ""]
    for process in processes {
      guard let id = Int32(process), let descriptors = root.list("proc/\(id)/fd") else { continue }
      var nodes: Set<String> = []
      for descriptor in descriptors {
        guard let target = try? root.link("proc/\(id)/fd/\(descriptor.name)") else { continue }
        let isVFIO = target.hasPrefix("/dev/vfio/") && target != "/dev/vfio/vfio"
        if isVFIO || target.hasPrefix("/dev/uio") { nodes.insert(target) }
      }
      if nodes.isEmpty { continue }
      let command = root.read(path: "proc/\(id)/comm", Parse.line).value ?? ""
      for node in nodes.sorted() {
        guard node.hasSuffix(Self.gone) else {
          found.append(Holder(process: id, command: command, node: node))
          continue
        }
        let name = String(node.dropLast(Self.gone.count))
        guard name.hasPrefix("/dev/vfio/devices/") else { continue }
        parting.append(Holder(process: id, command: command, node: name))
      }
    }
  }
}
