import Assignment
import HostAccess
import Ownership
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

  private func seed(_ rows: Int, _ columns: Int) -> Scene {
    .pictured(Pictured.seed, rows: rows, columns: columns, on: "02:02.0")
  }

  @Test func `below a dialog the message line says what its keys did`() {
    var scene = seed(24, 80)
    _ = scene.receive(.note(Note(.done, "saved as a file")), at: Pictured.noon)
    for overlay in [Overlay.export, .whatIf, .plan] {
      scene.overlay = overlay
      #expect(scene.frame().text(row: 22).contains("saved as a file"), "\(overlay)")
    }
  }

  @Test func `what the newest event has no room for goes on below it while it is news`() {
    var scene = seed(24, 80)
    let text = "VFIO_GROUP_SET_CONTAINER = -1 EPERM; " + String(repeating: "long ", count: 10) + "culprit"
    _ = scene.receive(.note(Note(.error, text)), at: Pictured.noon)
    #expect(scene.frame().text(row: 21).contains("EPERM") && scene.frame().text(row: 22).contains("culprit"))
    scene.message = nil
    #expect(scene.frame().text(row: 21).contains("…") && scene.frame().text(row: 22).contains("02:02.0"))
  }

  @Test func `a refused call is shown whole in the log`() {
    var log = LogBook()
    log.add(Note(.call, "open = 3"), at: Pictured.noon)
    log.add(Note(.refused, "SET_CONTAINER = -1"), at: Pictured.noon)
    #expect(log.expanded == [2])
  }

  @Test(arguments: [(16, 60), (24, 80)])
  func `the menu says why the selected item cannot be done, in full`(size: (Int, Int)) throws {
    var scene = seed(size.0, size.1)
    let items = scene.menu()
    let place = try #require(items.firstIndex { $0.reason == Scene.whyNoStage })
    scene.overlay = .menu(selected: place)
    let frame = scene.frame()
    #expect((0..<size.0).contains { frame.text(row: $0).contains(Scene.whyNoStage) })
    let lines = (0..<size.0).map { frame.text(row: $0) }
    #expect(lines.dropLast(2).contains { $0.contains("✘") })
  }

  @Test func `a long filter keeps its text before its complaint, and marks what it hides`() {
    var scene = seed(40, 120)
    scene.prompt = Prompt(
      kind: .filter, text: "driver:vfio-pci,nvme state:!free_ ((", cursor: 36, before: "",
      complaint: String(repeating: "what is wrong ", count: 9))
    #expect(scene.frame().text(row: 38).contains("filter: driver:vfio-pci,nvme state:!free_ (("))
    scene.prompt?.text = String(repeating: "driver:vfio-pci ", count: 20)
    scene.prompt?.cursor = 300
    #expect(scene.frame().text(row: 38).contains("filter: …"))
  }

  @Test(arguments: 90...160)
  func `the title keeps its counts as long as a short form fits`(columns: Int) {
    var scene = seed(40, columns)
    scene.place = Place(kind: .scenario, name: "nic-and-hba", isPrivileged: true)
    _ = scene.receive(.stage(DemoStories.seed.world, Rules(.explicitLinux)), at: Pictured.noon)
    let title = scene.frame().text(row: 0)
    #expect(title.contains("host ") || title.contains(" host"), "\(title)")
    #expect(title.contains("rules: explicit-linux") || title.contains("rules: explicit"), "\(title)")
  }

  @Test func `a folded group in which nothing blocks names its members`() {
    var scene = Scene.pictured(Pictured.crowd, rows: 24, columns: 80)
    _ = scene.receive(.key(.function(5)), at: Pictured.noon)
    let frame = scene.frame()
    let heads = (0..<24).map { frame.text(row: $0) }.filter { $0.contains(" device") && $0.contains("+") }
    #expect(!heads.isEmpty && heads.allSatisfy { $0.contains(":") }, "\(heads)")
  }

  @Test(arguments: 42...60)
  func `a member's line keeps what is said of its driver`(width: Int) {
    let machine = Pictured.machine([
      Pictured.function("00:00.0", 0x8086, 0x29c0, 0x060000, "igen6_edac", group: 0),
      Pictured.function("00:1f.3", 0x8086, 0x2930, 0x0c0500, "i801_smbus", group: 0),
    ])
    let scene = Scene.pictured(machine, rows: 60, columns: 200, on: "00:00.0")
    let lines = Drawing(scene).groupLines(width: width).filter {
      $0.text.contains("00:00.0 ") && $0.text.hasPrefix("✘")
    }
    #expect(lines.count == 1 && lines.allSatisfy { $0.width <= width }, "\(lines.map(\.text))")
    #expect(lines.allSatisfy { $0.text.contains("igen6_edac  ") && $0.text.hasSuffix("host driver") })
  }

  @Test func `times read as clocks do`() {
    #expect(Moment(milliseconds: 0, sinceMidnight: 0).clock == "00:00:00.000")
    #expect(Moment(milliseconds: 0, sinceMidnight: 86_399_007).clock == "23:59:59.007")
    #expect(Pictured.noon.shortClock == "12:04:11")
  }
}
