import CLinux
import HostAccess
import Topology

extension SysfsObserver {
  /// Reads every fact of the functions at these places of the look, and of their groups.
  func readDetails(_ look: inout Look, of indices: [Int]) {
    if indices.isEmpty, look.before == nil { return }
    let above = Above(root)
    let nodes = Nodes(root)
    let wanted = indices.map { (look.functions[$0], look.paths[$0]) }
    let parts = divided(wanted.count) { reader, range in
      wanted[range].map { reader.details(of: $0.0, at: $0.1, above, nodes) }
    }
    for (index, details) in zip(indices, parts.joined()) { look.functions[index].details = details }
    for (index, override) in zip(indices, overrides(of: indices.map { look.paths[$0] })) {
      look.functions[index].driverOverride = override
    }
    readVirtualFunctionCounts(&look, of: indices)
    for place in look.groups.indices {
      let members = look.groups[place].members.compactMap { look.function(at: $0) }
      guard members.contains(where: { $0.details != nil }) else { continue }
      let isOwnable = members.contains { Self.isForOwners($0) }
      look.groups[place].details = groupDetails(look.groups[place].id, isOwnable: isOwnable, nodes)
    }
  }

  private func details(of function: Function, at path: String, _ above: Above, _ nodes: Nodes) -> Details {
    var details = Details(path: path)
    guard let directory = FunctionDirectory.open(path, root) else { return details }
    details.numaNode = Self.present(directory.read(.numaNode, "numa_node", Parse.decimal))
    details.powerState = recorded(directory.read(.powerState, "power_state", Parse.word))
    details.runtimeStatus = recorded(
      directory.entries.contains(.power) ? root.read(path, "power/runtime_status", Parse.word) : .absent)
    readConfig(directory, of: function, into: &details)
    if directory.entries.contains(.totalVFs) {
      details.virtualFunctions = directory.read(.totalVFs, "sriov_totalvfs", Parse.decimal).map {
        VirtualFunctions(enabled: .unknown(.notRead), total: $0)
      }
    } else {
      details.virtualFunctions = .absent
    }
    readVFIO(directory.entries.contains(.vfio), at: path, nodes, into: &details)
    details.interfaces = above.interfaces(of: function, at: path, hasDirectory: directory.entries.contains(.net), root)
    details.disks = above.disks(of: function, at: path, root)
    return details
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

  private func readConfig(_ directory: borrowing FunctionDirectory, of function: Function, into details: inout Details)
  {
    let isAsleep = root.isSysfs && details.runtimeStatus.value == "suspended"
    let header: Known<ConfigHeader> =
      isAsleep
      ? .unknown(.suspended)
      : recorded(
        directory.read(.config, "config", limit: 256) { bytes in
          ConfigHeader(bytes).map { .value($0) } ?? .unknown(.malformed("\(bytes.count) bytes"))
        })
    switch header {
    case .value(let header):
      details.revision = .value(header.revision)
      details.port = port(header)
      details.secondaryBus = header.secondaryBus.map { .value($0) } ?? .absent
    case .absent, .unknown:
      details.port = .unknown(header.ignorance ?? .notRecorded)
      details.revision = recorded(directory.read(.revision, "revision", Parse.prefixed)).map {
        UInt8(truncatingIfNeeded: $0)
      }
      details.secondaryBus =
        function.leadsToABus
        ? recorded(directory.read(.secondaryBus, "secondary_bus_number", Parse.decimal)).map {
          UInt8(truncatingIfNeeded: $0)
        }
        : .absent
    }
  }

  /// Only root sees more than the first 64 bytes (drivers/pci/pci-sysfs.c `pci_read_config`).
  private func port(_ header: ConfigHeader) -> Known<PortType> {
    switch header.port {
    case .found(let port):
      return root.isSysfs || !header.isMadeUp ? .value(port) : .unknown(.notRecorded)
    case .beyond: return .unknown(root.isSysfs && !place.isPrivileged ? .needsRoot : .notRecorded)
    case .malformed: return .unknown(.malformed("capability list"))
    }
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
    let wanted = indices.filter { look.functions[$0].details?.virtualFunctions.value != nil }
    let found = attributes(wanted.map { (look.paths[$0], "sriov_numvfs") })
    for (index, bytes) in zip(wanted, found) {
      guard let total = look.functions[index].details?.virtualFunctions.value?.total else { continue }
      let enabled: Known<Int> =
        switch bytes {
        case .value(let bytes): Parse.decimal(bytes.span)
        case .absent: recorded(.absent)
        case .unknown(let why): .unknown(why)
        }
      look.functions[index].details?.virtualFunctions = .value(VirtualFunctions(enabled: enabled, total: total))
    }
  }

  private func groupDetails(_ id: GroupID, isOwnable: Bool, _ nodes: Nodes) -> GroupDetails {
    var details = GroupDetails()
    details.type = recorded(root.read(Self.groupsPath + "/\(id)", "type", Parse.word))
    details.node =
      isOwnable ? nodes.node("dev/vfio/\(id)", root, isThere: nodes.groups?.contains(id) ?? false) : .absent
    return details
  }
}
