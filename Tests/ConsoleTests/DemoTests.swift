import Assignment
import Ownership
import Randomness
import Testing
import Topology

@testable import Console

@Suite struct DemoTests {
  @Test func `every step key makes one call on every side, and every back key takes it back`() {
    for (forward, backward) in [(Key.character("l"), Key.character("h")), (.right, .left), (.enter, .left)] {
      var desk = DemoDesk()
      desk.press(forward, forward)
      #expect(desk.scene.comparison.position == 2)
      #expect(desk.scene.comparison.sides.allSatisfy { $0.calls.count == 2 })
      desk.press(backward)
      #expect(desk.scene.comparison.position == 1)
    }
  }

  @Test func `at 80 columns the alarms, the verdict and the table are said in full`() {
    var desk = DemoDesk(DemoStories.seed, [.explicitLinux, .autoUnbind], rows: 24, columns: 80)
    desk.press(.end)
    for row in desk.scene.layout.table { #expect(!desk.scene.frame().text(row: row).contains("…"), "\(desk.screen)") }
    let lines = desk.scene.warningLines
    #expect(lines.allSatisfy { Width.of($0) <= 78 } && desk.scene.layout.alarms.count == min(4, lines.count))
    #expect(lines.joined(separator: " ").filter { $0 != " " } == desk.scene.warnings.joined().filter { $0 != " " })
  }

  @Test func `the last device can be reached at every size`() {
    for columns in 60...200 {
      var desk = DemoDesk(DemoStories.seed, [.explicitLinux, .autoUnbind], rows: 24, columns: columns)
      desk.press(.end)
      for _ in desk.scene.devices { desk.type(">") }
      let last = desk.scene.devices.last?.address.short ?? "?"
      #expect(desk.screen.contains(last), "\(columns)")
    }
  }

  @Test func `all files of an export are told in one line, a failure before them`() {
    let saved = [Note(.done, "saved as ~/demo-a.txt"), Note(.done, "saved as ~/demo-a.jsonl")]
    #expect(DemoScene.note(of: saved) == Note(.done, "saved as ~/demo-a.txt, .jsonl"))
    #expect(DemoScene.note(of: saved + [Note(.error, "no room")]) == Note(.error, "no room"))
    #expect(DemoScene.note(of: []) == nil)
  }

  @Test func `the ends are named and nothing moves beyond them`() {
    var desk = DemoDesk()
    desk.type("h")
    #expect(desk.note == "this is the beginning")
    desk.press(.end)
    #expect(desk.scene.comparison.isAtEnd && desk.scene.comparison.position == desk.scene.count)
    desk.type("l")
    #expect(desk.note == "the story ends here" && desk.scene.comparison.position == desk.scene.count)
    desk.press(.home)
    #expect(desk.scene.comparison.position == 0)
  }

  @Test func `a playing story steps with every tick and stops by itself at the end`() {
    var desk = DemoDesk()
    desk.type(" ")
    var ticks = 0
    while case .wake(let due)? = desk.requests.first, ticks < 100 {
      desk.now = due
      ticks += 1
      desk.send(.tick)
      #expect(desk.scene.comparison.position == ticks)
    }
    #expect(ticks == desk.scene.count && desk.requests.isEmpty && desk.note == "the story ends here")
  }

  @Test func `any key stops a playing story, and a tick too early waits`() {
    var desk = DemoDesk()
    desk.type(" ")
    desk.send(.tick)
    #expect(desk.scene.comparison.position == 0 && desk.requests == [.wake(at: 2000)])
    desk.type(" ")
    desk.now = 5000
    desk.send(.tick)
    #expect(desk.scene.comparison.position == 0 && desk.requests.isEmpty)
  }

  @Test func `two to four models can be compared, and no other number`() {
    var desk = DemoDesk()
    desk.type("m ")
    desk.press(.enter)
    #expect(desk.note?.hasPrefix("choose 2 to 4 models") == true && desk.scene.overlay != nil)
    desk.type(" ")
    for _ in 1..<RuleSet.allCases.count {
      desk.type("j ")
    }
    #expect(desk.note == "at most 4 models fit side by side")
    desk.press(.enter)
    #expect(desk.scene.overlay == nil && (2...4).contains(desk.scene.comparison.sides.count))
  }

  @Test func `swapping asks for the HBA, and a second time for the NIC again`() {
    var desk = DemoDesk()
    desk.type("x")
    #expect(desk.note == "asked for now: HBA" && desk.scene.comparison.isSwapped)
    desk.type("x")
    #expect(desk.note == "asked for now: NIC")
  }

  @Test func `the flag raises the alarm where it is the only thing that lets the NIC through`() {
    var desk = DemoDesk()
    desk.press(.end)
    #expect(!desk.scene.alarms.contains { $0.hasPrefix("implicit") })
    desk.type("F")
    desk.press(.end)
    #expect(desk.scene.alarms.contains { $0.hasPrefix("implicit: the NIC now has access to the HBA") })
  }

  @Test func `keys that have nothing to do in a story say why`() {
    var desk = DemoDesk(DemoStories.plain)
    for (key, why) in [
      ("x", "this story asks for one device only"), ("F", "nobody asks for a device in this story"),
      ("w", "nothing was said of this on the list"),
    ] {
      desk.type(key)
      #expect(desk.note == why)
    }
  }

  @Test func `choosing a story asks for it, and opening it begins before its first call`() {
    var desk = DemoDesk()
    desk.go(to: 3)
    desk.type("nj")
    desk.press(.enter)
    #expect(desk.requests == [.story("plain")])
    desk.scene.open(Comparison(DemoStories.plain, models: [.explicitLinux, .iommufd]))
    #expect(desk.scene.comparison.position == 0 && desk.screen.contains("one card alone"))
  }

  @Test func `q, Esc and F10 end the demo, or first what lies on top`() {
    for key in [Key.character("q"), .escape, .function(10), .control("c")] {
      var desk = DemoDesk()
      desk.type("?")
      desk.press(key)
      #expect(desk.requests.isEmpty && desk.scene.overlay == nil)
      desk.press(key)
      #expect(desk.requests == [.end])
    }
  }

  @Test(arguments: [3, 16, 24, 60], [5, 60, 80, 200])
  func `stepping back and forward again gives the same pictures`(rows: Int, columns: Int) {
    var desk = DemoDesk(DemoStories.seed, [.explicitLinux, .autoUnbind, .iommufd], rows: rows, columns: columns)
    var pictures: [String] = []
    while desk.scene.comparison.position < desk.scene.count {
      pictures.append(desk.scene.frame().golden)
      desk.type("l")
    }
    let end = desk.scene.frame().golden
    for picture in pictures.reversed() {
      desk.type("h")
      #expect(desk.scene.frame().golden == picture)
    }
    for _ in pictures { desk.type("l") }
    #expect(desk.scene.frame().golden == end)
  }

  @Test(arguments: 0..<24)
  func `no sequence of keys at any size breaks the demo`(seed: UInt64) {
    let keys: [Key] =
      Array("hljk 0GxFmnwS?<>gq/").map { .character($0) } + [
        .left, .right, .up, .down, .pageUp, .pageDown, .home, .end, .enter, .escape, .tab, .backTab, .control("l"),
        .function(1),
      ]
    let sizes = [(24, 80), (40, 120), (60, 200), (16, 60), (1, 1), (0, 0), (3, 200), (200, 3), (17, 61), (16, 300)]
    var dice = Dice(state: seed)
    var models = RuleSet.allCases.shuffled(using: &dice)
    models.removeLast(models.count - 2 - dice.below(3))
    var desk = DemoDesk(dice.one(of: [DemoStories.seed, DemoStories.plain]), models)
    for _ in 0..<150 {
      desk.now += UInt64(dice.below(700))
      switch dice.below(12) {
      case 0:
        let (rows, columns) = dice.one(of: sizes)
        desk.send(.resize(Size(rows: rows, columns: columns)))
      case 1: desk.send(.tick)
      case 2: desk.send(.mouse(Mouse(dice.one(of: [.wheelUp, .wheelDown, .press]), at: Point(row: 3, column: 3))))
      case 3: desk.send(.paste("x\ny"))
      default: desk.send(.key(dice.one(of: keys)))
      }
      if case .story? = desk.requests.first {
        desk.scene.open(Comparison(DemoStories.plain, models: models))
      }
      let frame = desk.scene.frame()
      #expect(frame.size == desk.scene.size)
      #expect(desk.scene.comparison.position <= desk.scene.count)
    }
  }
}
