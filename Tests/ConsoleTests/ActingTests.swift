import HostAccess
import Ownership
import Testing
import Topology

@testable import Console

@Suite struct ActingTests {
  // MARK: marks

  @Test func `a mark asks for its group: the host drivers in it turn into blockers`() {
    var desk = Desk()
    desk.go("02:01.0")
    #expect(desk.scene.verdicts[GroupID(5)]?.state == .hostOwned)
    desk.type(" ")
    #expect(desk.scene.marks.map(\.address) == [at("02:01.0")])
    #expect(desk.scene.verdicts[GroupID(5)]?.state == .blocked && desk.scene.states[at("02:02.0")] == .blocks)
    desk.type(" ")
    #expect(desk.scene.marks.isEmpty && desk.scene.verdicts[GroupID(5)]?.state == .hostOwned)
  }

  @Test func `v marks the whole group, again unmarks it, and V clears`() {
    var desk = Desk()
    desk.go("02:02.0")
    desk.type("v")
    #expect(Set(desk.scene.marks.map(\.address)) == [at("01:00.0"), at("02:01.0"), at("02:02.0")])
    desk.type("v")
    #expect(desk.scene.marks.isEmpty)
    desk.type("v")
    desk.go("04:00.0")
    desk.type(" V")
    #expect(desk.scene.marks.isEmpty)
    desk.type("V")
    #expect(desk.note == "nothing is marked")
  }

  @Test func `a mark whose device leaves is dropped, and that is said`() {
    var desk = Desk()
    desk.go("02:02.0")
    desk.type("v")
    desk.now += 1000
    desk.change { $0[at("02:01.0")] = nil }
    #expect(desk.note == "marks lost: 1" && desk.scene.marks.count == 2)
  }

  // MARK: the menu

  private func reasons(_ desk: Desk) -> [Action.ID: String] {
    let plain = desk.scene.menu().filter { $0.deed == nil }
    return Dictionary(
      uniqueKeysWithValues: plain.compactMap { item in
        item.action.flatMap { action in item.reason.map { (action, $0) } }
      })
  }

  @Test func `the menu lists what can be done, and what cannot with the reason`() {
    var desk = Desk()
    let bridges = "nothing has to be done: there are only bridges here, and none is in the way"
    #expect(
      reasons(desk) == [
        .clearMarks: "nothing is marked", .redo: "nothing was undone here",
        .copyShell: "group 0 is viable: nothing has to be freed",
        .planDefault: bridges, .bindDriver: bridges, .release: bridges,
      ])
    desk.go("02:02.0")
    #expect(reasons(desk) == [.clearMarks: "nothing is marked", .redo: "nothing was undone here"])
    #expect(desk.scene.menu().map(\.title).contains("Mark all 3 functions of group 5"))
    desk = Desk(Machines.noIOMMU)
    #expect(reasons(desk)[.markGroup] == "00:00.0 is in no IOMMU group")
    #expect(reasons(desk)[.copyCommand] == nil)
    desk = Desk(Machines.empty)
    #expect(reasons(desk)[.open] == "nothing is selected")
  }

  @Test func `the menu does what its line says`() {
    var desk = Desk()
    desk.go("02:02.0")
    desk.choose("Mark 02:02.0")
    #expect(desk.scene.marks.count == 1 && desk.scene.overlay == nil)
    desk.press(.function(9), .end, .enter)
    #expect(desk.requests.contains(.rescan))
    desk.press(.character("3"))
    desk.scene.menuSelected = desk.scene.menu().firstIndex { $0.action == .mark } ?? 0
    desk.press(.enter)
    #expect(desk.scene.marks.isEmpty)
  }

  // MARK: copying

  @Test func `c copies a command line, for the marks where there are some`() {
    var desk = Desk()
    desk.go("02:02.0")
    desk.type("cc")
    #expect(desk.copied == "viable check group:5\n")
    desk.type(" ")
    desk.go("04:00.0")
    desk.type(" cc")
    #expect(desk.copied == "viable check group:5 group:15\n")
    desk = Desk(Machines.noIOMMU)
    desk.type("cc")
    #expect(desk.copied == "viable show 0000:00:00.0\n")
  }

  @Test func `c s copies what check prints: what is lost as comments, then the command`() throws {
    var desk = Desk(Machines.seed.changing { $0[at("01:00.0")]?.driver = .value("shpchp") })
    desk.go("02:02.0")
    desk.type("cs")
    let copied = try #require(desk.copied).split(separator: "\n").map(String.init)
    let inventory = try #require(desk.scene.inventory)
    let (group, verdict) = try #require(
      inventory[GroupID(5)].flatMap { group in
        desk.scene.verdicts[group.id].map { (group, $0) }
      })
    #expect(copied == Sentences.next(verdict, of: group, in: inventory))
    #expect(
      copied.filter { !$0.hasPrefix("#") } == ["sudo viable assign group:5"])
    desk.go("03:00.0")
    desk.type("cs")
    #expect(desk.copied == nil && desk.note == "group 14 is viable: nothing has to be freed")
  }

  @Test func `what no command can free is said instead`() {
    func why(_ edit: (inout Group) -> Void) -> String? {
      var group = Group(id: GroupID(15), members: [at("04:00.0")], reserved: .value([]))
      edit(&group)
      let function = Machines.function("04:00.0", (1, 1), 0x01_0802, group: 15)
      var desk = Desk(Inventory(functions: [function], groups: [group]))
      desk.type("cs")
      return desk.note
    }
    #expect(
      why { $0.reserved = .value([ReservedRegion(first: 0x1000, last: 0x1fff, kind: .direct)]) }
        == "The mapping at 0x1000-0x1fff comes from firmware (RMRR, IVMD): only a firmware setting can lift it.")
    #expect(
      why { $0.holders = .value([Holder(process: 42, command: "qemu\u{7}", node: "/dev/vfio/15")]) }
        == "The group is free once qemu\\x07 (pid 42) has ended or closed it.")
    #expect(
      why { $0.others = [OtherMember(name: "ACPI0003:00", driver: .value("acpi"))] }
        == "ACPI0003:00 is no PCI device: take acpi off it below /sys/bus by hand.")
  }

  @Test func `c j copies the group's record in the words of the JSON`() {
    var desk = Desk()
    desk.go("02:02.0")
    desk.type("cj")
    #expect(
      desk.copied == """
        {"blockers":[{"address":"0000:02:01.0","driver":"e1000","reason":"host-driver"},\
        {"address":"0000:02:02.0","driver":"sym53c8xx","reason":"host-driver"}],"id":5,\
        "members":["0000:01:00.0","0000:02:01.0","0000:02:02.0"],"others":[],"schema":"viable/1",\
        "state":"host-owned","viable":false}

        """)
  }

  @Test func `y copies the whole line, Y the whole pane, and both are clean`() {
    var desk = Desk()
    desk.go("02:01.0")
    desk.type("y")
    #expect(desk.copied == "g5  0000:02:01.0  Ethernet 82540EM Gigabit Ethernet Controller  8086:100e  e1000  host\n")
    desk.type("Y")
    #expect(desk.copied?.split(separator: "\n").count == 13)
    var hostile = Desk(Machines.hostile)
    hostile.type("Y")
    let text = hostile.copied ?? ""
    #expect(text.split(separator: "\n").count == 5)
    #expect(
      text.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && $0.value != 0x202e && $0.value != 0x7f) })
  }

  @Test func `Y in a zoomed pane shows plain text and lets the mouse go until a key`() {
    var desk = Desk()
    desk.type("zY")
    #expect(desk.requests.contains(.mouse(false)) && desk.copied != nil)
    guard case .plainText(let text)? = desk.scene.overlay else {
      Issue.record("no plain text")
      return
    }
    #expect(text == desk.copied)
    let row = desk.scene.cursor.row
    desk.type("j")
    #expect(desk.scene.overlay == nil && desk.requests.contains(.mouse(true)) && desk.scene.cursor.row == row)
  }

  // MARK: the log

  @Test func `the log keeps the newest 2 000 lines, numbered from the first`() {
    var desk = Desk()
    for number in 0..<2500 { desk.send(.note(Note(.event, "event \(number)"))) }
    #expect(desk.scene.log.entries.count == 2000)
    #expect(desk.scene.log.entries.last?.number == 2501 && desk.scene.log.entries.first?.number == 502)
  }

  @Test func `the log shows one group, only errors, and follows unless somebody reads further up`() {
    var desk = Desk()
    desk.now += 1000
    desk.change { $0[at("02:02.0")]?.driver = .absent }
    desk.change { $0[at("04:00.0")]?.driver = .absent }
    desk.send(.note(Note(.error, "read /sys/x: EIO (5)")))
    desk.go("02:02.0")
    desk.press(.function(8), .character("i"))
    #expect(desk.scene.log.shown.map(\.note.text) == ["02:02.0 driver sym53c8xx -> (none)"])
    desk.type("i")
    desk.type("e")
    #expect(desk.scene.log.shown.map(\.note.text) == ["read /sys/x: EIO (5)"])
    desk.type("e")
    #expect(desk.scene.log.shown.count == desk.scene.log.entries.count && desk.scene.log.isFollowing)
    desk.type("k")
    #expect(!desk.scene.log.isFollowing)
    let read = desk.scene.lineText
    desk.send(.note(Note(.event, "more")))
    #expect(desk.scene.lineText == read)
    desk.type("G")
    #expect(desk.scene.log.isFollowing && desk.scene.lineText.hasSuffix("event more"))
    desk.press(.enter)
    #expect(desk.scene.log.expanded.count == 1)
    desk.press(.enter)
    #expect(desk.scene.log.expanded.isEmpty)
  }

  @Test func `S saves the log as JSON lines`() {
    var desk = Desk()
    desk.send(.note(Note(.event, "say \"hi\"\n\u{1}")))
    desk.press(.function(8), .character("S"))
    let saved = desk.requests.lazy.compactMap { request -> (String, String)? in
      if case .save(let text, let name) = request { (text, name) } else { nil }
    }.first
    #expect(saved?.1 == "log.jsonl")
    let lines = saved?.0.split(separator: "\n").map(String.init) ?? []
    #expect(lines.count == 2)
    #expect(
      lines.last == """
        {"schema":"viable/1","number":2,"time":"00:16:40.000","kind":"event","group":null,\
        "text":"say \\"hi\\"\\n\\u0001"}
        """)
  }
}
