import Assignment
import Ownership
import Topology

extension Scene {
  /// The same question as a command: what `c c` copies.
  var commandLine: String? {
    let groups = targetGroups
    if !groups.isEmpty { return asking("viable check " + groups.map { "group:\($0)" }.joined(separator: " ")) }
    return selectedFunction.map { asking("viable show \($0.address)") }
  }

  /// A question as a command about this machine and no other.
  func asking(_ command: String) -> String { chosenBy.questions.put(into: command) }

  /// An act as a command for this machine and no other.
  func acting(_ command: String) -> String { chosenBy.acts.put(into: command) }

  /// Why there are no commands that would free the target; nil when there are.
  var whyNoShell: String? {
    let groups = targetGroups
    guard !groups.isEmpty, let inventory else { return whyNoGroup }
    let judged = judged(groups)
    if judged.contains(where: { !Sentences.commands($1, of: $0, in: inventory).isEmpty }) { return nil }
    let advice = judged.lazy.filter { !$1.blockers.isEmpty }.flatMap { Sentences.advice($1, of: $0, in: inventory) }
    if let first = advice.first { return first }
    if let unknown = judged.lazy.flatMap(\.verdict.unknowns).first { return Sentences.unknown(unknown) }
    return (groups.count == 1 ? "group \(groups[0])" : "every group") + " is viable: nothing has to be freed"
  }

  /// What frees the target, as `viable check` says it: what to know first as comments, then the commands.
  var shellCommands: [String] {
    guard let inventory else { return [] }
    var told: Set<String> = []
    return judged(targetGroups).flatMap { Sentences.next($1, of: $0, in: inventory) }.map(acting)
      .filter { told.insert($0).inserted }
  }

  private func judged(_ groups: [GroupID]) -> [(group: Group, verdict: Verdict)] {
    groups.compactMap { id in
      guard let group = inventory?[id], let verdict = verdicts[id] else { return nil }
      return (group, verdict)
    }
  }

  /// A group's record: its object in `viable list --json`, with the schema that it follows.
  func record(of id: GroupID) -> String {
    guard let (group, verdict) = judged([id]).first else { return "" }
    var json = JSONLine()
    json.add("blockers", objects: verdict.blockers.map(Self.record(of:)))
    json.add("id", raw: id.description)
    json.add("members", strings: group.members.map(\.description))
    if group.isListed || !group.others.isEmpty {
      json.add("others", objects: group.others.map(Self.record(of:)))
    } else {
      json.add("others", string: nil)
      json.add("others_reason", string: Sentences.othersUnread)
    }
    json.add("schema", string: "viable/1")
    json.add("state", string: verdict.state.rawValue)
    json.add("viable", raw: verdict.isViable.map { $0 ? "true" : "false" } ?? "null")
    if verdict.isViable == nil { json.add("viable_reason", string: Clean.visible(Sentences.reason(verdict.unknowns))) }
    return json.text
  }

  private static func record(of blocker: Blocker) -> JSONLine {
    var json = JSONLine()
    switch blocker {
    case .driver(let address, let driver):
      json.add("address", string: address.description)
      json.add("driver", string: Clean.visible(driver))
    case .otherDriver(let device, let driver):
      json.add("address", string: nil)
      json.add("driver", string: Clean.visible(driver))
      json.add("member", string: Clean.visible(device))
    case .directRegion(let region):
      json.add("address", string: nil)
      json.add("driver", string: nil)
      json.add("range", string: region.range)
    case .holder(let holder):
      json.add("address", string: nil)
      json.add("command", string: Clean.visible(holder.command))
      json.add("driver", string: nil)
      json.add("node", string: Clean.visible(holder.node))
      json.add("process", raw: String(holder.process))
    }
    json.add("reason", string: blocker.word)
    return json
  }

  private static func record(of other: OtherMember) -> JSONLine {
    var json = JSONLine()
    json.add("driver", string: other.driver.value.map { Clean.visible($0) })
    if let why = other.driver.ignorance { json.add("driver_reason", string: Sentences.reason(why)) }
    json.add("name", string: Clean.visible(other.name))
    return json
  }
}
