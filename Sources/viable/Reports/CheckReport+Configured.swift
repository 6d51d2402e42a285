import Assignment
import HostAccess
import Topology

extension CheckReport {
  /// The same with what is configured otherwise about the members of what was asked for.
  func noting(_ configured: Configured) -> CheckReport {
    var report = self
    for place in report.results.indices {
      guard let group = report.results[place].group else { continue }
      let misplaced = configured.assignments.map(\.address).filter { address in
        survey.inventory[address] == nil && results[place].target == address.description
      }
      let found = Findings.configured(on: group.members + misplaced, configured, in: survey.inventory)
      report.results[place].findings += found.map { finding in
        Finding(
          severity: finding.severity == .low ? .low : .medium, address: finding.address, kind: finding.kind.rawValue,
          text: "\(finding.address): \(finding.text)")
      }
    }
    return report
  }
}
