import Assignment
import Ownership
import Topology

/// One line of the action pane and of the menu: what can be done with the target, or why it cannot.
struct MenuItem: Hashable, Sendable {
  /// What it does; nil where a deed has no key.
  var action: Action.ID?
  /// For what: `Mark the 3 functions of group 5`.
  var title: String
  /// What will come of it, shortly.
  var detail: String
  /// Why it cannot be done now; nil when it can.
  var reason: String?
  /// What is made to happen on a simulated machine.
  var deed: Deed?
}

extension Scene {
  /// What can be done with what is selected, its group and the marks, and what cannot, with the reason.
  func menu() -> [MenuItem] {
    let items: [(Action.ID, String, String)] = [
      (.open, "Show every fact of \(targetName)", "pane 5"),
      (.mark, isSelectionMarked ? "Unmark \(targetName)" : "Mark \(targetName)", "asks for it in this console"),
      (.markGroup, markGroupTitle, "a group goes as a whole"),
      (.clearMarks, "Clear all marks", "\(marks.count) marked"),
      (.copyCommand, "Copy as a command line", commandLine.map { Clean.visible($0) } ?? ""),
      (.copyShell, "Copy the shell commands that free it", shellDetail),
      (.copyJSON, "Copy its record as JSON", targetGroups.isEmpty ? "" : "viable/1"),
      (.copyLine, "Copy the line", "plain text"),
      (.onlyGroup, log.onlyGroup == nil ? "Show only this group's log" : "Show the log of all groups", "pane 4"),
      (.rescan, "Read the machine again", "all of it"),
    ]
    let plain = items.map { id, title, detail in
      MenuItem(action: id, title: title, detail: detail, reason: Action.of(id)?.unavailable(in: self))
    }
    let acts = deeds().map {
      MenuItem(action: $0.action, title: $0.title, detail: $0.detail, reason: $0.reason, deed: $0)
    }
    let plans = planning()
    return rehearsal == nil
      ? plans + plain.dropLast() + acts + plain.suffix(1) : plans + directing() + acts + plain
  }

  /// The acts that are previewed first, undone and done again.
  private func planning() -> [MenuItem] {
    let target = targetWords
    let items: [(Action.ID, String, String)] = [
      (.planDefault, "Preview handing over " + groupWords, "every step first"),
      (.bindDriver, "Bind \(target) and what blocks", "vfio-pci or its variant"),
      (.release, "Release \(target) and what blocks", "left without a driver"),
      (.restore, "Restore the drivers of \(target)", "as recorded"),
      (.undo, "Undo the newest act", "previewed too"),
      (.redo, "Do again what was undone", redoable.last.map { $0.verb.rawValue } ?? ""),
    ]
    return items.map { id, title, detail in
      MenuItem(action: id, title: title, detail: detail, reason: Action.of(id)?.unavailable(in: self))
    }
  }

  private var targetWords: String {
    marks.count > 1 ? "the \(marks.count) marked" : marks.first.map { $0.address.short } ?? targetName
  }

  var groupWords: String {
    switch targetGroups.count {
    case 0: targetName
    case 1: "group \(targetGroups[0])"
    default: "\(targetGroups.count) groups"
    }
  }

  /// Who acts under whose rules, and the demo.
  private func directing() -> [MenuItem] {
    guard let rehearsal else { return [] }
    let flag = rehearsal.allowsUnused ? "IOASID_IMPLICIT_GROUP" : "no flag"
    let items: [(Action.ID, String, String)] = [
      (.chooseUser, "Another user", "\(rehearsal.caller.name), uid \(rehearsal.caller.uid)"),
      (.chooseModel, "Other rules", rehearsal.rules.set.rawValue),
      (.unusedFlag, "May the rest stay unused", flag),
      (.startAgain, "Start the machine again", "as before the first call"),
    ]
    return items.map { id, title, detail in
      MenuItem(action: id, title: title, detail: detail, reason: Action.of(id)?.unavailable(in: self))
    }
  }

  /// The first item that can be done.
  var firstReadyItem: Int { menu().firstIndex { $0.reason == nil } ?? 0 }

  /// Does what a line of the menu says, as its key would.
  mutating func runMenuItem(_ index: Int, at now: Moment) -> [Request] {
    let items = menu()
    guard items.indices.contains(index) else { return [] }
    if let action = items[index].action { return perform(action, at: now) }
    if let why = items[index].reason {
      message = Note(.error, why)
      return []
    }
    return items[index].deed.map { begin($0) } ?? []
  }

  /// The groups that an action is for: those of the marks, else that of the selection.
  var targetGroups: [GroupID] {
    if marks.isEmpty { return selectedGroup.map { [$0] } ?? [] }
    return Set(marks.compactMap { inventory?[$0.address]?.group.value }).sorted()
  }

  private var isSelectionMarked: Bool { selectedFunction.map(isMarked) ?? false }

  private var targetName: String {
    if let address = selectedRow?.address { return address.short }
    return selectedGroup.map { "group \($0)" } ?? "the selection"
  }

  private var markGroupTitle: String {
    guard let group = selectedGroup.flatMap({ inventory?[$0] }) else { return "Mark the whole group" }
    let count = group.members.count
    return "Mark " + (count == 1 ? "the one function" : "all \(count) functions") + " of group \(group.id)"
  }

  private var shellDetail: String {
    let count = targetGroups.compactMap { verdicts[$0]?.blockers.count }.reduce(0, +)
    return count == 0 ? "" : "\(count) \(count == 1 ? "blocker" : "blockers")"
  }
}

extension Action {
  /// Why the action cannot be done now, in words; nil when it can.
  func unavailable(in scene: Scene) -> String? {
    switch id {
    case .whatIf: scene.selectedFunction == nil ? scene.whyNoFunction : nil
    case .open: scene.selectedRow == nil ? "nothing is selected" : nil
    case .mark: scene.selectedGroup == nil && scene.selectedFunction == nil ? scene.whyNoFunction : nil
    case .markGroup: scene.selectedGroup == nil ? scene.whyNoGroup : nil
    case .onlyGroup: scene.log.onlyGroup == nil && scene.selectedGroup == nil ? scene.whyNoGroup : nil
    case .clearMarks: scene.marks.isEmpty ? "nothing is marked" : nil
    case .copyLine: scene.focus == .devices && scene.selectedRow == nil ? "nothing is selected" : nil
    case .copyCommand: scene.commandLine == nil ? scene.whyNoFunction : nil
    case .copyJSON: scene.targetGroups.isEmpty ? scene.whyNoGroup : nil
    case .copyShell: scene.whyNoShell
    case .export: scene.whyNoExport
    case .find: scene.whyNoFind
    case .findNext, .findPrevious: scene.find.text.isEmpty ? "nothing was searched for yet; / asks" : nil
    case .nextBlocked, .previousBlocked: scene.tally.blocked == 0 ? "no group is NOT VIABLE" : nil
    case .nextGroup, .previousGroup: scene.tallyIsEmpty ? "this machine has no groups" : nil
    case .jump: scene.namedPlaces.isEmpty ? "no place is named; M and a letter names one" : nil
    case .place: scene.cursor.anchor == nil ? scene.whyNoFunction : nil
    case .theme: scene.themes.isEmpty ? "no theme can be chosen" : nil
    case .saveLog, .expand: scene.log.entries.isEmpty ? "the log is empty" : nil
    case .planDefault, .bindDriver, .release, .restore, .undo, .redo: scene.whyNoPlan(id)
    case .attach where scene.rehearsal == nil, .detach where scene.rehearsal == nil: scene.whyNoAttach(id)
    case .attach, .detach, .join, .openGroup, .nextCall:
      scene.deed(id).map(\.reason) ?? (scene.rehearsal == nil ? Scene.whyNoStage : scene.whyNoFunction)
    case .chooseUser, .chooseModel, .unusedFlag, .startAgain: scene.whyNoDirecting(id)
    default: nil
    }
  }
}

extension Scene {
  /// Why there is no function to do something with.
  var whyNoFunction: String {
    switch selectedRow?.content {
    case .gone(let function): "\(function.address.short) is gone"
    case .folded: "several devices are folded here; l opens the line"
    case .group, .ungrouped, .hidden: "this line is no device"
    case .function, nil: "nothing is selected"
    }
  }

  /// Why there is no group to do something with.
  var whyNoGroup: String {
    guard let function = selectedFunction else { return whyNoFunction }
    switch function.group {
    case .value(let group): return "group \(group) is gone"
    case .absent: return "\(function.address.short) is in no IOMMU group"
    case .unknown(let why):
      return "the group of \(function.address.short) is unknown (\(Clean.visible(why.description)))"
    }
  }

  fileprivate var tallyIsEmpty: Bool { inventory?.groups.isEmpty ?? true }
}
