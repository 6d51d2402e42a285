import HostAccess
import Testing
import Topology

@testable import Console

struct DrawingTests {
  @Test func `sentences break at blanks, and words longer than a line where it ends`() {
    #expect(Paragraph.wrap("one two three", to: 7) == ["one two", "three"])
    #expect(Paragraph.wrap("one two three", to: 7, indent: 2) == ["one two", "  three"])
    #expect(Paragraph.wrap("abcdefghij", to: 4) == ["abcd", "efgh", "ij"])
    #expect(Paragraph.wrap("漢字漢字", to: 3) == ["漢", "字", "漢", "字"])
    #expect(Paragraph.wrap("", to: 5).isEmpty && Paragraph.wrap("a", to: 0).isEmpty)
  }

  @Test func `no wrapped line is wider than asked, and nothing is lost`() {
    let text = "a bb ccc dddd eeeee ffffff ggggggg 漢字 hhhhhhhh iiiiiiiii"
    for width in 2...40 {
      let lines = Paragraph.wrap(text, to: width, indent: 3)
      #expect(lines.allSatisfy { Width.of($0) <= width })
      #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
    }
  }

  @Test func `a path loses its middle`() {
    #expect(Paragraph.cutMiddle("/sys/devices/x", to: 20) == "/sys/devices/x")
    let cut = Paragraph.cutMiddle("/sys/devices/pci0000:00/0000:00:01.0/0000:02:02.0", to: 24)
    #expect(Width.of(cut) == 24 && cut.hasPrefix("/sys/") && cut.hasSuffix("/0000:02:02.0") && cut.contains("…"))
    for width in 1...30 { #expect(Width.of(Paragraph.cutMiddle("漢字漢字漢字漢字漢字漢字漢字漢字", to: width)) <= width) }
  }

  @Test func `columns never overlap and leave the device readable`() {
    for width in 20...240 {
      for lanes in 1...3 {
        let columns = DeviceColumns(lanes: lanes, label: 4, width: width).columns
        for (left, right) in zip(columns, columns.dropFirst()) {
          #expect(left.start + left.width < right.start, "\(width)")
        }
        #expect((columns.last.map { $0.start + $0.width } ?? 0) <= width, "\(width)")
        #expect(columns.first?.kind == .device)
        if width >= 59 { #expect(columns.contains { $0.kind == .state } && columns.contains { $0.kind == .ids }) }
      }
    }
  }

  @Test func `an ASCII screen holds nothing else`() {
    for machine in [Pictured.seed, Pictured.hostile, Pictured.empty, Pictured.ungrouped] {
      for (rows, columns) in FrameGoldenTests.sizes {
        let scene = Scene.pictured(machine, rows: rows, columns: columns, on: "02:02.0", ascii: true)
        #expect(scene.frame().cells.allSatisfy { $0.character.isASCII })
      }
    }
  }

  @Test func `nothing from hardware reaches the screen uncleaned`() {
    for (rows, columns) in FrameGoldenTests.sizes {
      for index in Pictured.hostile.functions.indices {
        let address = Pictured.hostile.functions[index].address.short
        let scene = Scene.pictured(Pictured.hostile, rows: rows, columns: columns, on: address)
        let acting = scene.frame().cells.filter { $0.character != Cell.rightHalf && !$0.character.isASCII }
          .flatMap(\.character.unicodeScalars)
          .filter { [.control, .format].contains($0.properties.generalCategory) }
        #expect(acting.isEmpty)
        #expect(!scene.frame().cells.contains { $0.character.isASCII && $0.character < " " && $0.character != "\0" })
      }
    }
  }

  @Test func `the cursor of the terminal stands on the selected row`() {
    let scene = Scene.pictured(Pictured.seed, rows: 40, columns: 120, on: "02:02.0")
    let frame = scene.frame()
    let row = frame.cursor?.row ?? 0
    #expect(frame.text(row: row).contains("▶  └─02:02.0"))
    #expect(frame[row, 10].style.under == .cursor)
    #expect(!frame.showsCursor)
  }

  @Test func `sideways scrolling moves text and neither borders nor columns beside it`() {
    var scene = Scene.pictured(Pictured.seed, rows: 40, columns: 120, on: "02:02.0")
    let before = scene.frame()
    scene.sideways[.devices] = 20
    let after = scene.frame()
    for row in 0..<40 { #expect(after.text(row: row).suffix(45) == before.text(row: row).suffix(45)) }
    #expect(after.text(row: 1) == before.text(row: 1))
    #expect(after.text(row: 7) != before.text(row: 7))
  }

  @Test func `keys of the hint bar are where the mouse finds them`() {
    for columns in [60, 80, 120, 200] {
      let scene = Scene.pictured(Pictured.seed, rows: 24, columns: columns)
      let text = Array(scene.frame().text(row: 23))
      for target in scene.hintTargets {
        let shown = String(text[target.columns])
        #expect(shown.hasSuffix(Action.of(target.action)?.short ?? "?"), "\(shown)")
      }
      #expect(!scene.hintTargets.isEmpty && text.count <= columns)
    }
  }

  @Test func `tabs and items are where the mouse finds them`() {
    var scene = Scene.pictured(Pictured.seed, rows: 24, columns: 80, on: "02:02.0")
    let row = scene.layout[.group]?.rows.lowerBound ?? 0
    let text = Array(scene.frame().text(row: row))
    for (pane, name) in [(Pane.group, "2 Group"), (.actions, "3 Actions"), (.log, "4 Log"), (.device, "5 Device")] {
      let columns = text.indices.filter { scene.tab(at: Point(row: row, column: $0)) == pane }
      #expect(String(columns.map { text[$0] }).contains(name))
    }
    scene.overlay = .menu(selected: 1)
    let frame = scene.frame()
    let cursor = frame.cursor ?? Point(row: 0, column: 0)
    #expect(scene.overlayItem(at: cursor) == 1)
    #expect(scene.overlayItem(at: Point(row: cursor.row + 1, column: cursor.column + 5)) == 2)
    #expect(scene.overlayItem(at: Point(row: 0, column: 0)) == nil)
  }

  @Test(arguments: [
    (Sources(uevents: .live, inotify: .live, reconcile: 5), "live"),
    (Sources(uevents: .live, inotify: .notNeeded, reconcile: nil), "live"),
    (Sources(uevents: .missing("no socket"), inotify: .live, reconcile: 5), "live-"),
    (Sources(uevents: .missing("no socket"), inotify: .missing("no watches"), reconcile: 5), "poll 5s"),
    (Sources(uevents: .missing("no socket"), inotify: .notNeeded, reconcile: nil), "not live"),
  ])
  func `the title says what keeps the view true`(sources: Sources, word: String) {
    var scene = Scene.pictured(Pictured.seed, rows: 24, columns: 80)
    scene.sources = sources
    #expect(scene.liveWord == word)
    scene.isPaused = true
    #expect(scene.liveWord == "paused")
  }

  @Test func `times read as clocks do`() {
    #expect(Moment(milliseconds: 0, sinceMidnight: 0).clock == "00:00:00.000")
    #expect(Moment(milliseconds: 0, sinceMidnight: 86_399_007).clock == "23:59:59.007")
    #expect(Pictured.noon.shortClock == "12:04:11")
  }
}
