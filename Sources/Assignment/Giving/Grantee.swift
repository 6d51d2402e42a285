import HostAccess
public import Topology

/// Whom nodes are given to.
public struct Grantee: Hashable, Sendable {
  /// The user's number: what a node keeps.
  public var uid: UInt32
  /// What the user is called; for words alone.
  public var name: String
  /// Both.
  public init(uid: UInt32, name: String) {
    self.uid = uid
    self.name = name
  }
}

extension Intent {
  /// Nodes, and where it is to outlast a boot rules, for one user.
  public static func grant(
    _ grantee: Grantee, named: [Address], groups: [GroupID] = [], persists: Bool = false, in inventory: Inventory
  ) -> Intent {
    var intent = Intent(.grant, named: named, groups: groups, onlyNamed: true)
    (intent.grantee, intent.persists) = (grantee, persists)
    intent.also = intent.nodes(in: inventory) + (persists ? intent.rules(in: inventory) : [])
    return intent
  }

  /// The same nodes back to root, and no rule left.
  public static func revoke(
    from grantee: Grantee? = nil, named: [Address], groups: [GroupID] = [], in inventory: Inventory
  ) -> Intent {
    var intent = Intent(.revoke, named: named, groups: groups, onlyNamed: true)
    intent.grantee = grantee
    intent.also = intent.nodes(in: inventory) + intent.rules(in: inventory)
    return intent
  }

  /// What was named, one by one: the endpoints of a group that was named as a whole.
  func endpoints(in inventory: Inventory) -> [Address] {
    let members = groups.flatMap { inventory[$0]?.members ?? [] }.filter { inventory[$0]?.leadsToABus == false }
    return Set(named + members).sorted()
  }

  /// The nodes by which these can be had, whether they are there or not.
  private func nodes(in inventory: Inventory) -> [Subject] {
    let addresses = endpoints(in: inventory)
    let groups = Set(addresses.compactMap { inventory[$0]?.group.value }).sorted()
    let devices = addresses.compactMap { address -> DeviceNode? in
      let name = inventory[address]?.vfioDevice ?? ""
      guard name.hasPrefix("vfio"), let number = Int(name.dropFirst(4)) else { return nil }
      return .device(address, number: number)
    }
    let context: [DeviceNode] = devices.isEmpty ? [] : [.iommu]
    return (groups.map { .group($0) } + devices + context).map { .node($0) }
  }

  private func rules(in inventory: Inventory) -> [Subject] {
    endpoints(in: inventory).map { .file(GrantRule.file(for: $0)) }
  }
}
