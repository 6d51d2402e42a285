import CLinux
import HostAccess
import Topology

/// What a closer look at any function needs of the machine as a whole.
struct CloserLook: Sendable {
  let above: Above
  let nodes: Nodes

  init(_ root: Root) {
    above = Above(root)
    nodes = Nodes(root)
  }
}

extension SysfsObserver {
  /// Reads every fact of the functions at these places of the look that is not known yet, and of their groups.
  func readDetails(_ look: inout Look, of indices: [Int], _ closer: CloserLook) {
    let unread = indices.filter { !look.functions[$0].hasDetails }
    let (devices, functions, paths) = (look.devices, look.functions, look.paths)
    let parts = divided(unread.count) { observer, range in
      var reader = FunctionReader(observer.root, below: devices)
      return unread[range].map { index -> Details? in
        var function = functions[index]
        do {
          try reader.move(to: function.address)
          try reader.open(listing: true)
        } catch {
          return Details(path: paths[index])
        }
        observer.look(closer, at: &function, reader)
        return function.details
      }
    }
    for (index, details) in zip(unread, parts.joined()) { look.functions[index].details = details }
    let without = indices.filter { look.functions[$0].driverOverride == .unknown(.notRead) }
    for (index, override) in zip(without, overrides(of: without.map { look.paths[$0] })) {
      look.functions[index].driverOverride = override
    }
    readVirtualFunctionCounts(&look, of: indices)
    readGroupDetails(&look, closer.nodes)
  }

  /// Reads every fact of a function whose directory is open and listed, but what may hang.
  func look(_ closer: CloserLook, at function: inout Function, _ reader: borrowing FunctionReader) {
    var details = Details(path: reader.path)
    details.numaNode = Self.present(reader.read(.numaNode, "numa_node", Parse.decimal))
    details.powerState = recorded(reader.read(.powerState, "power_state", Parse.word))
    details.runtimeStatus = recorded(reader.has(.power) ? reader.read("power/runtime_status", Parse.word) : .absent)
    readConfig(reader, of: function, into: &details)
    details.virtualFunctions = reader.read(.totalVFs, "sriov_totalvfs", Parse.decimal).map { total in
      let enabled =
        root.isSysfs || !reader.has(.enabledVFs) ? nil : reader.read(.enabledVFs, "sriov_numvfs", Parse.decimal)
      let probes = recorded(reader.read("sriov_drivers_autoprobe", Parse.decimal)).map { $0 != 0 }
      return VirtualFunctions(enabled: enabled ?? .unknown(.notRead), total: total, probes: probes)
    }
    readVFIO(reader.has(.vfio), at: reader.path, closer.nodes, into: &details)
    let (path, hasInterfaces) = (reader.path, reader.has(.net))
    details.interfaces = closer.above.interfaces(of: function, at: path, hasDirectory: hasInterfaces, root)
    details.disks = closer.above.disks(of: function, at: path, root)
    function.details = details
    if !root.isSysfs, reader.has(.override) {
      function.driverOverride = reader.read(
        .override, "driver_override", limit: Root.fileLimit, Parse.driverOverride)
    }
  }

  /// -1 says that the firmware did not tell.
  private static func present(_ node: Known<Int>) -> Known<Int> {
    if let number = node.value, number < 0 { return .absent }
    return node
  }

  /// A file that the kernel always has: an image that lacks it did not record it.
  func recorded<Value>(_ fact: Known<Value>) -> Known<Value> {
    if case .absent = fact, !root.isSysfs { return .unknown(.notRecorded) }
    return fact
  }

  private func readConfig(_ reader: borrowing FunctionReader, of function: Function, into details: inout Details) {
    let isAsleep = root.isSysfs && details.runtimeStatus.value == "suspended"
    let config: Known<ConfigSpace> =
      isAsleep ? .unknown(.suspended) : recorded(self.config(reader))
    if case .value(let space) = config {
      details.revision = space.revision
      details.port = space.port
      details.secondaryBus = space.busNumbers.map(\.secondary)
      return
    }
    details.port = .unknown(config.ignorance ?? .notRecorded)
    details.revision = recorded(reader.read(.revision, "revision", Parse.prefixed)).map {
      UInt8(truncatingIfNeeded: $0)
    }
    details.secondaryBus =
      function.leadsToABus
      ? recorded(reader.read(.secondaryBus, "secondary_bus_number", Parse.decimal)).map {
        UInt8(truncatingIfNeeded: $0)
      }
      : .absent
  }

  private func config(_ reader: borrowing FunctionReader) -> Known<ConfigSpace> {
    // Read the slow way, which says what it is, or follows where it leads inside the image.
    if reader.has(.oddConfig) { return reader.read("config", header) }
    return reader.read(.config, "config", limit: 256, header)
  }

  /// The first 256 bytes, of which only root sees more than 64 (drivers/pci/pci-sysfs.c `pci_read_config`).
  private func header(_ bytes: Span<UInt8>) -> Known<ConfigSpace> {
    let space =
      root.isSysfs ? ConfigSpace(bytes, size: 256, beyond: .needsRoot) : ConfigSpace(bytes, beyond: .notRecorded)
    return space.isWhole ? .value(space) : .unknown(.malformed("\(bytes.count) bytes"))
  }

  private func readVFIO(_ isThere: Bool, at path: String, _ nodes: Nodes, into details: inout Details) {
    (details.vfioDevice, details.deviceNode) = (.absent, .absent)
    guard isThere, let name = root.list(path + "/vfio-dev")?.map(\.name).filter({ $0.hasPrefix("vfio") }).min() else {
      return
    }
    details.vfioDevice = .value(name)
    details.deviceNode = nodes.node("dev/vfio/devices/" + name, root, isThere: nodes.devices?.contains(name) ?? false)
  }

  /// SR-IOV counts: `sriov_numvfs` takes the device's lock.
  private func readVirtualFunctionCounts(_ look: inout Look, of indices: [Int]) {
    let wanted = indices.filter {
      look.functions[$0].details?.virtualFunctions.value?.enabled == .unknown(.notRead)
    }
    let found = attributes(wanted.map { (look.paths[$0], "sriov_numvfs") })
    for (index, bytes) in zip(wanted, found) {
      guard var counts = look.functions[index].details?.virtualFunctions.value else { continue }
      counts.enabled =
        switch bytes {
        case .value(let bytes): Parse.decimal(bytes.span)
        case .absent: recorded(.absent)
        case .unknown(let why): .unknown(why)
        }
      look.functions[index].details?.virtualFunctions = .value(counts)
    }
  }

  private func readGroupDetails(_ look: inout Look, _ nodes: Nodes) {
    let (groups, whole) = (look.groups, look)
    let parts = divided(groups.count) { observer, range in
      var reader = GroupReader(observer.root)
      return groups[range].map { group -> GroupDetails? in
        let members = group.members.compactMap { whole.function(at: $0) }
        guard members.contains(where: \.hasDetails) else { return nil }
        var details = GroupDetails()
        details.type = observer.recorded(reader.read("type", of: group.id, Parse.word))
        details.node = .absent
        if members.contains(where: { Self.isForOwners($0) }) {
          let isThere = nodes.groups?.contains(group.id) ?? false
          details.node = nodes.node("dev/vfio/\(group.id)", observer.root, isThere: isThere)
        }
        return details
      }
    }
    for (place, details) in zip(groups.indices, parts.joined()) {
      if let details { look.groups[place].details = details }
    }
  }
}
