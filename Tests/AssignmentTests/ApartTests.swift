import Assignment
import Goldens
import Testing
import Topology

/// What is said of two devices that are not in one group.
struct ApartTests {
  private static let pairs: [(String, WhyMachine, String, String)] = [
    ("a root port and a card below another", .seed, "00:03.0", "02:01.0"),
    ("two cards below a switch without ACS", .looseSwitch, "03:00.0", "04:00.0"),
    ("a downstream port and a card below its sibling", .looseSwitch, "02:00.0", "04:00.0"),
    ("the override", .override, "03:00.0", "03:00.1"), ("unexplained", .fine, "03:00.0", "03:00.1"),
    ("not read", .unread, "00:03.0", "02:01.0"),
    ("a virtual function and its physical one", .alone, "03:10.0", "03:00.0"),
    ("two chips", .alone, "00:02.0", "00:1e.0"), ("no group", groupless, "02:01.0", "00:03.0"),
  ]

  private static let groupless: WhyMachine = {
    var machine = WhyMachine.seed
    machine.groups[5] = ["01:00.0", "02:02.0"]
    return machine
  }()

  @Test func `every pair says what keeps it apart, or that nothing that can be relied on does`() {
    var text = ""
    for (title, machine, first, second) in Self.pairs {
      let apart = machine.witness.apart(WhyMachine.address(first), WhyMachine.address(second))
      text += "== \(title)\(apart.isAlarm ? " (alarm)" : "")\n\(apart.sentence)\n"
      for line in apart.evidence { text += "  evidence: \(line)\n" }
    }
    let outcome = Golden.check(text, "apart.txt")
    #expect(outcome.matches, "\(outcome)")
  }
}
