import Goldens
import HostAccess
import Testing
import Topology

@testable import Console

struct LineModeTests {
  private func mode(_ machine: Inventory) -> (LineMode, [String]) {
    var mode = LineMode(
      Scene(
        place: Place(kind: .scenario, name: "nic-hba", isPrivileged: false), size: Size(rows: 24, columns: 80),
        glyphs: Glyphs(isASCII: true), themes: [], themeName: ""))
    let said = mode.take(machine, [], at: Pictured.noon)
    return (mode, said)
  }

  @Test func `a whole session reads as its golden`() {
    var (mode, said) = mode(Pictured.seed)
    var transcript = said
    for line in ["5", "g 5", "next", "find scsi", "filter SCSI", "", "filter", "99", "g 99", "nonsense", "help"] {
      transcript.append(LineMode.prompt + line)
      transcript += mode.receive(line: line).output
    }
    let outcome = Golden.check(transcript.joined(separator: "\n") + "\n", "line-mode.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `changes are told by lines that begin with change`() {
    var (mode, _) = mode(Pictured.seed)
    var machine = Pictured.seed
    var difference = Difference()
    if var hba = machine[Pictured.at("02:02.0")] {
      hba.driver = .absent
      difference.functions = [hba]
    }
    difference.goneFunctions = [Pictured.at("04:00.0")]
    machine.apply(difference)
    let told = mode.take(difference, sources: [.uevent], at: Moment(milliseconds: 9000, sinceMidnight: 43_460_000))
    #expect(told.allSatisfy { $0.hasPrefix("change: ") })
    #expect(told.contains("change: 02:02.0 SCSI HBA, driver is now none, and was sym53c8xx."))
    #expect(told.contains("change: Group 5 is now viable, and was NOT VIABLE."))
    #expect(told.contains("change: 04:00.0 NVMe SSD is gone from group 15."))
    #expect(mode.take(machine, [], at: Pictured.noon).isEmpty)
  }

  @Test(arguments: ["quit", "q", "exit"])
  func `quit ends`(word: String) {
    var (mode, _) = mode(Pictured.seed)
    #expect(mode.receive(line: word).quit)
    #expect(!mode.receive(line: "").quit)
  }

  @Test func `machines without devices or groups are told as such`() {
    #expect(mode(Pictured.empty).1.contains("No PCI devices: /sys/bus/pci is not there."))
    #expect(mode(Pictured.ungrouped).1.contains("No IOMMU groups: IOMMU is off."))
  }

  @Test func `what an answer needs is named before it is given`() {
    var functions = Pictured.seed.functions
    for index in functions.indices { functions[index].details = nil }
    let (mode, _) = mode(Pictured.machine(functions))
    #expect(mode.wanted(by: "g 5") == Set(["01:00.0", "02:01.0", "02:02.0"].map(Pictured.at)))
    #expect(mode.wanted(by: "help").isEmpty)
  }

  @Test func `long lists come in parts`() {
    var (mode, said) = mode(Pictured.crowd)
    #expect(said.count < 30)
    let next = mode.receive(line: "").output
    #expect(next.first?.hasPrefix("Device 21,") ?? false || next.first?.hasPrefix("Row 21,") ?? false)
  }
}
