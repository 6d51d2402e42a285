import Assignment
import Topology

extension JSONWriter {
  /// What a reset of a function reaches.
  mutating func reset(_ reset: ResetReach, _ witness: Witness) {
    let reach = witness.reach(reset)
    object { json in
      json.field("address", reset.address.description)
      json.field("bus", reset.bus.word)
      json.field("by", reset.bus.culprit?.description)
      json.key("others")
      json.array(reset.others) { json, other in
        json.object {
          $0.field("address", other.address.description)
          $0.field("bridge", other.isBridge)
          $0.field("driver", "driver_reason", other.driver) { $0.string($1) }
          $0.field("same_group", other.isOfSameGroup)
          if let why = other.ignorance { $0.field("same_group_reason", why.description) }
        }
      }
      json.field("own", "own_reason", reset.ownReset) { $0.string($1.rawValue) }
      json.field("sentence", "\(reach.own) \(reach.bus)")
    }
  }
}

extension ResetReach.BusReset {
  /// What stands in the JSON field `bus`.
  fileprivate var word: String {
    switch self {
    case .possible: "possible"
    case .onRootBus: "root-bus"
    case .virtualFunction: "virtual-function"
    case .forbidden: "forbidden"
    }
  }

  /// The bridge that does it, or whoever forbids it.
  fileprivate var culprit: Address? {
    switch self {
    case .possible(let bridge): bridge
    case .forbidden(let culprit, _): culprit
    case .onRootBus, .virtualFunction: nil
    }
  }
}

extension ResetReach.Other {
  fileprivate var isOfSameGroup: Bool? {
    switch group {
    case .same: true
    case .other, .none: false
    case .unknown: nil
    }
  }

  fileprivate var ignorance: Ignorance? { if case .unknown(let why) = group { why } else { nil } }
}
