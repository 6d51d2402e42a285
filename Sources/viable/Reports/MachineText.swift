import Console
import HostAccess
import Ownership
import Topology

/// A machine as a whole, in two lines.
enum MachineText {
  /// `qemu (image): Linux 6.12.95, IOMMU on (dmar0)`.
  static func title(_ survey: Survey) -> String {
    let place = survey.place
    let name = Clean.visible(place.name) + (place.kind == .linux ? "" : " (\(place.kind.rawValue))")
    return "\(name): \(kernel(survey.inventory.host)), \(iommu(survey.inventory.host))"
  }

  private static func kernel(_ host: HostFacts) -> String {
    switch host.kernelRelease {
    case .value(let release): "Linux " + Clean.visible(release)
    case .absent: "kernel unknown"
    case .unknown(let why): "kernel unknown (\(why))"
    }
  }

  private static func iommu(_ host: HostFacts) -> String {
    var names = host.iommus.map { Clean.visible($0) }
    // A server has one an IO die or root complex; `list --json` has them all.
    if names.count > 4 { names = ["\(names[0]) and \(names.count - 1) more"] }
    return "IOMMU \(host.iommu.rawValue)" + (names.isEmpty ? "" : " (" + names.joined(separator: ", ") + ")")
  }

  /// `11 functions in 7 groups: 2 viable, 1 NOT VIABLE, 4 host-owned; 3 functions in no group`.
  static func totals(_ survey: Survey) -> String {
    let functions = survey.inventory.functions.count
    let ungrouped = survey.ungrouped.count
    let groups = survey.verdicts.count
    let order: [GroupState] = [.viable, .blocked, .hostOwned, .owned, .unknown]
    let parts = order.compactMap { state in
      let count = survey.verdicts.count { $0.state == state }
      return count == 0 ? nil : "\(count) \(state.word)"
    }
    guard groups > 0 else { return count(functions, "function") + ", no IOMMU groups" }
    let start = "\(count(functions - ungrouped, "function")) in \(count(groups, "group"))"
    let loose = ungrouped == 0 ? "" : "; \(count(ungrouped, "function")) in no group"
    return start + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")) + loose
  }

  /// `1 group`, `2 groups`.
  static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)" + (number == 1 ? "" : "s") }
}
