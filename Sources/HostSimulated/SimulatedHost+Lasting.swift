public import HostAccess
import Ownership
public import Topology

/// Files of configuration and owners of nodes.
extension SimulatedHost {
  /// Who may use a node.
  struct Rights: Hashable, Sendable {
    var owner: UInt32
    var group: UInt32
    var mode: UInt16
    /// As devtmpfs makes it.
    static let roots = Rights(owner: 0, group: 0, mode: 0o600)
  }

  /// What stands in a file; nil where there is none.
  public func text(of file: ConfigurationFile) -> String? { files[file] }

  /// What was configured when the machine was looked at, and what its files say now.
  public func configured(state: String) -> Configured {
    var configured = settings
    configured.state = state
    let written = files.sorted { $0.key.path < $1.key.path }
    configured.statements += written.compactMap { Configured.statement(of: $0.key, $0.value) }
    if case .unknown = configured.earlyModules { configured.earlyModules = .absent }
    return configured
  }

  /// Takes over what was configured on the machine that is rehearsed, with the text of each file that may be written.
  public mutating func configure(_ settings: Configured, _ texts: [ConfigurationFile: String]) {
    let written = Set(texts.keys.map(\.path))
    self.settings = settings
    self.settings.statements.removeAll { written.contains($0.source.path) }
    files = texts
  }

  /// A node that is there.
  public func node(_ node: DeviceNode) throws(HostError) -> Node {
    guard let seen = shown(node) else { throw HostError("look at", on: node.path, .enoent) }
    return Node(path: node.path, owner: seen.owner, group: seen.group, mode: seen.mode)
  }

  private func shown(_ node: DeviceNode) -> Node? {
    switch node {
    case .group(let group): return inventory[group]?.details?.node.value
    case .device(let address, let number):
      guard let details = inventory[address]?.details, details.vfioDevice.value == "vfio\(number)" else { return nil }
      return details.deviceNode.value
    case .iommu:
      guard rules.set == .iommufd else { return nil }
      let rights = rights[node] ?? .roots
      return Node(path: node.path, owner: rights.owner, group: rights.group, mode: rights.mode)
    }
  }

  /// chown and chmod of a node that is there; the rules know owners alone.
  mutating func setOwner(of node: DeviceNode, _ new: Rights) -> Errno? {
    guard let old = shown(node) else { return .enoent }
    switch node {
    case .group(let group): if let errno = happen(.chown(.group(group), uid: new.owner)).errno { return errno }
    case .device(let address, _): if let errno = happen(.chown(.device(address), uid: new.owner)).errno { return errno }
    case .iommu:
      // Whom the machine lets at it anyway is not told apart from whom it was given to.
      if old.owner != 0 { world.contextUsers?.remove(old.owner) }
      if new.owner != 0 { world.contextUsers?.insert(new.owner) }
    }
    var kept = new
    if node != .iommu { kept.owner = 0 }
    rights[node] = kept == .roots ? nil : kept
    showNodes()
    return nil
  }
}
