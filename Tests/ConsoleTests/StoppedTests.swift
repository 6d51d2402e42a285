import Ownership
import Testing
import Topology

@testable import Console

/// A simulated kernel that stopped, and how to go on.
@Suite struct StoppedTests {
  private static func stopped() -> Theatre {
    var theatre = Theatre(.explicit2021)
    theatre.desk.go("02:02.0")
    var isDone = theatre.run("Take the driver")
    theatre.desk.go("02:01.0")
    theatre.type("t")
    theatre.desk.go("02:02.0")
    isDone = theatre.run("Give 02:02.0 back") && isDone
    #expect(isDone && theatre.world.ledger.isStopped)
    return theatre
  }

  private static func group(_ scene: Scene) -> String {
    Drawing(scene).groupLines(width: 100).map(\.text).joined(separator: "\n")
  }

  @Test func `title and group say that the machine stopped, and nothing that could be done next`() {
    let theatre = Self.stopped()
    #expect(theatre.desk.scene.liveWord == "STOPPED")
    let group = Self.group(theatre.desk.scene)
    #expect(group.hasPrefix("The machine stopped (PANIC), and no call returns; A starts it again."), "\(group)")
    #expect(!group.contains("has ended or closed it"))
  }

  @Test(arguments: ["t", "T", "J", "o", ".", "W", "p", "b", "x"])
  func `what cannot be done any more says why`(key: String) {
    var theatre = Self.stopped()
    theatre.type(key)
    #expect(theatre.desk.note?.contains("the machine stopped (PANIC)") == true, "\(theatre.desk.note ?? "")")
    #expect(theatre.desk.scene.overlay == nil)
  }

  @Test func `started again, everything is as before the first call, under the rules that were chosen`() {
    var theatre = Self.stopped()
    theatre.type("A")
    #expect(theatre.desk.note?.hasPrefix("started again") == true)
    #expect(theatre.world == theatre.start && theatre.desk.scene.whyStopped == nil)
    #expect(theatre.desk.scene.rehearsal?.rules.set == .explicit2021)
    theatre.desk.go("02:01.0")
    theatre.type("t")
    #expect(theatre.desk.note?.contains("EINVAL") == true, "\(theatre.desk.note ?? "")")
  }

  @Test func `a machine that is no simulated one is not started again`() {
    var desk = Desk()
    desk.type("A")
    #expect(desk.note == Scene.whyNoStage && desk.requests.isEmpty)
  }

  @Test func `over the menu find goes through its lines, and leaves the devices alone`() {
    var theatre = Theatre()
    theatre.desk.go("02:01.0")
    theatre.type("a/Pull")
    func title() -> String {
      guard case .menu(let selected)? = theatre.desk.scene.overlay else { return "" }
      return theatre.desk.scene.menu()[selected].title
    }
    #expect(title() == "Pull 02:01.0 out" && theatre.desk.scene.prompt?.complaint == nil)
    theatre.press(.enter)
    #expect(title() == "Pull 02:01.0 out" && theatre.desk.scene.prompt == nil)
    theatre.type("/00:03")
    #expect(theatre.desk.scene.prompt?.complaint == "not found: 00:03")
    #expect(theatre.desk.selected == Machines.at("02:01.0"))
    theatre.press(.escape)
    #expect(title() == "Pull 02:01.0 out" && theatre.desk.scene.find.text.isEmpty)
  }

  @Test func `a group's node is said to be missing for the right reason`() {
    var theatre = Theatre(.implicitRFC2)
    theatre.desk.go("02:01.0")
    theatre.desk.change { _ in }
    #expect(!Self.group(theatre.desk.scene).contains("node: none, as no vfio driver is bound"))
  }
}
