import Ownership
import Topology

extension Change {
  /// One line for the log: what, from what, to what. Uncleaned, as names may be anything.
  var sentence: String {
    switch self {
    case .deviceAdded(let address, let group): address.short + " added" + Self.suffix(" in group ", group)
    case .deviceRemoved(let address, let group): address.short + " removed" + Self.suffix(" from group ", group)
    case .driver(let address, _, let from, let to): "\(address.short) driver \(Self.name(from)) -> \(Self.name(to))"
    case .group(let address, let from, let to):
      "\(address.short) group \(from?.description ?? "(none)") -> \(to?.description ?? "(none)")"
    case .driverOverride(let address, _, let from, let to):
      "\(address.short) driver_override \(Self.name(from)) -> \(Self.name(to))"
    case .groupAdded(let group): "group \(group) added"
    case .groupRemoved(let group): "group \(group) removed"
    case .replaced(let address, _): "\(address.short) is another device now"
    case .facts(let address?, _): "\(address.short) details changed"
    case .facts(nil, let group): "group\(Self.suffix(" ", group)) holders or regions changed"
    }
  }

  /// The function it is about.
  var address: Address? {
    switch self {
    case .deviceAdded(let address, _), .deviceRemoved(let address, _), .driver(let address, _, _, _),
      .group(let address, _, _), .driverOverride(let address, _, _, _), .replaced(let address, _):
      address
    case .facts(let address, _): address
    case .groupAdded, .groupRemoved: nil
    }
  }

  /// The group it is about: after the change, where it changed that.
  var group: GroupID? {
    switch self {
    case .deviceAdded(_, let group), .deviceRemoved(_, let group), .driver(_, let group, _, _),
      .driverOverride(_, let group, _, _), .replaced(_, let group), .facts(_, let group):
      group
    case .group(_, let from, let to): to ?? from
    case .groupAdded(let group), .groupRemoved(let group): group
    }
  }

  /// Whether it is worth a line. A detail such as a power state changes all the time and is shown where it stands;
  /// what holders and regions do to a group is told by its state.
  var isNews: Bool {
    if case .facts = self { false } else { true }
  }

  private static func name(_ driver: DriverName?) -> String { driver ?? "(none)" }
  private static func suffix(_ words: String, _ group: GroupID?) -> String {
    group.map { words + $0.description } ?? ""
  }
}
