import HostAccess
import Ownership
import Topology

/// Nodes given to one user, and taken back.
extension Plan.Draft {
  /// Who owns a node may open it; everybody else, but root and the node's group, may not.
  private static func closed(_ mode: UInt16) -> UInt16 { (mode | 0o600) & 0o660 }

  /// Gives whatever nodes there are. Without a node nothing can be given, but by a rule for the time when there is one.
  mutating func grant(_ scope: Scope) throws(Refusal) {
    guard let grantee = scope.intent.grantee else { return }
    for address in scope.intent.endpoints(in: scope.basis.inventory) { try checkNode(of: address, scope) }
    let nodes = present(scope)
    for (node, seen) in nodes {
      if node == .iommu, !nodes.contains(where: { if case .device = $0.node { true } else { false } }) { continue }
      guard seen.owner == 0 || seen.owner == grantee.uid else {
        throw Refusal(.givenAlready(node, uid: seen.owner, to: grantee.name))
      }
      move(node, seen, uid: grantee.uid, gid: seen.group, mode: Self.closed(seen.mode))
    }
    for (file, text) in files(scope) {
      guard
        let address = scope.intent.endpoints(in: scope.basis.inventory).first(where: { GrantRule.file(for: $0) == file }
        )
      else { continue }
      guard let identity = scope.members.first(where: { $0.address == address })?.identity.value else {
        throw Refusal(.unknown(address, what: "identity", .notRecorded))
      }
      let rule = GrantRule(address, identity, to: grantee).text
      if let text, text != rule { throw Refusal(.ruleStands(file)) }
      write(file, text, rule)
    }
  }

  /// What was named has to have a node, unless the rule is for later. Members that came along with their group need
  /// none.
  private func checkNode(of address: Address, _ scope: Scope) throws(Refusal) {
    guard let member = scope.members.first(where: { $0.address == address }) else { return }
    if scope.basis.isBridge(member) { throw scope.basis.refusal(ofBridge: member) }
    if let why = member.group.ignorance { throw Refusal(.unknown(address, what: "iommu_group", why)) }
    guard member.group.value != nil else { throw Refusal(.noGroup(address)) }
    if scope.intent.persists { return }
    let hasNode = present(scope).contains { $0.node != .iommu }
    var isNamed = scope.intent.named.contains(address)
    // A vfio driver makes nodes; whether they can be seen is another matter.
    if case .vfio = scope.basis.standing(of: member) { isNamed = false }
    if isNamed || !hasNode { throw Refusal(.noNode(address, member.driver.value)) }
  }

  /// Back to root, or to whoever had it before. /dev/iommu stays with a user who has other nodes, which are of no use
  /// without it.
  mutating func revoke(_ scope: Scope) throws(Refusal) {
    for (node, seen) in present(scope) {
      if let grantee = scope.intent.grantee, seen.owner != 0, seen.owner != grantee.uid {
        throw Refusal(.givenAlready(node, uid: seen.owner, to: grantee.name))
      }
      if node == .iommu, hasMore(seen.owner, scope) { continue }
      var before = seen
      (before.owner, before.mode) = (0, Self.closed(seen.mode))
      if case .node(_, let origin)? = scope.basis.journal.origin(of: .node(node)), origin.owner != seen.owner {
        before = origin
      }
      move(node, seen, uid: before.owner, gid: before.group, mode: before.mode)
    }
    for (file, text) in files(scope) { write(file, text, nil) }
  }

  /// Whether a user owns nodes beside those that are named.
  private func hasMore(_ uid: UInt32, _ scope: Scope) -> Bool {
    let inventory = scope.basis.inventory
    let named = Set(scope.intent.endpoints(in: inventory))
    return uid != 0
      && inventory.functions.contains { function in
        !named.contains(function.address) && function.details?.deviceNode.value?.owner == uid
      }
  }

  /// The nodes that are there, in the order of the intent.
  private func present(_ scope: Scope) -> [(node: DeviceNode, seen: Node)] {
    scope.intent.also.compactMap { subject in
      guard case .node(let node, let seen)? = scope.basis.readings[subject] else { return nil }
      return (node, seen)
    }
  }

  private func files(_ scope: Scope) -> [(file: ConfigurationFile, text: String?)] {
    scope.intent.also.compactMap { subject in
      guard case .file(let file, let text)? = scope.basis.readings[subject] else { return nil }
      return (file, text)
    }
  }

  private mutating func move(_ node: DeviceNode, _ seen: Node, uid: UInt32, gid: UInt32, mode: UInt16) {
    guard (seen.owner, seen.group, seen.mode) != (uid, gid, mode) else { return }
    steps.append(
      Plan.Step(
        .setOwner(node, uid: uid, gid: gid, mode: mode),
        inverse: [.setOwner(node, uid: seen.owner, gid: seen.group, mode: seen.mode)]))
    readings.append(.node(node, seen))
  }

  private mutating func write(_ file: ConfigurationFile, _ old: String?, _ new: String?) {
    guard old != new else { return }
    steps.append(Plan.Step(.writeFile(file, new), inverse: [.writeFile(file, old)]))
    readings.append(.file(file, old))
  }
}
