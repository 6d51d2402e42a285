import Testing
import Topology

@testable import Console

@Suite struct FindTests {
  @Test func `find moves while typing, Esc goes back, Enter stays`() {
    var desk = Desk()
    desk.press(.character("/"))
    desk.type("nvme")
    #expect(desk.selected == at("04:00.0"))
    desk.press(.escape)
    #expect(desk.selected == at("00:00.0"))
    desk.press(.character("/"))
    desk.type("nvme")
    desk.press(.enter)
    #expect(desk.selected == at("04:00.0") && desk.scene.find.text == "nvme")
  }

  @Test func `n and N go round, and say when they do`() {
    var desk = Desk()
    desk.press(.function(3))
    desk.type("vfio")
    desk.press(.enter)
    #expect(desk.selected == at("03:00.0"))
    desk.type("n")
    #expect(desk.selected == at("03:00.1") && desk.note == nil)
    desk.type("n")
    #expect(desk.selected == at("03:00.0") && desk.note == "wrapped")
    desk.type("N")
    #expect(desk.selected == at("03:00.1") && desk.note == "wrapped")
  }

  @Test func `what is nowhere is said, and the selection stays`() {
    var desk = Desk()
    desk.type("jj")
    desk.press(.character("/"))
    desk.type("floppy")
    #expect(desk.scene.prompt?.complaint == "not found: floppy")
    desk.press(.enter)
    #expect(desk.note == "not found: floppy" && desk.selected == at("01:00.0"))
    desk.type("n")
    #expect(desk.note == "not found: floppy" && desk.selected == at("01:00.0"))
  }

  @Test func `words that stand side by side on the screen are found together`() {
    var desk = Desk()
    desk.change { machine in
      machine[at("01:00.0")]?.details = Details(path: "sys/x")
      machine[at("01:00.0")]?.details?.secondaryBus = .value(2)
    }
    desk.press(.character("/"))
    desk.type("ethernet 82540em")
    #expect(desk.selected == at("02:01.0"))
    desk.press(.control("u"))
    desk.type(", bus 02")
    #expect(desk.selected == at("01:00.0"))
  }

  @Test func `without a search n says so`() {
    var desk = Desk()
    desk.type("n")
    #expect(desk.note == "nothing was searched for yet; / asks")
  }

  @Test func `a capital letter makes case count`() {
    var desk = Desk()
    desk.press(.character("/"))
    desk.type("samsung")
    #expect(desk.selected == at("04:00.0"))
    desk.press(.control("u"))
    desk.type("SAMSUNG")
    #expect(desk.scene.prompt?.complaint == "not found: SAMSUNG")
  }

  @Test func `find looks into folds and names what it found there`() {
    var desk = Desk()
    desk.go("00:01.0")
    desk.type("h")
    desk.press(.home, .character("/"))
    desk.type("sym53")
    desk.press(.enter)
    #expect(desk.selected == at("00:01.0") && desk.note == "02:02.0 is folded into this line; l opens it")
    desk.press(.home)
    desk.type("n")
    #expect(desk.selected == at("00:01.0") && desk.note == "02:02.0 is folded into this line; l opens it")
    var many = Desk(Machines.many(512))
    many.press(.character("/"))
    many.type("05:03.0")
    #expect(many.scene.selectedRow?.stands(for: at("05:03.0")) == true)
    many.press(.enter)
    #expect(many.note == "05:03.0 is folded into this line; l opens it")
  }

  @Test func `in the log find goes through the log`() {
    var desk = Desk()
    for number in 0..<20 { desk.send(.note(Note(.event, "event \(number % 10)"))) }
    desk.press(.function(8), .character("/"))
    desk.type("event 3")
    desk.press(.enter)
    let first = desk.scene.lineText
    #expect(first.hasSuffix("event 3"))
    desk.type("N")
    #expect(desk.scene.lineText.hasSuffix("event 3") && desk.scene.lineText != first)
    #expect(desk.selected == at("00:00.0"))
  }

  @Test func `over the help, find searches the help`() {
    var desk = Desk()
    desk.type("?/")
    desk.type("mark")
    #expect(desk.scene.overlay == .help(scroll: 0, search: "mark"))
    desk.press(.escape)
    #expect(desk.scene.overlay == .help(scroll: 0, search: ""))
  }
}
