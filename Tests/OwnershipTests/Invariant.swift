import Ownership
import Topology

/// What must hold after every event, whatever the interface, read from the ledger alone and not through `Hold`
/// wherever that is possible.
enum Invariant {
  /// A sentence for everything that is violated.
  static func violations(_ rules: Rules, before: World, _ event: Event, _ answer: Answer, after: World) -> [String] {
    var found: [String] = []
    if case .refused = answer.outcome {
      if after != before { found.append("a refused call changed something") }
      if answer.reason == nil { found.append("a refusal without a reason") }
    }
    if answer.outcome == .panic || after.ledger.isStopped { return found }
    found += twoOwners(rules, after) + hostOnUsers(rules, after) + dangling(after)
    return found
  }

  /// No device is joined to two owners; outside the May RFC no group is either, nor held by group and node at once.
  private static func twoOwners(_ rules: Rules, _ world: World) -> [String] {
    var found: [String] = []
    let files = world.ledger.deviceFiles.map(\.file)
    for device in world.devices {
      if Set(files.filter { $0.address == device.address }.compactMap(\.context)).count > 1 {
        found.append("\(device.address) has two owners")
      }
    }
    for group in Set(world.devices.compactMap(\.group)) where rules.set != .implicitRFC1 {
      let members = Set(world.members(of: group).map(\.address))
      var owners = Set(files.filter { members.contains($0.address) }.compactMap(\.context))
      let containers = world.ledger.groupFiles.filter { $0.file.group == group }.compactMap(\.file.container)
      for container in containers {
        if case .container = world.ledger.files[container] { owners.insert(container) }
      }
      if owners.count > 1 { found.append("group \(group) has two owners") }
      let open = world.ledger.groupFiles.filter { $0.file.group == group && !$0.file.isRevoked }
      if open.count > 1 { found.append("group \(group) is open twice") }
    }
    return found
  }

  /// No member is on a host driver while the group's domain is a user's; that hole is what explicit-2021 shows.
  private static func hostOnUsers(_ rules: Rules, _ world: World) -> [String] {
    guard rules.set != .explicit2021 else { return [] }
    return Set(world.devices.compactMap(\.group)).sorted().flatMap { group -> [String] in
      guard rules.hold(of: group, in: world).domain.isUsers else { return [] }
      return world.members(of: group).filter { isHost($0, rules.set) }.map {
        "\($0.address) is on \($0.driver ?? "") in a user's domain"
      }
    }
  }

  /// The drivers of the small worlds, by the specification's own words.
  static func isHost(_ device: Device, _ set: RuleSet) -> Bool {
    switch device.driver {
    case nil, "vfio-pci", "pci-stub": false
    case "pcieport": set != .explicitLinux && set != .iommufd && device.header == .normal
    default: set == .explicitLinux || set == .iommufd || device.header == .normal
    }
  }

  /// Every descriptor and every reference leads somewhere.
  private static func dangling(_ world: World) -> [String] {
    let ledger = world.ledger
    var found: [String] = []
    for process in ledger.processes {
      if process.descriptors.isEmpty { found.append("\(process.user.name) stays without descriptors") }
      for entry in process.descriptors.entries where ledger.files[entry.element] == nil {
        found.append("\(process.user.name)'s \(entry.number) leads nowhere")
      }
    }
    for (_, file) in ledger.deviceFiles {
      if let context = file.context, ledger.files[context] == nil { found.append("\(file.address) lost its context") }
      if world[file.address] == nil { found.append("\(file.address) is open and gone") }
    }
    for entry in ledger.files.entries {
      guard case .virtualMachine(let machine) = entry.element else { continue }
      if machine.files.contains(where: { ledger.files[$0] == nil }) { found.append("a machine lost a file") }
    }
    for (_, file) in ledger.groupFiles {
      if let container = file.container, ledger.files[container] == nil { found.append("a group lost its container") }
    }
    return found
  }
}
