import Assignment
import Goldens
import Ownership
import Testing

@testable import Console

struct DemoGoldenTests {
  static let sizes = [(16, 60), (24, 80), (40, 120), (60, 200)]

  private func check(_ desk: DemoDesk, _ name: String) {
    let outcome = Golden.check(desk.scene.frame().golden, "demo-" + name + ".screen")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test(arguments: sizes, [0, 4, 8])
  func `the seed story looks as its golden at its steps`(size: (Int, Int), step: Int) {
    var desk = DemoDesk(rows: size.0, columns: size.1)
    desk.go(to: step)
    check(desk, "seed-\(step)-\(size.1)x\(size.0)")
  }

  @Test(arguments: sizes)
  func `the alarm names who reaches whom`(size: (Int, Int)) {
    let models: [RuleSet] =
      size.1 >= 160 ? [.explicitLinux, .implicitApril, .autoUnbind, .iommufd] : [.explicitLinux, .implicitApril]
    var desk = DemoDesk(DemoStories.seed, models, rows: size.0, columns: size.1)
    desk.type("F")
    desk.press(.end)
    check(desk, "alarm-\(size.1)x\(size.0)")
  }

  @Test(arguments: sizes)
  func `ASCII alone draws the same`(size: (Int, Int)) {
    var desk = DemoDesk(rows: size.0, columns: size.1, ascii: true)
    desk.type("F")
    desk.press(.end)
    #expect(desk.screen.utf8.allSatisfy { $0 < 0x80 })
    check(desk, "alarm-\(size.1)x\(size.0)-ascii")
  }

  @Test(arguments: sizes, [("words", "w"), ("scenarios", "n"), ("models", "m"), ("help", "?")])
  func `what lies on top looks as its golden`(size: (Int, Int), overlay: (String, String)) {
    var desk = DemoDesk(rows: size.0, columns: size.1)
    desk.go(to: 4)
    desk.type(overlay.1)
    check(desk, "\(overlay.0)-\(size.1)x\(size.0)")
  }

  @Test func `models that have no column are tabs`() {
    var desk = DemoDesk(DemoStories.seed, [.explicitLinux, .implicitApril, .iommufd], rows: 24, columns: 80)
    desk.go(to: 4)
    check(desk, "tabs-80x24")
    desk.press(.tab)
    check(desk, "tabs-next-80x24")
  }

  @Test func `automatic unbinding takes the disk and every device is told apart`() {
    var desk = DemoDesk(DemoStories.seed, [.autoUnbind, .implicitApril], rows: 24, columns: 80)
    desk.go(to: 3)
    check(desk, "auto-unbind-80x24")
  }

  @Test func `the run is exported as text and as JSON lines`() {
    var desk = DemoDesk()
    desk.type("F")
    desk.press(.end)
    desk.type("S")
    let saved = desk.requests.compactMap { request -> (String, String)? in
      if case .save(let text, let name) = request { (name, text) } else { nil }
    }
    #expect(saved.map(\.0) == ["demo-nic-and-hba.txt", "demo-nic-and-hba.jsonl"])
    for (name, text) in saved {
      let outcome = Golden.check(text, name)
      #expect(outcome.matches, "\(outcome)")
    }
  }
}
