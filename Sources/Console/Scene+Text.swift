import Ownership
import Topology

extension Scene {
  /// Copies what a key says, and tells how much that was.
  mutating func copy(_ id: Action.ID) -> [Request] {
    switch id {
    case .copyPane:
      let text = paneText(focus)
      if zoomed {
        overlay = .plainText(text)
        return [.mouse(false), .copy(text)]
      }
      return copied(text, "pane \(focus.rawValue)")
    case .copyCommand: return copied(commandLine.map { $0 + "\n" } ?? "", "command line")
    case .copyShell: return copied(shellCommands.joined(separator: "\n") + "\n", "shell commands")
    case .copyJSON: return copied(targetGroups.map { record(of: $0) + "\n" }.joined(), "JSON")
    default: return copied(lineText + "\n", "line")
    }
  }

  private mutating func copied(_ text: String, _ what: String) -> [Request] {
    let lines = text.utf8.count { $0 == UInt8(ascii: "\n") }
    message = Note(.done, "copied \(what): \(lines) \(lines == 1 ? "line" : "lines")")
    return [.copy(text)]
  }

  /// What stands on the line that has the keys.
  var lineText: String {
    switch focus {
    case .log:
      let shown = log.shown
      return log.place(in: shown).map { shown[$0].sentence } ?? ""
    case .actions:
      let items = menu()
      guard items.indices.contains(menuSelected) else { return "" }
      let item = items[menuSelected]
      return [item.title, item.reason ?? item.detail].filter { !$0.isEmpty }.joined(separator: "  ")
    case .devices, .group, .device, .explain: return selectedRow.map(text(of:)) ?? ""
    }
  }

  /// A row as a line of plain text, whole: no column cuts it.
  func text(of row: Row) -> String {
    switch row.content {
    case .function(let address): return inventory?[address].map { text(of: $0, states[address]) } ?? ""
    case .gone(let function): return text(of: function, .gone)
    case .folded(_, let devices, let groups): return "+ \(devices.count) devices in \(groups) groups"
    case .group(let group):
      let state = verdicts[group]?.state.word ?? "unknown"
      return "group \(group)  \(state)  \(inventory?[group]?.members.count ?? 0) functions"
    case .ungrouped: return "in no group"
    case .hidden(let count): return "\(count) rows hidden by the filter; a group is always shown whole"
    }
  }

  private func text(of function: Function, _ state: DeviceState?) -> String {
    var pieces = [function.group.value.map { "g\($0)" } ?? "-", function.address.description]
    switch function.identity {
    case .value(let identity):
      let name = inventory?.names.device(of: identity).map { " " + Clean.visible($0) } ?? ""
      pieces += [DeviceText.noun(of: function) + name, identity.ids]
    case .absent: pieces.append("-")
    case .unknown(let why): pieces.append("ids unknown (\(Clean.visible(why.description)))")
    }
    switch function.driver {
    case .value(let driver): pieces.append(Clean.visible(driver))
    case .absent: pieces.append("-")
    case .unknown(let why): pieces.append("driver unknown (\(Clean.visible(why.description)))")
    }
    pieces.append((state ?? .unknown).word)
    return pieces.joined(separator: "  ")
  }

  /// A pane as plain text without borders: every row of it, not only what is on screen.
  func paneText(_ pane: Pane) -> String {
    let lines = pane == .devices ? rows.map(drawnText) : paneLines(pane).map(\.text)
    return lines.map { $0 + "\n" }.joined()
  }

  private func drawnText(_ row: Row) -> String {
    String(repeating: "  ", count: min(row.depth, 32)) + text(of: row)
  }
}
