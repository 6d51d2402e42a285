import Assignment
import Console
import HostAccess
import Ownership
import Topology

extension Worker {
  /// What somebody wants written down.
  struct Export: Hashable, Sendable {
    var format: ExportFormat
    var groups: [GroupID]
    var named: [Address]
  }

  /// Writes it down, or says why not. Nothing is changed.
  func answer<G: Ground>(_ export: Export, on ground: inout G, _ known: Inventory) {
    let wanted = Handing.Wanted(named: export.named, groups: export.groups)
    do throws(Failure) {
      var plan: Plan?
      if export.format == .script {
        var act = try Act(on: try ground.enter(), knowing: known)
        plan = try act.plan(Intent(.assign, named: export.named, groups: export.groups))
      }
      let handover = try Handing.handover(wanted, in: known, with: ground.observer)
      let report = try ExportReport(export.format, handover, plan: plan)
      let lines = report.document.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      put(.exported(export.format, lines.map(String.init)))
    } catch {
      put(.unexported(export.format, error.message))
    }
  }
}
