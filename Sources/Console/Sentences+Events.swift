public import HostAccess
public import Topology

extension Sentences {
  /// What the log says of events that settled: where they came from, and what was read again because of them; quietly
  /// where that found nothing new. The slow look says nothing: it comes every five seconds.
  public static func note(
    of stale: Stale, from sources: Set<HostEvent.Source>, finding difference: Difference
  ) -> Note? {
    let told = [HostEvent.Source.uevent, .inotify].filter(sources.contains).map(\.rawValue).joined(separator: " and ")
    guard !told.isEmpty else { return nil }
    if stale.everything { return Note(.event, "\(told): events were lost, everything is read again") }
    let functions = stale.functions.union(stale.details)
    var parts: [String] = []
    if let one = functions.first, functions.count == 1 { parts.append(one.short) }
    if functions.count > 1 { parts.append("\(functions.count) functions") }
    if let one = stale.groups.first, stale.groups.count == 1 { parts.append("group \(one)") }
    if stale.groups.count > 1 { parts.append("\(stale.groups.count) groups") }
    if stale.nodes { parts.append("nodes below /dev") }
    return Note(difference.isEmpty ? .quiet : .event, "\(told): \(parts.joined(separator: ", ")) read again")
  }
}
