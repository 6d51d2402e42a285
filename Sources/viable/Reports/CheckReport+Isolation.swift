import Assignment
import Topology

extension CheckReport {
  /// The same with an alarm for every group whose isolation the ACS override patch asserts and the hardware does not
  /// provide, and a remark where that could not be told.
  func warning(of found: TiedFindings) -> CheckReport {
    var report = self
    report.results = results.map { result in
      guard let id = result.group?.id, let tied = found.ties[id] else { return result }
      var result = result
      for why in found.witness.whys(of: tied) where tied.isAsserted && why.reason.kind == .override {
        result.findings.insert(
          Finding(severity: .high, address: why.reason.at, kind: "isolation-asserted", text: why.sentence), at: 0)
      }
      if tied.agrees == nil {
        let text =
          "pcie_acs_override is on the kernel's command line, and the registers that tell whether group \(id) is isolated "
          + "by the hardware too could not be read."
        result.findings.append(Finding(severity: .medium, address: nil, kind: "isolation-unknown", text: text))
      }
      return result
    }
    return report
  }
}
