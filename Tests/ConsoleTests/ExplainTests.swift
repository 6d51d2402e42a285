import Assignment
import HostAccess
import Testing
import Topology

@testable import Console

/// The explain pane: what it asks for, what it shows, and when it forgets.
struct ExplainTests {
  private func explained(_ machine: Inventory) -> Explained? { Pictured.explained(machine)[GroupID(5)] }

  @Test func `the pane asks for the group under the cursor once, and shows what comes`() throws {
    var desk = Desk()
    desk.go("02:02.0")
    #expect(!desk.requests.contains(.explain(GroupID(5))))
    desk.press(.character("6"))
    #expect(desk.scene.focus == .explain && desk.requests.contains(.explain(GroupID(5))))
    desk.press(.character("j"))
    #expect(!desk.requests.contains(.explain(GroupID(5))))
    #expect(desk.scene.paneLines(.explain).first?.text.contains("being read") == true)
    desk.send(.explained(try #require(explained(Pictured.seed))))
    let text = desk.scene.paneLines(.explain).map(\.text)
    #expect(text.contains("IOMMU") && text.contains { $0.contains("requester ID 02:00.0") })
  }

  @Test func `what was explained is forgotten when functions come, go or move`() throws {
    var desk = Desk()
    desk.go("02:02.0")
    desk.press(.character("6"))
    desk.send(.explained(try #require(explained(Pictured.seed))))
    desk.change { $0[at("02:01.0")]?.driver = .absent }
    #expect(desk.scene.explained.count == 1)
    desk.change { $0[at("02:01.0")] = nil }
    desk.wait(1000)
    #expect(desk.scene.explained.isEmpty)
  }
}
