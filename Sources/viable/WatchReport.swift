import HostAccess
import Topology

/// One line of `viable watch`, for people or as JSON.
struct WatchReport {
  let change: Change
  let source: HostEvent.Source?

  /// The words of the JSON field `event`.
  var event: String {
    switch change {
    case .deviceAdded: "device-added"
    case .deviceRemoved: "device-removed"
    case .driver: "driver-changed"
    case .group: "group-changed"
    case .driverOverride: "override-changed"
    case .groupAdded: "group-added"
    case .groupRemoved: "group-removed"
    case .replaced: "device-replaced"
    case .facts: "facts-changed"
    }
  }
}
