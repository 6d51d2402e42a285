import Topology

extension Scene {
  /// Which lines of the log are shown.
  mutating func sift(_ id: Action.ID) {
    switch id {
    case .follow:
      log.isFollowing.toggle()
      if log.isFollowing { log.selected = nil } else { log.selected = log.shown.last?.number }
    case .onlyErrors: log.onlyErrors.toggle()
    case .onlyGroup: log.onlyGroup = log.onlyGroup == nil ? selectedGroup : nil
    default: break
    }
  }

  /// Shows the whole of the line that stands out, or one line of it again.
  mutating func expandLogLine() {
    let shown = log.shown
    guard let place = log.place(in: shown) else { return }
    let number = shown[place].number
    if log.expanded.remove(number) == nil { log.expanded.insert(number) }
  }

  /// The log as JSON, one object a line.
  var logLines: String {
    log.entries.map { $0.json + "\n" }.joined()
  }
}
