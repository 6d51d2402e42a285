import Ownership
import Topology

extension Scene {
  /// Does what an action says, or says why not.
  mutating func perform(_ id: Action.ID, letter: Character? = nil, at now: Moment) -> [Request] {
    if let why = Action.of(id)?.unavailable(in: self) {
      message = Note(.error, why)
      return []
    }
    if prompt != nil, edit(id) { return [] }
    if let requests = steer(id) ?? steerExport(id) { return requests }
    switch id {
    case .down, .up, .pageDown, .pageUp, .halfDown, .halfUp, .first, .last: return scroll(id)
    case .fold: fold()
    case .unfold: unfold()
    case .nextGroup, .previousGroup, .nextBlocked, .previousBlocked: goToGroup(id)
    case .jump, .place: name(letter, sets: id == .place)
    case .nextPane: go(to: pane(after: focus, by: 1))
    case .previousPane: go(to: pane(after: focus, by: -1))
    case .devicesPane: go(to: .devices)
    case .groupPane: go(to: .group)
    case .actionsPane: go(to: .actions)
    case .logPane, .log: go(to: .log)
    case .devicePane: go(to: .device)
    case .explainPane: go(to: .explain)
    case .zoom, .sidewaysLeft, .sidewaysRight, .splitLeft, .splitRight, .splitUp, .splitDown: arrange(id)
    case .open: open()
    case .expand: expandLogLine()
    case .run: return runMenuItem(menuSelected, at: now)
    case .mark, .markGroup, .clearMarks: mark(id)
    case .menu: overlay = .menu(selected: firstReadyItem)
    case .copyLine, .copyPane, .copyCommand, .copyShell, .copyJSON: return copy(id)
    case .find, .filter: ask(id == .find ? .find : .filter)
    case .findNext: findAgain(forward: true)
    case .findPrevious: findAgain(forward: false)
    case .listing, .sort: reorder(id)
    case .follow, .onlyGroup, .onlyErrors: sift(id)
    case .saveLog: return [.save(logLines, name: "log.jsonl")]
    default: return performOutside(id, at: now)
    }
    return []
  }

  /// What concerns the console as a whole, or is done outside of it.
  private mutating func performOutside(_ id: Action.ID, at now: Moment) -> [Request] {
    switch id {
    case .pause: togglePause(at: now)
    case .mouse:
      hasMouse.toggle()
      message = Note(.done, hasMouse ? "mouse on" : "mouse off: the terminal selects text")
      return [.mouse(hasMouse)]
    case .rescan:
      message = Note(.done, "reading the whole machine again")
      return [.rescan]
    case .repaint: return [.repaint]
    case .suspend: return [.suspend]
    case .lineMode: return [.lineMode]
    case .demo: return [.demo]
    case .whatIf: suppose()
    case .whatIfBack: giveChangeBack()
    case .copyWhatIf: return copySupposition()
    case .chooseUser, .chooseModel, .unusedFlag: return direct(id)
    case .startAgain: return startAgain()
    case .planDefault, .bindDriver, .release, .restore, .undo, .redo: return propose(id)
    case .export: return openExport()
    case .attach where rehearsal == nil, .detach where rehearsal == nil: return propose(id)
    case .attach, .detach, .join, .openGroup, .nextCall:
      return deed(id).map { begin($0) } ?? []
    case .help: overlay = .help(scroll: 0, search: "")
    case .theme:
      let selected = themes.firstIndex { $0.name == themeName } ?? 0
      overlay = .themes(selected: selected, before: themeName)
    case .choose: return choose(at: now)
    case .leave: return leave()
    case .quit: return overlay == nil || layout.tier == .tooSmall ? quit() : leave()
    default: break
    }
    return []
  }

  /// Asks once where something is under way.
  private mutating func quit() -> [Request] {
    guard let why = whyStay, !isLeavingAnyway else { return [.quit] }
    isLeavingAnyway = true
    message = Note(.error, why)
    return []
  }

  private mutating func togglePause(at now: Moment) {
    isPaused.toggle()
    if isPaused {
      message = Note(.done, "paused: changes are held back until P")
    } else {
      let count = waiting.count
      release(at: now)
      message = message ?? Note(.done, count == 0 ? "live again; nothing changed" : "live again")
    }
  }

  /// Leaves the innermost mode: what lies on top, a zoom, a pane beside the list, the filter. Never quits.
  private mutating func leave() -> [Request] {
    if let overlay {
      self.overlay = nil
      supposing = nil
      if case .themes(_, let before) = overlay, before != themeName {
        themeName = before
        return [.theme(before)]
      }
    } else if zoomed {
      zoomed = false
      if layout[focus] == nil { focus = .devices }
      tidyScroll()
    } else if focus != .devices {
      focus = .devices
    } else if filter.isActive {
      filter = Filter()
      refreshRows(.key)
    }
    return []
  }

  private mutating func reorder(_ id: Action.ID) {
    if id == .listing {
      listing = listing == .tree ? .groups : .tree
      message = Note(.done, listing == .tree ? "tree" : "groups, what needs attention first")
    } else {
      let orders = Sort.allCases
      let place = orders.firstIndex(of: sort) ?? 0
      sort = orders[(place + 1) % orders.count]
      message = Note(.done, "sort: \(sort.rawValue)")
    }
    bringSelectionAlong()
  }

  /// The same device, or the same group, in the other order of rows.
  private mutating func bringSelectionAlong() {
    let (anchor, content) = (cursor.anchor, cursor.content)
    refreshRows(.key)
    if let anchor, cursor.anchor != anchor {
      if let place = place(of: anchor) ?? rows.firstIndex(where: { $0.stands(for: anchor.address) }) {
        select(row: place)
      } else if let group = inventory?[anchor.address]?.group.value, let head = firstRow(of: group) {
        select(row: head)
      }
    } else if case .group(let group)? = content, listing == .tree, let first = firstRow(of: group) {
      select(row: first)
    }
  }

  private mutating func goToGroup(_ id: Action.ID) {
    let onlyBlocked = id == .nextBlocked || id == .previousBlocked
    let forward = id == .nextGroup || id == .nextBlocked
    let wanted: (GroupID) -> Bool = { onlyBlocked ? verdicts[$0]?.state == .blocked : true }
    let opened = onlyBlocked ? openFoldsOverBlocked() : nil
    var row = nextGroup(from: cursor.row, forward: forward, where: wanted)
    if row == nil, onlyBlocked {
      row = nextGroup(from: forward ? -1 : rows.count, forward: forward, where: wanted)
      if row != nil { message = Note(.done, "wrapped") }
    }
    if let opened { message = Note(.done, opened) }
    guard let row else {
      message =
        onlyBlocked ? whyNoBlocked : Note(.done, forward ? "no group further down" : "no group further up")
      return
    }
    leaveGhost(to: onlyBlocked ? blockingRow(of: rows[row].group ?? GroupID(0), else: row) : row)
  }

  /// Sets a named place, or goes back to it.
  private mutating func name(_ letter: Character?, sets: Bool) {
    guard let letter else { return }
    if sets {
      namedPlaces[letter] = cursor.anchor
      message = Note(.done, "' \(letter) comes back here")
      return
    }
    guard let anchor = namedPlaces[letter] else {
      message = Note(.error, "no place is named \(letter); M \(letter) names one")
      return
    }
    guard let place = place(of: anchor) else {
      let isThere = inventory?[anchor.address].map { Anchor($0).isSame(as: anchor) } ?? false
      message = Note(.error, anchor.address.short + (isThere ? " is hidden by a filter or a fold" : " is gone"))
      return
    }
    leaveGhost(to: place)
  }
}
