import HostAccess
import Ownership
import Testing
import Topology

@testable import Console

@Suite struct RefreshTests {
  private func line(_ desk: Desk) -> Int { desk.scene.cursor.row - desk.scene.cursor.top }

  @Test func `the selection is a device and keeps its line on the screen while rows come above it`() {
    var desk = Desk(rows: 20, columns: 80)
    desk.go("04:00.0")
    let before = line(desk)
    desk.now += 1000
    desk.change { machine in
      for slot in 3..<9 {
        machine[at("00:0\(slot).0")] = Machines.function("00:0\(slot).0", (1, 1), 0x02_0000, group: UInt32(slot + 50))
      }
    }
    #expect(desk.selected == at("04:00.0"))
    #expect(line(desk) == before)
  }

  @Test func `rows that go above leave blank lines, and the next move takes those away`() {
    var desk = Desk()
    desk.go("02:02.0")
    desk.now += 1000
    desk.change { $0[at("00:00.0")] = nil }
    desk.wait(5000)
    #expect(desk.selected == at("02:02.0"))
    #expect(desk.scene.cursor.top == -1 && line(desk) == 4)
    desk.type("j")
    #expect(desk.scene.cursor.top == 0)
  }

  @Test func `what left stays five seconds as a row of its own`() {
    var desk = Desk()
    desk.now += 1000
    desk.change { $0[at("02:01.0")] = nil }
    let ghost = desk.scene.rows.first { $0.address == at("02:01.0") }
    #expect(ghost.map { if case .gone = $0.content { true } else { false } } == true)
    #expect(desk.wakes.contains(desk.now + 5000))
    desk.wait(4999)
    #expect(desk.addresses.contains("02:01.0"))
    desk.wait(1)
    #expect(!desk.addresses.contains("02:01.0"))
  }

  @Test func `the group pane of what was pulled says that it is gone, and nothing of the IOMMU`() {
    var desk = Desk()
    desk.go("04:00.0")
    desk.now += 1000
    desk.change { $0[at("04:00.0")] = nil }
    #expect(
      Drawing(desk.scene).groupLines(width: 100).map(\.text)
        == ["04:00.0 is gone: it was unplugged or removed. Its group 15 went with it."])
  }

  @Test func `when the selected device leaves, nothing else becomes selected by itself`() {
    var desk = Desk()
    desk.go("02:01.0")
    desk.now += 1000
    desk.change { $0[at("02:01.0")] = nil }
    #expect(desk.selected == at("02:01.0") && desk.scene.selectedFunction == nil)
    desk.type("cc")
    #expect(desk.note == "02:01.0 is gone" && desk.copied == nil)
    desk.wait(5000)
    #expect(desk.scene.selectedRow == nil && desk.scene.cursor.anchor == nil)
    let lit = desk.scene.cursor.row
    desk.type("j")
    #expect(desk.scene.cursor.row == lit && desk.scene.selectedRow != nil)
  }

  @Test func `moving off a device that left lets its row go`() {
    var desk = Desk()
    desk.go("02:01.0")
    desk.now += 1000
    desk.change { $0[at("02:01.0")] = nil }
    desk.type("j")
    #expect(desk.selected == at("02:02.0") && !desk.addresses.contains("02:01.0"))
  }

  @Test func `another card in the same slot is not the same device`() {
    var desk = Desk()
    desk.go("04:00.0")
    desk.type(" ")
    desk.now += 1000
    desk.change { machine in
      machine[at("04:00.0")] = Machines.function(
        "04:00.0", (0x10ec, 0x8168), 0x02_0000, driver: "r8169", group: 15, below: "00:1c.0")
    }
    #expect(desk.addresses.count { $0 == "04:00.0" } == 2)
    #expect(desk.scene.selectedFunction == nil)
    #expect(desk.note == "marks lost: 1" && desk.scene.marks.isEmpty)
    desk.wait(5000)
    #expect(desk.addresses.count { $0 == "04:00.0" } == 1 && desk.scene.selectedRow == nil)
  }

  @Test func `the same device that comes back within five seconds is itself again`() {
    var desk = Desk()
    desk.go("04:00.0")
    let was = desk.machine[at("04:00.0")]
    desk.now += 1000
    desk.change { $0[at("04:00.0")] = nil }
    desk.now += 1000
    desk.change { $0[at("04:00.0")] = was }
    #expect(desk.scene.gone.isEmpty)
    #expect(desk.scene.selectedFunction?.address == at("04:00.0"))
  }

  @Test func `ids that become readable do not lose the selection or the mark`() {
    var machine = Machines.seed.changing { $0[at("04:00.0")]?.identity = .unknown(.deviceBusy) }
    var desk = Desk(machine)
    desk.go("04:00.0")
    desk.type(" ")
    machine = Machines.seed
    desk.become(machine)
    #expect(desk.scene.selectedFunction?.address == at("04:00.0"))
    #expect(desk.scene.selectedFunction.map(desk.scene.isMarked) == true)
  }

  @Test func `a driver's change is a sentence in the log and the message, and marked for ten seconds`() {
    var desk = Desk()
    desk.now += 1000
    desk.change { $0[at("02:02.0")]?.driver = .value("vfio-pci") }
    #expect(desk.note == "02:02.0 driver sym53c8xx -> vfio-pci")
    #expect(
      desk.scene.log.entries.map(\.note.text).suffix(2) == [
        "02:02.0 driver sym53c8xx -> vfio-pci", "group 5 host-owned -> NOT VIABLE",
      ])
    #expect(desk.scene.changed[at("02:02.0")] == desk.now && desk.wakes == [desk.now + 10_000])
    desk.wait(10_000)
    #expect(desk.scene.changed.isEmpty && desk.wakes.isEmpty)
  }

  @Test func `verdicts, states and counts follow a change`() {
    var desk = Desk()
    #expect(desk.scene.tally == Tally(viable: 5, blocked: 0, hostOwned: 3, owned: 0, unknown: 0))
    desk.now += 1000
    desk.change { $0[at("02:01.0")]?.driver = .value("vfio-pci") }
    #expect(desk.scene.tally == Tally(viable: 5, blocked: 1, hostOwned: 2, owned: 0, unknown: 0))
    #expect(desk.scene.states[at("02:02.0")] == .blocks)
    desk.change { machine in
      machine[at("02:01.0")] = nil
      machine[at("02:02.0")] = nil
      machine[at("01:00.0")] = nil
    }
    #expect(desk.scene.verdicts[GroupID(5)] == nil && desk.scene.states[at("02:02.0")] == nil)
    #expect(desk.scene.tally == Tally(viable: 5, blocked: 0, hostOwned: 2, owned: 0, unknown: 0))
  }

  @Test func `rows do not move within 150 ms of a key`() {
    var desk = Desk()
    desk.type("j")
    desk.now += 100
    desk.change { $0[at("04:00.0")] = nil }
    #expect(desk.scene.inventory?[at("04:00.0")] != nil)
    #expect(desk.wakes == [desk.now + 50])
    desk.now += 40
    desk.send(.key(.character("j")))
    desk.wait(10)
    #expect(desk.scene.inventory?[at("04:00.0")] != nil)
    desk.wait(140)
    #expect(desk.scene.inventory?[at("04:00.0")] == nil)
  }

  @Test func `whoever keeps pressing keys waits a second at most`() {
    var desk = Desk()
    desk.type("j")
    desk.change { $0[at("04:00.0")] = nil }
    for _ in 0..<9 {
      desk.now += 100
      desk.send(.key(.character("j")))
    }
    #expect(desk.scene.inventory?[at("04:00.0")] != nil)
    desk.now += 100
    desk.send(.key(.character("k")))
    #expect(desk.scene.inventory?[at("04:00.0")] == nil)
  }

  @Test func `a warning is not held back by keys, and what moves no row is not either`() {
    var desk = Desk()
    desk.type("j")
    desk.change { $0[at("04:00.0")]?.driver = .absent }
    #expect(desk.scene.states[at("04:00.0")] == .free)
    desk.change { machine in
      machine[at("05:00.0")] = Machines.function("05:00.0", (1, 1), 0x02_0000, driver: "e1000", group: 14)
    }
    #expect(desk.scene.verdicts[GroupID(14)]?.state == .blocked)
    #expect(desk.scene.waiting.isEmpty)
  }

  @Test func `changes keep their order while they wait`() {
    var desk = Desk()
    desk.type("j")
    desk.change { $0[at("04:00.0")] = nil }
    desk.change { $0[at("02:02.0")]?.driver = .absent }
    desk.change { machine in
      machine[at("04:00.0")] = Machines.function(
        "04:00.0", (0x144d, 0xa80a), 0x01_0802, group: 15, below: "00:1c.0")
    }
    desk.wait(150)
    #expect(desk.scene.inventory?.functions == desk.machine.functions)
    #expect(desk.scene.gone.isEmpty)
  }

  @Test func `pause holds everything, and P again takes it in`() {
    var desk = Desk()
    desk.type("P")
    desk.now += 5000
    desk.change { $0[at("02:01.0")]?.driver = .value("vfio-pci") }
    desk.change { $0[at("04:00.0")] = nil }
    desk.wait(60_000)
    #expect(desk.scene.inventory == Machines.seed)
    #expect(desk.wakes.isEmpty)
    desk.type("P")
    #expect(desk.scene.inventory?.functions == desk.machine.functions)
    #expect(!desk.scene.isPaused)
  }

  @Test func `a console paused over night keeps no endless list`() {
    var desk = Desk()
    desk.type("P")
    for number in 0..<1000 {
      desk.now += 1000
      desk.change { $0[at("02:01.0")]?.driver = .value("driver\(number)") }
    }
    #expect(desk.scene.waiting.count <= Scene.mostWaiting)
    desk.type("P")
    #expect(desk.scene.inventory?[at("02:01.0")]?.driver == .value("driver999"))
  }

  @Test func `what a closer look finds out of a group is shown although keys are pressed`() {
    var desk = Desk()
    desk.type("j")
    var look = Difference()
    var group = Machines.seed[GroupID(15)] ?? Group(id: GroupID(15), members: [])
    group.details = GroupDetails()
    group.others = [OtherMember(name: "ACPI0003:00", driver: .absent)]
    look.groups = [group]
    desk.send(.difference(look, sources: []))
    #expect(desk.scene.inventory?[GroupID(15)] == group && desk.scene.waiting.isEmpty)
  }

  @Test func `a whole look is taken in as what it changes, and outdates what waits`() {
    var desk = Desk()
    desk.type("j")
    desk.change { $0[at("04:00.0")] = nil }
    let next = Machines.seed.changing { $0[at("02:02.0")]?.driver = .absent }
    desk.now += 1000
    desk.send(.inventory(next))
    #expect(desk.scene.inventory == next && desk.scene.waiting.isEmpty)
    #expect(desk.note == "02:02.0 driver sym53c8xx -> (none)")
  }

  @Test func `details are asked for once, for what is on screen, and again only when the device is another`() {
    var desk = Desk(Machines.many(64 - 8), rows: 20, columns: 80)
    desk.scene.asked = Scene.Asked()
    desk.send(.tick)
    let height = desk.scene.layout.deviceRows
    #expect(desk.wantedDetails == Set(desk.scene.rows.prefix(height).compactMap(\.address)))
    desk.send(.tick)
    #expect(desk.requests.isEmpty)
    desk.press(.pageDown)
    #expect(desk.wantedDetails?.isEmpty == false)
    let first = desk.machine.functions[0].address
    desk.change { $0[first]?.details = Details(path: "sys/devices/x") }
    #expect(desk.wantedDetails == nil && desk.scene.message == nil)
    desk.press(.home)
    #expect(desk.wantedDetails == nil)
  }

  @Test func `the selected group's members are looked at closely although they are off the screen`() {
    var functions = [Machines.function("00:00.0", (1, 1), 0x02_0000, group: 1)]
    for bus in 1..<100 {
      functions.append(
        Machines.function(Hex.text(bus, atLeast: 2) + ":00.0", (1, 1), 0x02_0000, group: UInt32(bus + 1)))
    }
    functions.append(Machines.function("f0:00.0", (1, 1), 0x02_0000, group: 1))
    let desk = Desk(Machines.inventory(functions), rows: 20, columns: 80)
    #expect(desk.scene.asked.details.contains(at("f0:00.0")))
    #expect(!desk.scene.asked.details.contains(at("63:00.0")))
  }

  @Test func `an idle console asks for nothing`() {
    var desk = Desk()
    desk.wait(100_000)
    #expect(desk.requests.isEmpty)
  }

  @Test func `a resize keeps the cursor on the screen at every size`() {
    var desk = Desk()
    desk.press(.end)
    for (rows, columns) in [(1, 1), (0, 0), (16, 60), (24, 80), (2, 300), (60, 200), (17, 61)] {
      desk.send(.resize(Size(rows: rows, columns: columns)))
      let height = desk.scene.layout.deviceRows
      #expect(desk.selected == at("00:1f.3"))
      if height > 0 { #expect((0..<height).contains(line(desk))) }
    }
  }
}
