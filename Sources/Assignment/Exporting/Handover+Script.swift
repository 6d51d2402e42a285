import HostAccess
import Topology

extension Plan {
  /// The script with what it would cost said above it, for whoever reviews it before it is run.
  public var reviewedScript: [String] {
    var lines = script.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    while lines.last?.isEmpty == true { lines.removeLast() }
    var notes = notes
    if steps.isEmpty { notes.append("# Nothing has to be done: it only looks whether all is as it was.") }
    lines.insert(contentsOf: notes, at: min(2, lines.count))
    return lines
  }
}
