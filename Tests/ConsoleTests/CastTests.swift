import Assignment
import Ownership
import Testing
import Topology

@testable import Console

/// A simulated machine whose scenario brings its own users, labels and cards.
@Suite struct CastTests {
  private static let alice = User(process: 7, name: "alice", uid: 1000)
  private static let bob = User(process: 8, name: "bob", uid: 0)
  private static let third = Device(
    address: at("02:03.0"), group: GroupID(5), requester: DemoStories.bridge, hostDrivers: ["8139too"])

  private func theatre(_ set: RuleSet = .implicitApril, _ users: [User] = [alice, bob]) -> Theatre {
    let labels = [DemoStories.nic: "NIC", DemoStories.hba: "HBA", Self.third.address: "third"]
    return Theatre(set, cast: Cast(users: users, labels: labels, cards: [Self.third]))
  }

  @Test func `calls are made by the scenario's own users, one after another`() {
    var theatre = theatre()
    theatre.desk.go("02:01.0")
    theatre.type(".U.U.")
    let callers = theatre.events.compactMap { if case .call(_, let user) = $0 { user } else { nil } }
    #expect(callers == [Self.alice, Self.bob, Self.alice])
  }

  @Test func `a scenario with one user still has a second owner and an ordinary user`() {
    let users = theatre(.iommufd, [User(process: 9, name: "qemu", uid: 0)]).desk.scene.rehearsal?.users ?? []
    #expect(users.map(\.name) == ["qemu", "qemu-b", "dpdk"] && users.first?.process == 9)
  }

  @Test func `the log and the menu call devices what the scenario calls them`() {
    var theatre = theatre()
    theatre.desk.go("02:01.0")
    theatre.type("Ut")
    #expect(theatre.log.last?.contains("02:02.0 HBA (sym53c8xx)") == true)
    #expect(theatre.desk.scene.menu().contains { $0.title == "Attach 02:01.0 NIC" })
  }

  @Test func `a card in the drawer is plugged in, and whatever was pulled out with its bridge too`() {
    var theatre = theatre()
    theatre.desk.go("02:01.0")
    var isDone = theatre.run("Plug 02:03.0 third in")
    #expect(isDone)
    #expect(theatre.world[Self.third.address]?.driver == "8139too")
    isDone = theatre.run("Plug 02:03.0")
    #expect(!isDone)
    theatre.desk.go("02:02.0")
    isDone = theatre.run("Pull 02:02.0 HBA out")
    #expect(isDone)
    #expect(theatre.world[DemoStories.hba] == nil)
    isDone = theatre.run("Plug 02:02.0 HBA in")
    #expect(isDone)
    #expect(theatre.world[DemoStories.hba]?.driver == "sym53c8xx")
  }

  @Test func `a second address space is attached to where it is chosen`() {
    var theatre = theatre(.iommufd, [])
    theatre.desk.go("02:02.0")
    var isDone = theatre.run("Take the driver of")
    #expect(isDone)
    theatre.desk.go("02:01.0")
    isDone = theatre.run("Use another")
    #expect(!isDone, "there is none yet")
    theatre.type("t")
    let first = theatre.world.ledger.deviceFiles.first?.file.space
    isDone = theatre.run("Use another")
    #expect(first == 2 && isDone)
    #expect(theatre.desk.scene.rehearsal?.space == 1)
    theatre.type("t")
    #expect(theatre.world.ledger.deviceFiles.first?.file.space == 4, "replaced by the new one")
    isDone = theatre.run("Map 1 MiB")
    #expect(isDone)
    for detail in ["then a new IOAS", "then IOAS 2"] {
      #expect(theatre.desk.scene.menu().first { $0.title.hasPrefix("Use another") }?.detail == detail)
      isDone = theatre.run("Use another")
      #expect(isDone)
    }
    theatre.type("t")
    #expect(theatre.world.ledger.deviceFiles.first?.file.space == 2)
  }

  @Test func `the flag and a second space are refused where an interface has no such thing`() {
    var theatre = theatre(.explicitLinux)
    theatre.desk.go("02:01.0")
    theatre.type("F")
    #expect(theatre.desk.note == "only the implicit model of April has the flag; W chooses it")
    let item = theatre.desk.scene.menu().first { $0.title.hasPrefix("Use another") }
    #expect(item?.reason == "a container has one")
  }
}
