import Testing
import Topology

@testable import Console

@Suite struct FilterTests {
  /// Types a filter, and says which functions match by themselves.
  private func matches(_ text: String, in machine: Inventory = Machines.seed) -> [String] {
    var desk = Desk(machine)
    desk.press(.character("\\"))
    desk.type(text)
    desk.press(.enter)
    #expect(desk.scene.prompt == nil, "\(desk.scene.prompt?.complaint ?? "")")
    return desk.scene.rows.filter { !$0.isContext }.compactMap { $0.address?.short }
  }

  @Test(arguments: [
    ("class:ethernet", ["02:01.0"]),
    ("class:storage", ["02:02.0", "04:00.0", "00:1f.2"]),
    ("class:0106,0108", ["04:00.0", "00:1f.2"]),
    ("class:storage driver:!nvme", ["02:02.0", "00:1f.2"]),
    ("class:storage !driver:nvme,ahci", ["02:02.0"]),
    ("driver:none class:bridge", ["00:00.0", "01:00.0"]),
    ("group:5", ["01:00.0", "02:01.0", "02:02.0"]),
    ("group:g15,0", ["00:00.0", "04:00.0"]),
    ("group:none", []),
    ("state:vfio", ["03:00.0", "03:00.1"]),
    ("state:exempt,free", ["00:00.0", "00:01.0", "01:00.0", "00:02.0", "00:1c.0"]),
    ("state:host-owned class:display,network", ["02:01.0"]),
    ("id:10de", ["03:00.0", "03:00.1"]),
    ("id:8086:100e", ["02:01.0"]),
    ("id::a80a", ["04:00.0"]),
    ("bus:02", ["02:01.0", "02:02.0"]),
    ("bus:0000:4", ["04:00.0"]),
    ("numa:0", []),
    ("gigabit", ["02:01.0"]),
    ("GIGABIT", []),
    ("Samsung", ["04:00.0"]),
    ("02:01.0", ["02:01.0"]),
    ("8086:29", ["00:00.0", "00:1f.0", "00:1f.2", "00:1f.3"]),
    ("g14", ["03:00.0", "03:00.1"]),
    (
      "!pcieport !class:bridge !storage", ["02:01.0", "02:02.0", "03:00.0", "03:00.1", "04:00.0", "00:1f.2", "00:1f.3"]
    ),
  ])
  func `a filter finds what it says`(_ text: String, _ expected: [String]) {
    #expect(matches(text) == expected)
  }

  @Test(arguments: [
    ("colour:red", "no key colour; keys are class driver group state id bus numa"),
    ("group:x", "group: needs a number, not x"),
    ("state:dead", "no state dead"),
    ("id:zz", "id: needs vendor:device in hexadecimal, not zz"),
    ("id:1:2:3", "id: needs vendor:device in hexadecimal, not 1:2:3"),
    ("bus:gg", "bus: needs a bus in hexadecimal"),
    ("numa:-1", "numa: needs a node's number, not -1"),
    ("driver:", "driver: needs a value"),
    ("state:", "state: one of free exempt host"),
    ("driver:a,!b", "driver: one ! before all values is enough"),
    ("!", "! needs a word after it"),
  ])
  func `what is not understood is said, and the last good result stays`(_ text: String, _ complaint: String) {
    var desk = Desk()
    desk.press(.character("\\"))
    desk.type("class:storage ")
    let before = desk.scene.rows
    desk.send(.paste(text))
    #expect(desk.scene.prompt?.complaint?.hasPrefix(complaint) == true, "\(desk.scene.prompt?.complaint ?? "none")")
    #expect(desk.scene.rows == before)
    desk.press(.enter)
    #expect(desk.scene.prompt != nil)
  }

  @Test func `a group is shown whole, members that do not match marked as context, and the rest counted`() {
    var desk = Desk()
    desk.press(.character("\\"))
    desk.type("sym53c8xx")
    #expect(desk.addresses == ["01:00.0", "02:01.0", "02:02.0"])
    #expect(desk.scene.rows.map(\.isContext) == [true, true, false, false])
    #expect(desk.scene.rows.last?.content == .hidden(10))
  }

  @Test func `what was selected stays selected when half a word hid it for a while`() {
    var desk = Desk()
    desk.go("02:01.0")
    desk.press(.character("\\"))
    desk.type("zz")
    #expect(desk.selected == nil)
    desk.press(.control("u"))
    desk.type("driver:e1000")
    desk.press(.enter)
    #expect(desk.selected == Machines.at("02:01.0"))
  }

  @Test func `a filter that hides what was selected selects a function that it shows`() {
    var desk = Desk()
    desk.go("00:00.0")
    desk.press(.character("\\"))
    desk.type("zz")
    desk.press(.control("u"))
    desk.type("sym53c8xx")
    #expect(desk.selected == Machines.at("02:02.0"))
  }

  @Test func `a filter opens folds: nothing that matches stays hidden`() {
    var desk = Desk()
    desk.go("00:01.0")
    desk.type("h")
    desk.press(.character("\\"))
    desk.type("group:5")
    #expect(desk.addresses == ["01:00.0", "02:01.0", "02:02.0"])
    desk.press(.enter, .home)
    desk.type("h")
    #expect(desk.note == "while a filter is on, all is unfolded")
  }

  @Test func `Esc in the prompt brings back what was before, selection and all; Esc after it clears`() {
    var desk = Desk()
    desk.go("04:00.0")
    desk.press(.character("\\"))
    desk.type("group:5")
    #expect(desk.selected != at("04:00.0"))
    desk.press(.escape)
    #expect(!desk.scene.filter.isActive && desk.selected == at("04:00.0"))
    desk.press(.function(4))
    desk.type("nvme")
    desk.press(.enter)
    #expect(desk.scene.filter.isActive)
    desk.press(.escape)
    #expect(!desk.scene.filter.isActive && desk.scene.rows.count == 13)
  }

  @Test func `a change that ends a match keeps the selected row until the selection moves`() {
    var desk = Desk()
    desk.press(.character("\\"))
    desk.type("driver:nvme")
    desk.press(.enter, .home)
    #expect(desk.selected == at("04:00.0"))
    desk.now += 1000
    desk.change { $0[at("04:00.0")]?.driver = .absent }
    #expect(desk.selected == at("04:00.0") && desk.scene.selectedRow?.isContext == true)
  }

  @Test(arguments: [
    ("dr", "driver:"), ("state:fr", "state:free"), ("class:!sto", "class:!storage"), ("driver:ah", "driver:ahci"),
    ("nvme gr", "nvme group:"), ("state:host,vf", "state:host,vfio"), ("id:80", "id:80"),
    ("driver:i8", "driver:i801_smbus"),
    ("state:own", "state:owned"), ("xyz", "xyz"),
  ])
  func `Tab completes keys, states, classes and this machine's drivers`(_ typed: String, _ completed: String) {
    var desk = Desk()
    desk.press(.character("\\"))
    desk.type(typed)
    desk.press(.tab)
    #expect(desk.scene.prompt?.text == completed)
    #expect(desk.scene.prompt?.cursor == completed.count)
  }

  @Test func `Up brings back what was typed before, and Down the line that was being typed`() {
    var desk = Desk()
    for text in ["nvme", "group:5"] {
      desk.press(.character("\\"), .control("u"))
      desk.type(text)
      desk.press(.enter)
    }
    desk.press(.character("\\"), .control("u"))
    desk.type("ah")
    desk.press(.up)
    #expect(desk.scene.prompt?.text == "group:5")
    desk.press(.up, .up)
    #expect(desk.scene.prompt?.text == "nvme")
    desk.press(.down, .down, .down)
    #expect(desk.scene.prompt?.text == "ah")
  }

  @Test func `a line is edited where its cursor stands`() {
    var desk = Desk()
    desk.press(.character("/"))
    desk.type("abc def")
    desk.press(.control("w"))
    #expect(desk.scene.prompt?.text == "abc ")
    desk.press(.home, .delete, .right, .backspace)
    #expect(desk.scene.prompt?.text == "c ")
    desk.press(.end)
    desk.type("漢e")
    desk.send(.paste("\u{301}\u{1b}[2J\nx"))
    #expect(desk.scene.prompt?.text.contains("\u{1b}") == false)
    desk.press(.left, .backspace, .backspace)
    for _ in 0..<50 { desk.press(.backspace, .delete, .left, .right, .control("w")) }
    #expect(desk.scene.prompt?.text == "" && desk.scene.prompt?.cursor == 0)
  }

  @Test func `pasted words never run as commands`() {
    var desk = Desk()
    let before = desk.scene.rows
    desk.send(.paste(String(repeating: "q", count: 34)))
    #expect(desk.note == "ignored 34 pasted characters")
    #expect(!desk.requests.contains(.quit) && desk.scene.rows == before)
  }
}
