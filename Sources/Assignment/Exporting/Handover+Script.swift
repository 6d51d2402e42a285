import HostAccess
import Topology

extension Plan {
  /// The script with what it would cost said above it, for whoever reviews it before it is run.
  var reviewedScript: [String] {
    var lines = script.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    while lines.last?.isEmpty == true { lines.removeLast() }
    var notes: [String] = []
    if !findings.isEmpty {
      notes.append("# What it costs:")
      for finding in findings {
        notes += Wrapped.lines(
          "\(finding.address.short) (\(finding.severity.rawValue)): \(Clean.visible(finding.text))", prefix: "# - ",
          rest: "#   ")
      }
    }
    if !untouched.isEmpty {
      notes.append("# What stays as it is:")
      notes += untouched.map { "# - \($0.address.short): \(Clean.visible($0.why.sentence))" }
    }
    if steps.isEmpty { notes.append("# Nothing has to be done: it only looks whether all is as it was.") }
    lines.insert(contentsOf: notes, at: min(2, lines.count))
    return lines
  }
}
