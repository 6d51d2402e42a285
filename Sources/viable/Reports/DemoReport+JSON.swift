import Assignment
import Ownership
import Topology

extension DemoReport {
  /// `demo --json`: one step a line.
  func json(into page: inout Page) {
    JSONWriter.document(&page) { json in
      json.key("deviations")
      json.array(deviations) { json, deviation in
        json.object {
          $0.field("act", deviation.act + 1)
          $0.field("expected", deviation.expected)
          $0.field("found", deviation.found)
          $0.field("model", deviation.model.rawValue)
        }
      }
      json.key("end")
      json.object { json in
        for side in ordered {
          json.key(side.rules.set)
          json.end(of: side, comparison)
        }
      }
      json.field("scenario", comparison.story.name)
      json.schema()
      json.key("steps")
      json.lines(0..<comparison.position) { json, step in
        json.object { json in
          json.field("act", act(step).map { $0 + 1 })
          json.key("answers")
          json.object { json in
            for side in ordered {
              json.key(side.rules.set)
              if let line = comparison.lines(of: side)[step] { json.call(line) } else { json.null() }
            }
          }
          json.field("step", step + 1)
        }
      }
    }
  }

  private func act(_ step: Int) -> Int? { comparison.sides.lazy.compactMap { $0.calls[step]?.act }.first }

  /// Keys come in alphabetical order.
  private var ordered: [Comparison.Side] {
    comparison.sides.sorted { $0.rules.set.rawValue < $1.rules.set.rawValue }
  }
}

extension JSONWriter {
  fileprivate mutating func end(of side: Comparison.Side, _ comparison: Comparison) {
    let place = comparison.models.firstIndex(of: side.rules.set)
    object { json in
      json.key("alarms")
      json.array(comparison.alarms(of: side)) { json, alarm in
        json.object {
          $0.strings("attached", alarm.attached.map(\.description))
          $0.field("group", alarm.group.number)
          $0.strings("pulled_away", alarm.pulledAway.map(\.description))
          $0.field("text", alarm.text)
          $0.field("told", alarm.isTold)
          $0.strings("unnamed", alarm.unnamed.map(\.description))
        }
      }
      json.key("devices")
      json.array(comparison.table) { json, row in
        guard let place, let stand = row.stands[place] else { return }
        json.device(row, stand)
      }
    }
  }

  private mutating func device(_ row: Comparison.Row, _ stand: Comparison.Stand) {
    object { json in
      json.field("address", row.address.description)
      json.field("attached", stand.isAttached)
      json.strings("carries", stand.carries)
      json.field("domain", stand.domain)
      json.field("driver", stand.driver)
      json.field("group", row.group?.number)
      json.field("joined", stand.isJoined)
      json.field("label", row.label)
      json.field("open", stand.isOpen)
      json.strings("owners", stand.owners)
      json.strings("reach", stand.reach.map(\.description))
      json.field("state", stand.word)
    }
  }
}
