import Assignment
import Goldens
import Testing
import Topology

/// What is said of resets: what they hit, whose it is, and whether there is another way.
struct ReachTests {
  private func at(_ text: String) -> Address { WhyMachine.address(text) }

  /// The seed scene with drivers, a card of two functions in two groups, and one with virtual functions.
  private var machine: Inventory {
    func function(
      _ address: String, below: String? = nil, _ code: UInt32 = 0x020000, ids: (UInt16, UInt16) = (0x8086, 0x100e),
      driver: DriverName? = nil, group: Known<GroupID>, virtualOf: String? = nil
    ) -> Function {
      Function(
        address: at(address), parent: below.map { .function(at($0)) } ?? .root("pci0000:00"),
        identity: .value(Identity(vendor: ids.0, device: ids.1, classCode: ClassCode(code))),
        driver: driver.map { .value($0) } ?? .absent, group: group, physicalFunction: virtualOf.map(at))
    }
    func id(_ number: UInt32) -> Known<GroupID> { .value(GroupID(number)) }
    let functions = [
      function("00:03.0", 0x060400, group: id(2)), function("01:00.0", below: "00:03.0", 0x060400, group: id(5)),
      function("02:01.0", below: "01:00.0", driver: "e1000", group: id(5)),
      function("02:02.0", below: "01:00.0", 0x010000, driver: "sym53c8xx", group: id(5)),
      function("00:04.0", 0x060400, group: id(6)),
      function("04:00.0", below: "00:04.0", driver: "vfio-pci", group: id(7)),
      function("04:00.1", below: "00:04.0", driver: "ixgbe", group: id(8)),
      function("00:05.0", 0x060400, group: id(9)),
      function("05:00.0", below: "00:05.0", driver: "nvme", group: id(10)),
      function("05:00.1", below: "00:05.0", group: id(11), virtualOf: "05:00.0"),
      function("00:06.0", 0x060400, group: id(12)),
      function("06:00.0", below: "00:06.0", 0x028000, ids: (0x168c, 0x0030), driver: "ath9k", group: id(13)),
      function("00:1f.2", 0x010601, driver: "ahci", group: id(4)),
      function("00:07.0", 0x060400, group: id(14)),
      function("07:00.0", below: "00:07.0", driver: "xhci_hcd", group: .unknown(.deviceBusy)),
      function("07:01.0", below: "00:07.0", 0x060400, group: id(15)),
      function("08:00.0", below: "07:01.0", group: .absent),
    ]
    let groups = Set(functions.compactMap(\.group.value)).map { group in
      Group(id: group, members: functions.filter { $0.group.value == group }.map(\.address).sorted())
    }
    return Inventory(functions: functions, groups: groups, host: HostFacts(iommu: .on))
  }

  private static let cases: [(String, Known<[ResetMethod]>)] = [
    ("02:01.0", .value([.bus])), ("02:02.0", .value([.power, .bus])), ("04:00.0", .value([.bus])),
    ("04:00.0", .value([.functionLevel, .bus])), ("04:00.0", .unknown(.needsRoot)),
    ("05:00.0", .value([.functionLevel])),
    ("05:00.1", .value([.functionLevel])), ("06:00.0", .absent), ("06:00.0", .value([.deviceSpecific])),
    ("00:1f.2", .absent), ("00:1f.2", .value([.advancedFeatures])), ("07:00.0", .absent),
    ("08:00.0", .unknown(.notRecorded)),
  ]

  @Test func `every reset says what it hits, whose that is, and what else there is`() throws {
    let machine = machine
    let witness = Witness(machine, Ties(machine, []))
    var text = ""
    for (address, methods) in Self.cases {
      let reset = try #require(ResetReach(of: at(address), in: machine, methods: methods))
      let reach = witness.reach(reset)
      text +=
        "\(address)\(reach.isAlarm ? " (alarm)" : "")\n  \(reach.own)\n  \(reach.bus)\n  bus reset: \(reach.brief)\n"
    }
    let outcome = Golden.check(text, "reach.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `a reset that reaches beyond the group is a finding, as grave as there is no other way`() throws {
    let machine = machine
    let given = at("04:00.0")
    func findings(_ methods: Known<[ResetMethod]>, of address: Address) throws -> [Finding] {
      let reset = try #require(ResetReach(of: address, in: machine, methods: methods))
      return Findings.on([address], Burden(carried: []), in: machine, resets: [reset])
    }
    let alone = try findings(.value([.functionLevel, .bus]), of: given)
    #expect(alone.map(\.severity) == [.low] && alone.map(\.kind) == [.resetReach])
    let never = try findings(.value([.bus]), of: given)
    #expect(never.map(\.severity) == [.medium])
    let unknown = try findings(.unknown(.needsRoot), of: given)
    #expect(unknown.map(\.severity) == [.medium])
    let text = (alone + never + unknown).map { $0.text + "\n" }.joined()
    let outcome = Golden.check(text, "reach-findings.txt")
    #expect(outcome.matches, "\(outcome)")
    // Inside the group nobody else is hit; a bus that is never reset hits nobody.
    #expect(try findings(.absent, of: at("02:01.0")).isEmpty)
    #expect(try findings(.absent, of: at("06:00.0")).isEmpty)
    #expect(try findings(.absent, of: at("00:1f.2")).isEmpty)
  }
}
