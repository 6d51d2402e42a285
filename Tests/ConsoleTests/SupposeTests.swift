import Assignment
import Goldens
import HostAccess
import Testing
import Topology

@testable import Console

/// "What if" in the console: what is offered at which device, what is asked of whom, and how it looks.
struct SupposeTests {
  /// A console in which every question is answered at once.
  private struct Bench {
    var desk: Desk
    var asked: [Supposition.Question] = []

    init(_ machine: Inventory = Pictured.seed, rows: Int = 40, columns: Int = 120) {
      desk = Desk(machine, rows: rows, columns: columns)
    }

    mutating func press(_ keys: Key...) {
      for key in keys {
        desk.press(key)
        answer()
      }
    }

    mutating func answer() {
      for request in desk.requests {
        guard case .suppose(let question) = request else { continue }
        asked.append(question)
        desk.send(.supposed(Pictured.answer(question, desk.machine)))
      }
    }

    mutating func open(_ address: String) {
      desk.go(address)
      press(.character("w"))
    }

    var titles: [String] { desk.scene.supposing?.offers.map(\.title) ?? [] }
    var open: [String] { desk.scene.supposing?.offers.filter { $0.obstacle == nil }.map(\.title) ?? [] }
    func obstacle(_ title: String) -> String? {
      desk.scene.supposing?.offers.first { $0.title.hasPrefix(title) }?.obstacle
    }

    mutating func select(_ title: String) {
      let place = titles.firstIndex { $0.hasPrefix(title) } ?? 0
      press(.home)
      for _ in 0..<place { press(.down) }
    }
  }

  @Test func `a card below a bridge may go elsewhere, lose the bridge, and meets what cannot be`() {
    var bench = Bench()
    bench.open("02:02.0")
    #expect(
      bench.open == [
        "move 02:02.0 to a slot of its own, below a port with ACS", "switch ACS of 00:01.0 root port off",
        "take out 01:00.0 PCIe-to-PCI bridge", "take out 02:02.0 SCSI HBA",
      ])
    #expect(bench.obstacle("switch ACS of 01:00.0") == "01:00.0 is or leads to conventional PCI, which has no ACS")
    #expect(bench.obstacle("boot without")?.hasPrefix("pcie_acs_override is not on") == true)
    #expect(bench.obstacle("move 02:02.0 to the slot below 00:1c.0") == "the slot is taken by 04:00.0")
  }

  @Test func `what is offered depends on the device`() {
    var bench = Bench()
    bench.open("00:1c.0")
    #expect(bench.open == ["switch ACS of 00:1c.0 root port off"])
    #expect(bench.obstacle("move 00:1c.0")?.contains("a part of the processor or chipset") == true)
    #expect(!bench.titles.contains { $0.contains("virtual function") })
    bench.press(.escape)
    bench.open("03:00.1")
    #expect(bench.open.contains("switch ACS of 03:00.1 HD Audio on"))
    bench.press(.escape)
    bench.open("04:00.0")
    #expect(!bench.titles.contains { $0.contains("ACS of 04:00.0") })
  }

  @Test func `each change that stands out is asked for once, what cannot be is not`() {
    var bench = Bench()
    bench.open("02:02.0")
    #expect(bench.asked.map(\.tried) == [nil])
    #expect(bench.desk.scene.supposing?.answer?.tried == .moveApart(at("02:02.0")))
    bench.press(.down)
    #expect(bench.asked.last?.tried == .acs(at("01:00.0"), isOn: true) || bench.asked.count == 1)
    let before = bench.asked.count
    bench.select("switch ACS of 01:00.0")
    let after = bench.asked.count
    bench.press(.enter)
    #expect(bench.desk.note == "01:00.0 is or leads to conventional PCI, which has no ACS")
    #expect(bench.asked.count == after && after >= before)
    bench.select("take out 01:00.0")
    #expect(bench.asked.last?.tried == .remove(at("01:00.0")))
    let answer = bench.desk.scene.supposing?.answer
    #expect(answer?.today.map(\.title) == ["group 5"])
    #expect(answer?.then.map(\.title) == ["of group 5", "of group 5"])
  }

  @Test func `a change that is taken stays while others are tried, and comes back`() {
    var bench = Bench()
    bench.open("02:02.0")
    bench.press(.backspace)
    #expect(bench.desk.note == "no change is taken as made")
    bench.press(.enter)
    #expect(bench.desk.scene.supposing?.question.taken == [.moveApart(at("02:02.0"))])
    #expect(bench.desk.scene.supposing?.answer?.condition == "if 02:02.0 had a slot of its own, below a port with ACS")
    // What is shown is about that alone, and no other change stands out as if it were about it.
    #expect(bench.desk.scene.supposing?.selected == nil && bench.desk.scene.supposing?.answer?.tried == nil)
    bench.press(.enter)
    #expect(bench.desk.note == "no change stands out: choose one first")
    #expect(bench.desk.scene.supposing?.question.taken.count == 1)
    bench.press(.down)
    #expect(bench.desk.scene.supposing?.selected == 0)
    bench.select("take out 02:02.0")
    #expect(
      bench.desk.scene.supposing?.answer?.condition
        == "if 02:02.0 had a slot of its own, below a port with ACS, and 02:02.0 were gone")
    bench.press(.character("y"))
    #expect(
      bench.desk.copied
        == "viable why 0000:02:02.0 --what-if 0000:02:02.0@new --what-if remove@0000:02:02.0\n")
    bench.desk.scene.chosenBy = (CommandOptions(machine: ["--root", "snap"]), CommandOptions())
    bench.press(.character("y"))
    #expect(bench.desk.copied?.hasPrefix("viable --root snap why 0000:02:02.0 --what-if ") == true)
    bench.press(.backspace)
    #expect(bench.desk.scene.supposing?.question.taken == [])
    bench.press(.escape)
    #expect(bench.desk.scene.overlay == nil && bench.desk.scene.supposing == nil)
  }

  @Test func `nothing but questions is ever asked, whatever is pressed`() {
    var bench = Bench()
    bench.open("02:02.0")
    for key in [Key.down, .down, .enter, .pageDown, .end, .enter, .home, .enter, .pageUp, .backspace, .character("x")] {
      bench.press(key)
      #expect(bench.desk.requests.allSatisfy { if case .wake = $0 { true } else { false } })
    }
    #expect(bench.asked.count > 4)
  }

  @Test func `an answer to an older question is dropped, and news of the machine asks again`() {
    var bench = Bench()
    bench.open("02:02.0")
    let stale = Pictured.answer(Supposition.Question(at("03:00.0")), bench.desk.machine)
    bench.desk.send(.supposed(stale))
    #expect(bench.desk.scene.supposing?.answer?.question.device == at("02:02.0"))
    let count = bench.asked.count
    bench.desk.change { $0[at("02:02.0")]?.driver = .value("vfio-pci") }
    bench.answer()
    bench.desk.wait(1000)
    bench.answer()
    #expect(bench.asked.count == count + 1)
    #expect(bench.desk.scene.supposing?.answer?.today.first?.members.last == "02:02.0 SCSI HBA  vfio-pci")
  }

  @Test func `on a line that is no device it says so`() {
    var desk = Desk()
    desk.press(.function(5), .home, .character("w"))
    #expect(desk.scene.overlay == nil && desk.note == "this line is no device")
  }

  private func scene(_ size: (Int, Int), on address: String, _ edit: (inout Supposition.Question) -> Void) -> Scene {
    var scene = Scene.pictured(Pictured.seed, rows: size.0, columns: size.1, on: address)
    var question = Supposition.Question(Pictured.at(address))
    edit(&question)
    scene.supposing = Supposing(question.device)
    scene.supposing?.ask(question)
    scene.supposing?.isAsked = true
    scene.overlay = .whatIf
    _ = scene.receive(.supposed(Pictured.answer(question, Pictured.seed)), at: Pictured.noon)
    return scene
  }

  private func check(_ scene: Scene, _ name: String) {
    let outcome = Golden.check(scene.frame().golden, name + ".screen")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test(arguments: FrameGoldenTests.sizes)
  func `what if looks as its golden`(size: (Int, Int)) {
    check(scene(size, on: "02:02.0") { _ in }, "what-if-\(size.1)x\(size.0)")
  }

  @Test func `a change on top of another looks as its golden`() {
    let scene = scene((40, 120), on: "02:02.0") {
      $0.taken = [.remove(Pictured.at("01:00.0"))]
      $0.tried = .acs(Pictured.at("00:01.0"), isOn: false)
    }
    check(scene, "what-if-taken-120x40")
  }

  @Test func `what cannot be looks as its golden`() {
    var scene = scene((24, 80), on: "02:02.0") { _ in }
    scene.tryChange(1)
    check(scene, "what-if-impossible-80x24")
  }

  @Test func `until the answer comes it says that it reads`() {
    var scene = Scene.pictured(Pictured.seed, rows: 24, columns: 80, on: "02:02.0")
    _ = scene.receive(.key(.character("w")), at: Pictured.noon)
    check(scene, "what-if-asked-80x24")
  }

  @Test(arguments: [(15, 60), (16, 60), (17, 61), (24, 80), (30, 100), (45, 160)])
  func `every size has room for it`(size: (Int, Int)) {
    let scene = scene(size, on: "02:02.0") { _ in }
    let frame = scene.frame()
    #expect(frame.size == Size(rows: size.0, columns: size.1))
  }
}
