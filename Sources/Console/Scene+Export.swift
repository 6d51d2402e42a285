import Assignment
import Topology

extension Scene {
  /// Opens the dialog for what an action would be for: the groups of the marks, else of the selection.
  mutating func openExport() -> [Request] {
    let groups = targetGroups
    let named = groups.isEmpty ? [selectedFunction?.address].compactMap(\.self) : []
    exporting = Exporting(groups: groups, named: named)
    overlay = .export
    return wantedExport()
  }

  /// Why nothing can be written down; nil when something can.
  var whyNoExport: String? { targetGroups.isEmpty && selectedFunction == nil ? whyNoFunction : nil }

  /// Asks for the chosen format unless it is there.
  private func wantedExport() -> [Request] {
    guard let exporting, exporting.found[exporting.format] == nil else { return [] }
    return [.export(exporting.format, groups: exporting.groups, named: exporting.named)]
  }

  /// Takes in what came of a format.
  mutating func take(_ format: ExportFormat, _ found: Exporting.Found) {
    guard exporting != nil else { return }
    exporting?.found[format] = found
  }

  /// The keys of the dialog; nil for those that mean what they mean in every other one.
  mutating func steerExport(_ id: Action.ID) -> [Request]? {
    guard overlay == .export, layout.tier != .tooSmall, let exporting else { return nil }
    switch id {
    case .exportNext, .exportPrevious:
      let formats = ExportFormat.allCases
      let place = formats.firstIndex(of: exporting.format) ?? 0
      let next = (place + (id == .exportNext ? 1 : formats.count - 1)) % formats.count
      self.exporting?.format = formats[next]
      self.exporting?.scroll = 0
      return wantedExport()
    case .copyExport, .saveExport:
      guard let text = exporting.text else {
        message = Note(.error, "there is nothing to copy yet")
        return []
      }
      guard id == .copyExport else { return [.save(text, name: exporting.fileName)] }
      message = Note(.done, "copied \(exporting.format.rawValue) of \(exporting.title)")
      return [.copy(text)]
    default: return nil
    }
  }

  mutating func scrollExport(by step: Int) {
    let extent = exportExtent
    let most = max(0, extent.lines - extent.visible)
    let place = (exporting?.scroll ?? 0) + step
    exporting?.scroll = min(max(0, place), most)
  }
}
