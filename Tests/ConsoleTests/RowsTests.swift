import Ownership
import Testing
import Topology

@testable import Console

@Suite struct RowsTests {
  @Test func `the tree shows every function below what it hangs from`() {
    let desk = Desk()
    #expect(
      desk.addresses == [
        "00:00.0", "00:01.0", "01:00.0", "02:01.0", "02:02.0", "00:02.0", "03:00.0", "03:00.1", "00:1c.0", "04:00.0",
        "00:1f.0", "00:1f.2", "00:1f.3",
      ])
    #expect(desk.scene.rows.map(\.depth) == [0, 0, 1, 2, 2, 0, 1, 1, 0, 1, 0, 0, 0])
  }

  @Test func `brackets span a group from its first row to its last`() {
    let desk = Desk()
    let lanes = desk.scene.rows.map { $0.lanes.first ?? .none }
    #expect(
      lanes == [
        .none, .none, .first, .member, .last, .none, .first, .last, .none, .none, .first, .member, .last,
      ])
  }

  /// CONSOLE 2.2's picture: g3 runs past g5, and g9 finds no lane.
  @Test func `interleaved groups take lanes from the left, and the one too many overflows`() {
    let functions = [("00:00.0", 3), ("00:01.0", 9), ("00:02.0", 5), ("00:03.0", 9), ("00:04.0", 5), ("00:05.0", 3)]
    let machine = Machines.inventory(
      functions.map { Machines.function($0.0, (1, 1), 0x02_0000, group: UInt32($0.1)) })
    let standard = Desk(machine).scene.rows.map(\.lanes)
    #expect(
      standard == [
        [.first, .none], [.passing, .first], [.passing, .overflow], [.passing, .last], [.passing, .overflow],
        [.last, .none],
      ])
    let compact = Desk(machine, rows: 24, columns: 80).scene.rows.map(\.lanes)
    #expect(compact == [[.first], [.overflow], [.overflow], [.overflow], [.overflow], [.last]])
    let wide = Desk(machine, rows: 60, columns: 200).scene.rows.map(\.lanes)
    #expect(wide[2] == [.passing, .passing, .first])
  }

  @Test func `neighbouring brackets differ in colour, and a refresh keeps every colour`() {
    var desk = Desk()
    func colours() -> [Role] { [5, 14, 10].map { desk.scene.colour(of: GroupID($0)) } }
    let before = colours()
    #expect(Set(before).count == 3)
    #expect(desk.scene.colour(of: GroupID(0)) == .text)
    desk.change { machine in
      machine[at("00:00.1")] = Machines.function("00:00.1", (1, 2), 0x02_0000, group: 0)
    }
    #expect(colours() == before)
    #expect(Role.groups.contains(desk.scene.colour(of: GroupID(0))))
    #expect(desk.scene.colour(of: GroupID(0)) != before[0])
  }

  @Test func `fold and unfold are each other's inverse`() {
    var desk = Desk()
    desk.go("00:01.0")
    let before = desk.scene.rows
    desk.type("h")
    #expect(desk.scene.rows.count == before.count - 3)
    #expect(desk.scene.selectedRow?.isFolded == true && desk.scene.selectedRow?.foldedCount == 3)
    #expect(desk.selected == at("00:01.0"))
    desk.type("l")
    #expect(desk.scene.rows == before)
  }

  @Test func `at a leaf h goes to what it hangs from, and l goes below`() {
    var desk = Desk()
    desk.go("02:02.0")
    desk.type("h")
    #expect(desk.selected == at("01:00.0"))
    desk.type("l")
    #expect(desk.selected == at("02:01.0"))
  }

  @Test func `few groups fold nothing by themselves, many fold quiet singletons of each bridge`() {
    #expect(!Desk(Machines.many(64 - 8)).scene.rows.contains { $0.isFolded })
    let desk = Desk(Machines.many(512))
    let folds = desk.scene.rows.filter(\.isFolded)
    #expect(folds.count == 64 && folds.allSatisfy { $0.foldedCount == 8 })
    #expect(desk.scene.rows.count == 128)
    // The line has the corner of the last device it stands for.
    #expect(folds.allSatisfy { $0.depth == 1 && $0.isLast })
  }

  @Test func `opening a line of singletons shows them, and h at one of them folds them again`() {
    var desk = Desk(Machines.many(512))
    desk.press(.home, .down)
    let before = desk.scene.rows
    #expect(desk.scene.selectedRow?.isFolded == true)
    desk.type("l")
    #expect(desk.scene.rows.count == before.count + 7)
    #expect(desk.selected == at("01:00.0"))
    desk.type("jjh")
    #expect(desk.scene.rows == before)
    #expect(desk.scene.selectedRow?.stands(for: at("01:02.0")) == true)
  }

  @Test func `a singleton that somebody asked for does not stay folded`() {
    var desk = Desk(Machines.many(512))
    desk.change { $0[at("01:03.0")]?.driver = .value("vfio-pci") }
    #expect(desk.addresses.contains("01:03.0"))
    #expect(desk.scene.rows.contains { $0.foldedCount == 7 })
  }

  @Test func `the group list puts what needs attention first`() {
    var desk = Desk()
    desk.change { $0[at("02:01.0")]?.driver = .value("vfio-pci") }
    desk.press(.function(5))
    let heads = desk.scene.rows.compactMap { row -> UInt32? in
      if case .group(let group) = row.content { group.number } else { nil }
    }
    // Blocked, ready, host-owned by number, and last what interests nobody.
    #expect(heads == [5, 14, 10, 15, 0, 1, 8, 9])
    #expect(desk.addresses.prefix(3) == ["01:00.0", "02:01.0", "02:02.0"])
  }

  @Test func `the selected function is still selected in the group list and back in the tree`() {
    var desk = Desk()
    desk.go("04:00.0")
    desk.press(.function(5))
    #expect(desk.selected == at("04:00.0"))
    desk.press(.function(5))
    #expect(desk.selected == at("04:00.0"))
  }

  @Test func `functions without a group stand under a head of their own`() {
    var desk = Desk(Machines.noIOMMU)
    desk.press(.function(5))
    #expect(desk.scene.rows.first?.content == .ungrouped)
    #expect(desk.scene.rows.count == Machines.noIOMMU.functions.count + 1)
  }

  @Test(arguments: Sort.allCases)
  func `every order shows every function once, and equal ones by address`(_ sort: Sort) {
    var desk = Desk()
    while desk.scene.sort != sort { desk.type("s") }
    #expect(Set(desk.addresses).count == Machines.seed.functions.count)
    func key(_ address: Address) -> String {
      switch sort {
      case .driver: desk.scene.inventory?[address]?.driver.value ?? "~"
      case .group: Hex.text(desk.scene.inventory?[address]?.group.value?.number ?? .max, atLeast: 8)
      case .state: String(desk.scene.states[address]?.order ?? 9)
      case .address, .topology: ""
      }
    }
    guard sort != .topology else { return }
    let keys = desk.scene.rows.compactMap(\.address).map { key($0) + $0.description }
    #expect(keys == keys.sorted())
  }

  @Test func `an empty machine has no rows and takes every key`() {
    var desk = Desk(Machines.empty)
    #expect(desk.scene.rows.isEmpty)
    desk.type("jkhlGgg[]{}zvV nNyY")
    desk.press(.enter, .tab, .function(5), .function(6), .pageDown, .end)
    #expect(desk.scene.rows.isEmpty)
  }
}
