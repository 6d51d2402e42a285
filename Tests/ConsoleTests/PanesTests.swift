import Testing
import Topology

@testable import Console

@Suite struct PanesTests {
  @Test func `the keys that move go by rows, pages, halves and ends`() {
    var desk = Desk(Machines.many(64 - 8), rows: 20, columns: 80)
    let page = desk.scene.layout.deviceRows
    let last = desk.scene.rows.count - 1
    let table: [(Key, Int)] = [
      (.down, 1), (.control("n"), 2), (.character("k"), 1), (.pageDown, 1 + page), (.control("u"), 1 + page - page / 2),
      (.control("b"), 0), (.character("G"), last), (.down, last), (.home, 0), (.up, 0), (.end, last),
    ]
    for (key, row) in table {
      desk.press(key)
      #expect(desk.scene.cursor.row == max(0, row), "\(key.name)")
    }
    desk.type("gg")
    #expect(desk.scene.cursor.row == 0 && desk.scene.cursor.top == 0)
  }

  @Test func `who blocks stands in one column of the group pane`() {
    var desk = Desk(rows: 24, columns: 80)
    desk.go("02:01.0")
    desk.type("v")
    let frame = desk.scene.frame()
    let lines = frame.cells.indices.filter { $0 % 80 == 0 }.map { start in
      String(frame.cells[start..<start + 80].map(\.character))
    }
    let members = lines.filter { $0.hasPrefix(" ✘ 02:0") }
    let columns = members.compactMap { line in
      line.firstRange(of: "BLOCKS").map { line.distance(from: line.startIndex, to: $0.lowerBound) }
    }
    #expect(columns.count == 2 && Set(columns).count == 1, "\(members)")
  }

  @Test func `brackets go from group to group, braces from one NOT VIABLE group to the next`() {
    var desk = Desk()
    desk.type("}")
    #expect(desk.note == "no group is NOT VIABLE")
    desk.change { machine in
      machine[at("02:01.0")]?.driver = .value("vfio-pci")
      machine[at("03:00.1")]?.driver = .value("snd_hda_intel")
    }
    desk.type("}")
    #expect(desk.selected == at("02:02.0"))
    desk.type("}")
    #expect(desk.selected == at("03:00.1") && desk.note == nil)
    desk.type("}")
    #expect(desk.selected == at("02:02.0") && desk.note == "wrapped")
    desk.type("{")
    #expect(desk.selected == at("03:00.1") && desk.note == "wrapped")
    desk.type("]")
    #expect(desk.selected == at("00:1c.0"))
    desk.type("[[")
    #expect(desk.selected == at("00:02.0"))
  }

  @Test func `braces open what is folded over a group that is NOT VIABLE`() throws {
    var desk = Desk()
    desk.change { $0[at("02:01.0")]?.driver = .value("vfio-pci") }
    desk.go("00:01.0")
    desk.type("h")
    let folded = try #require(desk.scene.selectedRow)
    #expect(folded.foldedCount == 3 && folded.hidesBlocker)
    let frame = desk.scene.frame()
    let text = String(frame.cells.map(\.character))
    #expect(text.contains(", 3 functions folded"))
    desk.press(.home)
    desk.type("}")
    #expect(desk.selected == at("02:02.0") && desk.note == "opened what was folded over group 5")
  }

  @Test func `braces name the group that a filter hides`() {
    var desk = Desk()
    desk.change { $0[at("02:01.0")]?.driver = .value("vfio-pci") }
    desk.press(.character("\\"))
    desk.type("driver:nvme")
    desk.press(.enter)
    let before = desk.selected
    desk.type("}")
    #expect(desk.selected == before && desk.note == "group 5 is NOT VIABLE, and hidden by the filter")
  }

  @Test func `acts that would come to nothing are listed with the reason`() {
    var desk = Desk()
    func reason(_ id: Action.ID) -> String? { Action.of(id)?.unavailable(in: desk.scene) }
    desk.go("00:01.0")
    let bridges = "nothing has to be done: there are only bridges here, and none is in the way"
    for id in [Action.ID.planDefault, .bindDriver, .release] { #expect(reason(id) == bridges) }
    #expect(reason(.restore) == nil)
    desk.send(.undoable(false))
    #expect(reason(.restore) == "nothing is recorded here that could be restored")
    desk.go("02:01.0")
    #expect(reason(.planDefault) == nil && reason(.restore) != nil)
    desk.send(.undoable(true))
    desk.send(.recorded([at("02:01.0")]))
    #expect(reason(.restore) == nil)
    desk.send(.undoable(false))
    desk.change { $0[at("02:01.0")]?.driver = .value("vfio-pci") }
    #expect(reason(.restore) == nil)
  }

  @Test func `named places are devices, and say when they are hidden or gone`() {
    var desk = Desk()
    desk.type("'a")
    #expect(desk.note == "no place is named; M and a letter names one")
    desk.go("02:02.0")
    desk.type("Ma")
    desk.press(.home)
    desk.type("'a")
    #expect(desk.selected == at("02:02.0"))
    desk.type("'b")
    #expect(desk.note == "no place is named b; M b names one")
    desk.go("00:01.0")
    desk.type("h'a")
    #expect(desk.note == "02:02.0 is hidden by a filter or a fold")
    desk.now += 1000
    desk.change { $0[at("02:02.0")] = nil }
    desk.wait(5000)
    desk.type("'a")
    #expect(desk.note == "02:02.0 is gone")
  }

  @Test func `every pane can be reached, and Esc comes back to the list`() {
    for (rows, columns) in [(24, 80), (40, 120), (60, 200)] {
      var desk = Desk(rows: rows, columns: columns)
      for (digit, pane) in zip("12345", Pane.allCases.sorted { $0.rawValue < $1.rawValue }) {
        desk.press(.character("1"), .character(digit))
        #expect(desk.scene.focus == pane)
        #expect(desk.scene.layout[pane] != nil, "\(pane) at \(columns)")
      }
      for _ in 0..<4 { desk.press(.escape) }
      #expect(desk.scene.focus == .devices && !desk.scene.zoomed)
      var seen: Set<Pane> = []
      for _ in Pane.allCases {
        desk.press(.tab)
        seen.insert(desk.scene.focus)
        #expect(desk.scene.layout[desk.scene.focus] != nil)
      }
      for _ in Pane.allCases { desk.press(.backTab) }
      #expect(seen.isSuperset(of: [.devices, .group, .actions, .log]))
    }
  }

  @Test func `Enter shows every fact, and Esc goes back to where it was`() {
    var desk = Desk()
    desk.go("02:02.0")
    desk.press(.enter)
    #expect(desk.scene.focus == .device && desk.scene.layout[.device] != nil)
    desk.press(.escape, .escape)
    #expect(desk.scene.focus == .devices && desk.selected == at("02:02.0") && !desk.scene.zoomed)
  }

  @Test func `z gives a pane the screen and takes it back`() {
    var desk = Desk()
    let height = desk.scene.layout.deviceRows
    desk.type("z")
    #expect(desk.scene.layout.deviceRows > height)
    desk.type("z")
    #expect(desk.scene.layout.deviceRows == height)
    desk.type("z")
    desk.press(.escape)
    #expect(!desk.scene.zoomed)
  }

  @Test func `the help scrolls within its length`() {
    var desk = Desk()
    desk.type("?k")
    #expect(desk.scene.overlay == .help(scroll: 0, search: ""))
    desk.press(.end)
    guard case .help(let scroll, _)? = desk.scene.overlay else {
      Issue.record("no help")
      return
    }
    let extent = desk.scene.helpExtent
    #expect(scroll == extent.lines - extent.visible && scroll > 0)
  }

  @Test func `themes show while they are chosen; Esc takes the old one back, Enter keeps`() {
    var desk = Desk()
    desk.press(.function(2), .down)
    #expect(desk.requests.contains(.theme("default-light")) && desk.scene.themeName == "default-light")
    desk.press(.escape)
    #expect(desk.requests.contains(.theme("default-dark")) && desk.scene.themeName == "default-dark")
    desk.press(.function(2), .end, .enter)
    #expect(desk.scene.themeName == "mono" && desk.scene.overlay == nil)
    desk.send(.themes([]))
    desk.press(.function(2))
    #expect(desk.note == "no theme can be chosen")
  }

  @Test func `dividers move by Ctrl-arrows, and each size class remembers its own`() {
    var desk = Desk()
    desk.press(.controlRight, .controlRight, .controlUp)
    #expect(desk.scene.splits == Splits(deviceColumns: 2, deviceRows: -1))
    desk.send(.resize(Size(rows: 24, columns: 80)))
    #expect(desk.scene.splits == Splits())
    desk.send(.resize(Size(rows: 40, columns: 120)))
    #expect(desk.scene.splits == Splits(deviceColumns: 2, deviceRows: -1))
  }

  @Test func `a pane scrolls sideways, never left of its text`() {
    var desk = Desk()
    desk.type("<")
    #expect(desk.scene.sideways[.devices] == 0)
    desk.type(">")
    #expect((desk.scene.sideways[.devices] ?? 0) > 0)
    desk.type("<<")
    #expect(desk.scene.sideways[.devices] == 0)
  }

  // MARK: the mouse

  private func place(_ desk: Desk, line: Int, column: Int = 20) -> Point {
    Point(row: desk.scene.layout.firstDeviceRow + line, column: column)
  }

  @Test func `a click selects a row, but the first one only gives its pane the keys`() {
    var desk = Desk()
    desk.send(.mouse(Mouse(.press, at: place(desk, line: 3))))
    #expect(desk.selected == at("02:01.0"))
    desk.press(.tab)
    let selected = desk.selected
    desk.send(.mouse(Mouse(.press, at: place(desk, line: 6))))
    #expect(desk.scene.focus == .devices && desk.selected == selected)
  }

  @Test func `a click on a bracket or a label goes to the group's first row`() {
    var desk = Desk()
    desk.send(.mouse(Mouse(.press, at: place(desk, line: 4, column: 4))))
    #expect(desk.selected == at("01:00.0"))
  }

  @Test func `a double click opens, two slow ones do not`() {
    var desk = Desk()
    let spot = place(desk, line: 3)
    desk.send(.mouse(Mouse(.press, at: spot)))
    desk.now += 500
    desk.send(.mouse(Mouse(.press, at: spot)))
    #expect(desk.scene.focus == .devices)
    desk.now += 399
    desk.send(.mouse(Mouse(.press, at: spot)))
    #expect(desk.scene.focus == .device)
  }

  @Test func `a click in the actions chooses a line, a double click does it`() {
    var desk = Desk()
    desk.go("02:02.0")
    desk.press(.character("3"))
    guard let body = desk.scene.layout.body(of: .actions) else {
      Issue.record("no action pane")
      return
    }
    desk.press(.end, .home)
    guard let line = desk.scene.menu().firstIndex(where: { $0.action == .bindDriver }) else {
      Issue.record("nothing can be bound")
      return
    }
    let spot = Point(row: body.rows.lowerBound + line, column: body.columns.lowerBound + 1)
    desk.send(.mouse(Mouse(.press, at: spot)))
    #expect(desk.scene.menuSelected == line && desk.scene.overlay == nil)
    desk.send(.mouse(Mouse(.press, at: spot)))
    #expect(desk.scene.overlay == .plan)
  }

  @Test func `a right click opens the menu for the row under it`() {
    var desk = Desk()
    desk.send(.mouse(Mouse(.rightPress, at: place(desk, line: 4))))
    #expect(desk.selected == at("02:02.0") && desk.scene.overlay == .menu(selected: 0))
  }

  @Test func `the wheel scrolls three lines and leaves the selection alone`() {
    var desk = Desk(Machines.many(64 - 8), rows: 20, columns: 80)
    desk.send(.mouse(Mouse(.wheelDown, at: place(desk, line: 2))))
    #expect(desk.scene.cursor.top == 3 && desk.scene.cursor.row == 0)
    desk.send(.mouse(Mouse(.wheelUp, at: place(desk, line: 2))))
    desk.send(.mouse(Mouse(.wheelUp, at: place(desk, line: 2))))
    #expect(desk.scene.cursor.top == 0)
  }

  @Test func `a click on the hint bar is that key`() {
    var desk = Desk()
    guard let target = desk.scene.hintTargets.first(where: { $0.action == .filter }) else {
      Issue.record("the filter is not on the bar")
      return
    }
    let spot = Point(row: desk.scene.layout.hint, column: target.columns.lowerBound)
    desk.send(.mouse(Mouse(.press, at: spot)))
    #expect(desk.scene.prompt?.kind == .filter)
  }

  @Test func `a drag on the divider resizes, a drag in text tells how to select, once`() {
    var desk = Desk()
    guard let pane = desk.scene.layout[.devices] else {
      Issue.record("no device pane")
      return
    }
    let border = Point(row: pane.rows.lowerBound + 2, column: pane.columns.upperBound - 1)
    desk.send(.mouse(Mouse(.press, at: border)))
    desk.send(.mouse(Mouse(.drag, at: Point(row: border.row, column: border.column - 4))))
    desk.send(.mouse(Mouse(.release, at: Point(row: border.row, column: border.column - 4))))
    #expect(desk.scene.splits.deviceColumns == -4 && desk.note == nil)
    desk.send(.mouse(Mouse(.press, at: place(desk, line: 2))))
    desk.send(.mouse(Mouse(.drag, at: place(desk, line: 4))))
    #expect(desk.note == "hold Shift to select text, or m to release the mouse")
    desk.press(.character("m"))
    desk.press(.character("k"))
    desk.send(.mouse(Mouse(.press, at: place(desk, line: 5))))
    #expect(desk.scene.cursor.row != 5)
  }
}
