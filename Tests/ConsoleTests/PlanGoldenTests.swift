import Assignment
import Goldens
import HostAccess
import Ownership
import Testing
import Topology

@testable import Console

/// The preview in each of its states, at several sizes.
@Suite struct PlanGoldenTests {
  static let sizes = [(16, 60), (24, 80), (40, 120), (60, 200)]

  private func check(_ bench: Bench, _ name: String, _ size: (Int, Int)) {
    var scene = bench.desk.scene
    _ = scene.receive(.resize(Size(rows: size.0, columns: size.1)), at: bench.desk.moment)
    let outcome = Golden.check(scene.frame().golden, "plan-\(name)-\(size.1)x\(size.0).screen")
    #expect(outcome.matches, "\(outcome)")
  }

  private func offered(_ findings: [Finding] = []) -> Bench {
    var bench = Bench(Pictured.seed)
    bench.findings = findings
    bench.desk.type("p")
    bench.answer()
    return bench
  }

  private func running() -> Bench {
    var bench = offered()
    bench.desk.press(.right, .enter)
    return bench
  }

  private static let disk = Finding(
    .low, Pictured.at("02:02.0"), .disk, "sda leaves the host; nothing on it is mounted or swap.")

  @Test(arguments: sizes)
  func `a plan that costs little looks as its golden`(size: (Int, Int)) {
    check(offered([Self.disk]), "seed", size)
  }

  @Test(arguments: sizes)
  func `a plan that may lock somebody out looks as its golden`(size: (Int, Int)) {
    var bench = offered([PlanTests.root, PlanTests.mounted])
    bench.desk.type("5 LO")
    check(bench, "lockout", size)
  }

  @Test(arguments: sizes)
  func `a refusal looks as its golden`(size: (Int, Int)) {
    var bench = Bench(Pictured.seed)
    bench.desk.type("x")
    bench.desk.send(
      .refused(Refusal(.held(at("02:02.0"), by: Holder(process: 77, command: "qemu", node: "/dev/vfio/5")))))
    check(bench, "refused", size)
  }

  @Test(arguments: sizes)
  func `a child that waits looks as its golden`(size: (Int, Int)) {
    var bench = running()
    bench.run(stopping: 1)
    bench.desk.machine = Inventory(
      functions: bench.desk.machine.functions,
      groups: bench.desk.machine.groups.map { group in
        var group = group
        if group.id == GroupID(5) {
          group.holders = .value([Holder(process: 77, command: "qemu", node: "/dev/vfio/5")])
        }
        return group
      }, names: bench.desk.machine.names, host: bench.desk.machine.host)
    bench.desk.send(.inventory(bench.desk.machine))
    bench.desk.wait(12_000)
    check(bench, "waiting", size)
  }

  @Test(arguments: sizes)
  func `an act that is done looks as its golden`(size: (Int, Int)) {
    var bench = running()
    bench.run()
    check(bench, "done", size)
  }

  @Test(arguments: sizes)
  func `an act that failed and was taken back looks as its golden`(size: (Int, Int)) {
    var bench = running()
    bench.run(failing: 2)
    check(bench, "taken-back", size)
  }

  @Test(arguments: sizes)
  func `an act that is stuck looks as its golden`(size: (Int, Int)) {
    var bench = running()
    bench.run(failing: 2, undoFails: true)
    check(bench, "stuck", size)
  }

  @Test(arguments: sizes)
  func `a plan that the host has overtaken looks as its golden`(size: (Int, Int)) {
    var bench = offered([Self.disk])
    bench.desk.change { $0[at("02:02.0")]?.driver = .absent }
    bench.desk.wait(2000)
    check(bench, "stale", size)
  }

  @Test(arguments: sizes)
  func `a plan that may not be run looks as its golden`(size: (Int, Int)) {
    var bench = Bench(Pictured.seed)
    bench.desk.scene.whyNoRun = "acting needs root"
    bench.findings = [PlanTests.mounted]
    bench.desk.type("p")
    bench.answer()
    check(bench, "read-only", size)
  }

  @Test func `nothing to do and ASCII look as their goldens`() {
    var bench = Bench(Pictured.seed)
    bench.desk.go("03:00.0")
    bench.desk.type("p")
    bench.answer()
    check(bench, "nothing", (24, 80))
    var scene = Scene(
      place: Place(kind: .linux, name: "host", isPrivileged: true), size: Size(rows: 24, columns: 80),
      glyphs: Glyphs(isASCII: true), themes: [], themeName: "")
    scene.proceeding = offered([PlanTests.mounted]).desk.scene.proceeding
    scene.overlay = .plan
    let outcome = Golden.check(scene.frame().golden, "plan-80x24-ascii.screen")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `whatever the size, the preview stays on the screen and its buttons are there`() {
    for bench in [offered([PlanTests.root]), running()] {
      for rows in stride(from: 1, through: 64, by: 3) {
        for columns in stride(from: 1, through: 210, by: 7) {
          var scene = bench.desk.scene
          _ = scene.receive(.resize(Size(rows: rows, columns: columns)), at: bench.desk.moment)
          _ = scene.frame()
          let buttons = Drawing(scene).planButtonPlaces()
          guard scene.layout.tier != .tooSmall else { continue }
          #expect(!buttons.isEmpty && buttons.allSatisfy { $0.row < rows - 2 && $0.columns.upperBound < columns })
          #expect(buttons.allSatisfy { !$0.columns.isEmpty }, "\(columns)x\(rows)")
        }
      }
    }
  }
}
