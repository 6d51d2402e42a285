public import Topology

/// One group explained: its reasons in words and its ties, with how everybody is called. What the explain pane shows.
public struct Explained: Hashable, Sendable {
  /// The group and its ties.
  public var group: TiedGroup
  /// The reasons in words.
  public var whys: [Why]
  /// How members are called.
  public var names: [Address: String]
  /// What the IOMMU sees in place of several members: the bridge, and the ID that its requests carry; nil where each
  /// has its own.
  public var requester: Requester?
  /// Whether root would know more.
  public var needsRoot: Bool
  /// Whether somebody who sleeps would have to be woken.
  public var needsWaking: Bool
  /// What a reset of each member reaches, by address.
  public var reaches: [Address: Reach]

  /// A bridge that takes requests over.
  public struct Requester: Hashable, Sendable {
    /// The bridge.
    public var bridge: Address
    /// `02:00.0`.
    public var id: String
  }

  /// What a witness says of a group, and of resets of its members.
  public init(_ group: TiedGroup, by witness: Witness, resets: [ResetReach] = []) {
    self.group = group
    whys = witness.whys(of: group)
    let concerned = group.members + group.ties.map(\.at)
    names = Dictionary(concerned.map { ($0, witness.call($0)) }) { first, _ in first }
    let bridge = group.reasons.first { $0.kind == .conventionalBus }?.at
    let top = bridge.map(witness.topmost)
    requester = top.map { Requester(bridge: $0, id: witness.requesterID(of: $0)) }
    reaches = Dictionary(resets.map { ($0.address, witness.reach($0)) }) { first, _ in first }
    needsWaking = group.doubts.contains { witness.ignorance(of: $0.about) == .suspended }
    needsRoot = group.doubts.contains { witness.ignorance(of: $0.about) == .needsRoot }
  }
}
