import Goldens
import HostAccess
import Testing
import Topology

@testable import Console

struct OverlayGoldenTests {
  private func check(_ scene: Scene, _ name: String) {
    let outcome = Golden.check(scene.frame().golden, name + ".screen")
    #expect(outcome.matches, "\(outcome)")
  }

  private func seed(_ rows: Int = 24, _ columns: Int = 80, ascii: Bool = false) -> Scene {
    .pictured(Pictured.seed, rows: rows, columns: columns, on: "02:02.0", ascii: ascii)
  }

  @Test(arguments: FrameGoldenTests.sizes, [false, true])
  func `help looks as its golden`(size: (Int, Int), ascii: Bool) {
    var scene = seed(size.0, size.1, ascii: ascii)
    scene.overlay = .help(scroll: 0, search: "")
    check(scene, "help-\(size.1)x\(size.0)" + (ascii ? "-ascii" : ""))
  }

  @Test(arguments: FrameGoldenTests.sizes, [false, true])
  func `the list of groups looks as its golden`(size: (Int, Int), ascii: Bool) {
    var scene = seed(size.0, size.1, ascii: ascii)
    _ = scene.receive(.key(.function(5)), at: Pictured.noon)
    scene.message = nil
    check(scene, "by-group-\(size.1)x\(size.0)" + (ascii ? "-ascii" : ""))
  }

  @Test func `the last page of help is full and explains signs and words`() {
    var scene = seed()
    scene.overlay = .help(scroll: 1000, search: "")
    check(scene, "help-end-80x24")
  }

  @Test func `a search in help leaves the keys that are about it`() {
    var scene = seed()
    scene.overlay = .help(scroll: 0, search: "group")
    check(scene, "help-search-80x24")
  }

  @Test(arguments: FrameGoldenTests.sizes)
  func `the theme picker looks as its golden`(size: (Int, Int)) {
    var scene = seed(size.0, size.1)
    scene.themes = ["default-dark", "default-light", "cvd-deutan", "high-contrast", "console-8", "mono"].map {
      Theme(name: $0, appearances: [:])
    }
    scene.themeFigures = [
      "default-dark": ThemeFigures(colours: "256", contrast: "AA 4.5", distance: "32"),
      "mono": ThemeFigures(colours: "0", contrast: "attributes", distance: "n/a"),
    ]
    scene.terminalDescription = "256 colours, UTF-8"
    scene.overlay = .themes(selected: 2, before: "default-dark")
    check(scene, "themes-\(size.1)x\(size.0)")
  }

  @Test(arguments: FrameGoldenTests.sizes)
  func `the action menu looks as its golden`(size: (Int, Int)) {
    var scene = seed(size.0, size.1)
    scene.overlay = .menu(selected: 2)
    check(scene, "menu-\(size.1)x\(size.0)")
  }

  @Test func `plain text lies over everything`() {
    var scene = seed()
    scene.overlay = .plainText(scene.paneLines(.device).map(\.text).joined(separator: "\n"))
    check(scene, "plain-text-80x24")
  }

  @Test func `a filter shows groups whole and says what it hides`() {
    var scene = seed()
    for key in [Key.character("\\")] + "Ethernet".map({ .character($0) }) {
      _ = scene.receive(.key(key), at: Pictured.noon)
    }
    scene.prompt?.cursor = 8
    check(scene, "filter-80x24")
    scene.prompt?.complaint = "class: what? For instance class:network"
    check(scene, "filter-complaint-80x24")
  }

  @Test func `a long search text is shown around its cursor`() {
    var scene = seed()
    scene.prompt = Prompt(
      kind: .find, text: String(repeating: "long words ", count: 20), cursor: 220, before: "", complaint: nil)
    check(scene, "find-long-80x24")
    #expect(scene.frame().showsCursor)
  }

  @Test(arguments: [(8, 38), (1, 1), (2, 3), (5, 10), (15, 200), (60, 59)])
  func `what is too small says so and what is needed`(size: (Int, Int)) {
    check(seed(size.0, size.1), "too-small-\(size.1)x\(size.0)")
  }

  @Test func `before the first look the screen says that it is looking`() {
    check(.pictured(nil, rows: 24, columns: 80), "waiting-80x24")
  }

  @Test func `marks, changes, gone rows and heads of groups have their signs`() {
    var scene = seed(30, 120)
    let nic = Pictured.at("02:01.0")
    if let function = scene.inventory?[nic] { scene.marks = [Anchor(function)] }
    scene.changed = [Pictured.at("02:02.0"): 1000, Pictured.at("03:00.0"): 1000]
    let gone = Pictured.function("05:00.0", 0x8086, 0x100e, 0x020000, "e1000", group: 9, below: "00:1c.0")
    func row(_ content: Row.Content, _ group: UInt32?) -> Row {
      Row(
        content: content, depth: 0, isLast: true, passes: 0, group: group.map { GroupID($0) }, lanes: [],
        isFolded: false, isContext: false)
    }
    scene.rows += [
      row(.gone(gone), 9), row(.group(GroupID(5)), 5), row(.group(GroupID(10)), 10), row(.ungrouped, nil),
      row(.folded(below: nil, devices: [nic], groups: 1), nil), row(.hidden(3), nil),
    ]
    scene.isPaused = true
    check(scene, "signs-120x30")
  }

  @Test func `the title bar says the generation only where it was asked for`() {
    var scene = Scene(
      place: Place(kind: .linux, name: "host", isPrivileged: true), size: Size(rows: 24, columns: 80),
      glyphs: Glyphs(isASCII: false), themes: [], themeName: "", showsGeneration: true)
    _ = scene.receive(.inventory(Pictured.seed), at: Pictured.noon)
    #expect(scene.frame().text(row: 0).contains("gen=1"))
    #expect(!seed().frame().text(row: 0).contains("gen="))
  }
}
