import Testing
import Topology

@testable import Ownership

/// Small worlds for the judge.
struct OneGroup {
  static func at(_ number: Int) -> Address { Address(domain: 0, bus: 2, device: UInt8(number), function: 0) }

  static func function(
    _ number: Int, _ driver: Known<DriverName>, classCode: UInt32 = 0x020000, override: Known<DriverName> = .absent
  ) -> Function {
    Function(
      address: at(number), parent: .root("pci0000:00"),
      identity: .value(Identity(vendor: 0x8086, device: 0x100e, classCode: ClassCode(classCode))), driver: driver,
      group: .value(GroupID(5)), driverOverride: override)
  }

  /// A verdict on one group with these members.
  static func verdict(
    _ functions: [Function], rules: RuleSet = .explicitLinux, asked: Set<Address> = [],
    _ change: (inout Group) -> Void = { _ in }
  ) -> Verdict {
    var group = Group(id: GroupID(5), members: functions.map(\.address), reserved: .value([]))
    change(&group)
    return Judge(rules: rules, asked: asked).verdict(on: group, in: Inventory(functions: functions, groups: [group]))
  }
}

/// What the documents say, written down case by case and without the code under test.
private enum Oracle {
  enum Driver: CaseIterable {
    case none, host, vfio, stub, port
    var known: Known<DriverName> {
      switch self {
      case .none: .absent
      case .host: .value("e1000e")
      case .vfio: .value("vfio-pci")
      case .stub: .value("pci-stub")
      case .port: .value("pcieport")
      }
    }
  }
  struct Member: Hashable {
    var driver: Driver
    var isBridge: Bool
    static let all = Driver.allCases.flatMap { driver in
      [Member(driver: driver, isBridge: false), Member(driver: driver, isBridge: true)]
    }
  }

  /// Who blocks: since 5.19 only drivers without `driver_managed_dma`, before it, and in the proposals of 2021,
  /// any driver of what is no bridge but pci-stub and vfio.
  static func blocks(under rules: RuleSet) -> Set<Member> {
    switch rules {
    case .explicitLinux, .iommufd:
      [Member(driver: .host, isBridge: false), Member(driver: .host, isBridge: true)]
    case .explicit2021, .implicitApril, .implicitRFC1, .implicitRFC2, .autoUnbind:
      [Member(driver: .host, isBridge: false), Member(driver: .port, isBridge: false)]
    }
  }

  static func device(_ member: Member, blocks: Bool, asked: Bool) -> DeviceState {
    if blocks { return asked ? .blocks : .host }
    switch member.driver {
    case .none: return .free
    case .vfio: return .vfio
    case .host, .stub, .port: return .exempt
    }
  }
}

@Suite struct JudgeTests {
  /// Every group of up to three members.
  private static let groups: [[Oracle.Member]] = {
    let ones = Oracle.Member.all.map { [$0] }
    let twos = ones.flatMap { group in Oracle.Member.all.map { group + [$0] } }
    let threes = twos.flatMap { group in Oracle.Member.all.map { group + [$0] } }
    return [[]] + ones + twos + threes
  }()

  @Test(arguments: RuleSet.allCases)
  func `every group of up to three members is judged as the documents say`(rules: RuleSet) {
    let blocking = Oracle.blocks(under: rules)
    #expect(Self.groups.count == 1111)
    for members in Self.groups {
      let functions = members.enumerated().map { number, member in
        OneGroup.function(number, member.driver.known, classCode: member.isBridge ? 0x060400 : 0x020000)
      }
      for marked in members.isEmpty ? [nil] : [nil, 0] {
        let verdict = OneGroup.verdict(functions, rules: rules, asked: Set(marked.map { [OneGroup.at($0)] } ?? []))
        let asking = members.indices.filter { $0 == marked || members[$0].driver == .vfio }
        let blocks = members.indices.filter { blocking.contains(members[$0]) }
        let blocked = !blocks.isEmpty
        let isInTheWay = { (member: Int) in asking.contains { $0 != member } }
        let state: GroupState = blocked ? (blocks.contains(where: isInTheWay) ? .blocked : .hostOwned) : .viable
        let blockers = members.enumerated().filter { blocking.contains($0.element) }.map { number, member in
          Blocker.driver(OneGroup.at(number), member.driver.known.value ?? "")
        }
        let devices = members.enumerated().map { number, member in
          Oracle.device(member, blocks: blocking.contains(member), asked: isInTheWay(number))
        }
        let isRight =
          verdict.state == state && verdict.isViable == !blocked && verdict.blockers == blockers
          && verdict.devices.map(\.state) == devices && verdict.unknowns.isEmpty
          && verdict.isAsked == !asking.isEmpty
        if !isRight { Issue.record("\(rules) \(members) asked \(asking): \(verdict)") }
      }
    }
  }

  // MARK: what else blocks

  @Test func `a bridge bound to shpchp blocks today and did not before 5,19`() {
    let functions = [
      OneGroup.function(0, .value("shpchp"), classCode: 0x060400), OneGroup.function(1, .value("vfio-pci")),
    ]
    let today = OneGroup.verdict(functions)
    #expect(today.state == .blocked && today.blockers == [.driver(OneGroup.at(0), "shpchp")])
    #expect(today.devices.map(\.state) == [.blocks, .vfio])
    let before = OneGroup.verdict(functions, rules: .explicit2021)
    #expect(before.state == .viable && before.devices.map(\.state) == [.exempt, .vfio])
  }

  @Test func `a direct region blocks today, and other regions never do`() {
    let region = { ReservedRegion(first: 0xfee0_0000, last: 0xfeef_ffff, kind: $0) }
    let free = [OneGroup.function(0, .absent)]
    let verdict = OneGroup.verdict(free) { $0.reserved = .value([region(.msi), region(.direct), region(.reserved)]) }
    #expect(verdict.state == .hostOwned && verdict.isViable == false)
    #expect(verdict.blockers == [.directRegion(region(.direct))])
    let harmless = OneGroup.verdict(free) {
      $0.reserved = .value([region(.msi), region(.directRelaxable), region(.reserved)])
    }
    #expect(harmless.isViable == true)
    #expect(
      OneGroup.verdict(free, asked: [OneGroup.at(0)]) { $0.reserved = .value([region(.direct)]) }.state == .blocked)
  }

  @Test func `before 5,19 a direct region blocks all but USB controllers and displays`() {
    let direct = ReservedRegion(first: 0x1000, last: 0x1fff, kind: .direct)
    let isViable = { (classes: [UInt32]) in
      OneGroup.verdict(
        classes.enumerated().map { OneGroup.function($0, .absent, classCode: $1) }, rules: .explicit2021
      ) { $0.reserved = .value([direct]) }.isViable
    }
    #expect(isViable([0x020000]) == false && isViable([0x010700, 0x0c0330]) == false)
    #expect(isViable([0x0c0330]) == true && isViable([0x030000, 0x038000]) == true)
  }

  @Test(arguments: [
    (Ignorance.refused(errno: 5), GroupState.unknown), (.malformed("0x1"), .unknown), (.needsRoot, .unknown),
    (.notRead, .viable), (.notRecorded, .viable),
  ])
  func `regions that could not be read leave the answer open, and regions that nobody read do not`(
    why: Ignorance, state: GroupState
  ) {
    let verdict = OneGroup.verdict([OneGroup.function(0, .absent)]) { $0.reserved = .unknown(why) }
    #expect(verdict.state == state && verdict.isViable == (state == .viable ? true : nil))
    #expect(verdict.unknowns == (state == .viable ? [] : [.init(.reservedRegions, why)]))
    let blocked = OneGroup.verdict([OneGroup.function(0, .value("nvme"))]) { $0.reserved = .unknown(why) }
    #expect(blocked.state == .hostOwned && blocked.isViable == false)
  }

  @Test func `who is asked for is in nobody's way but its own`() {
    let alone = OneGroup.verdict([OneGroup.function(0, .value("e1000e"), override: .value("vfio-pci"))])
    #expect(alone.state == .hostOwned && alone.devices.map(\.state) == [.host] && alone.isAsked)
    let pair = [OneGroup.function(0, .value("e1000e")), OneGroup.function(1, .value("ahci"))]
    let one = OneGroup.verdict(pair, asked: [OneGroup.at(0)])
    #expect(one.state == .blocked && one.devices.map(\.state) == [.host, .blocks])
    let both = OneGroup.verdict(pair, asked: [OneGroup.at(0), OneGroup.at(1)])
    #expect(both.state == .blocked && both.devices.map(\.state) == [.blocks, .blocks])
  }

  @Test func `whoever holds the group keeps everybody else out`() {
    let holder = Holder(process: 4711, command: "qemu-system-x86", node: "/dev/vfio/5")
    let verdict = OneGroup.verdict([OneGroup.function(0, .value("vfio-pci")), OneGroup.function(1, .absent)]) {
      $0.holders = .value([holder])
    }
    #expect(verdict.state == .owned && verdict.isViable == false)
    #expect(verdict.blockers == [.holder(holder)])
    #expect(verdict.devices.map(\.state) == [.open, .free])
    let blocked = OneGroup.verdict([OneGroup.function(0, .value("vfio-pci")), OneGroup.function(1, .value("nvme"))]) {
      $0.holders = .value([holder])
    }
    #expect(blocked.state == .owned)
    #expect(blocked.blockers == [.driver(OneGroup.at(1), "nvme"), .holder(holder)])
    #expect(
      OneGroup.verdict([OneGroup.function(0, .value("vfio-pci"))]) { $0.holders = .unknown(.needsRoot) }.isViable
        == true)
  }

  @Test func `a driver that cannot be read leaves the answer open, unless another blocks`() {
    let unknown = OneGroup.function(0, .unknown(.deviceBusy))
    let open = OneGroup.verdict([unknown, OneGroup.function(1, .absent)])
    #expect(open.state == .unknown && open.isViable == nil)
    #expect(open.unknowns == [.init(.driver(of: "0000:02:00.0"), .deviceBusy)])
    #expect(open.devices.map(\.state) == [.unknown, .free])
    let blocked = OneGroup.verdict([unknown, OneGroup.function(1, .value("nvme"))])
    #expect(blocked.state == .hostOwned && blocked.isViable == false && blocked.unknowns.count == 1)
  }

  @Test func `a member that is no PCI function counts too`() {
    let others = { (driver: Known<DriverName>) in
      OneGroup.verdict([OneGroup.function(0, .value("vfio-pci"))]) {
        $0.others = [OtherMember(name: "gpu0", driver: driver)]
      }
    }
    #expect(others(.value("panfrost")).blockers == [.otherDriver(device: "gpu0", "panfrost")])
    #expect(others(.value("panfrost")).state == .blocked)
    #expect(others(.value("vfio-platform")).isViable == true)
    #expect(others(.absent).isViable == true)
    #expect(others(.unknown(.notRecorded)).unknowns == [.init(.driver(of: "gpu0"), .notRecorded)])
  }

  @Test func `a member that vanished between two reads does not count`() {
    let verdict = OneGroup.verdict([OneGroup.function(0, .absent)]) { $0.members.append(OneGroup.at(9)) }
    #expect(verdict.devices.count == 1 && verdict.isViable == true)
  }

  // MARK: who asked

  @Test(arguments: [
    ("vfio-pci", true), ("mlx5_vfio_pci", true), ("pci-stub", true), ("e1000e", false), ("(null)", false), ("", false),
  ])
  func `an override that names an owner's driver asks for the group`(override: String, asks: Bool) {
    let verdict = OneGroup.verdict([
      OneGroup.function(0, .absent, override: .value(override)), OneGroup.function(1, .value("ahci")),
    ])
    #expect(verdict.state == (asks ? .blocked : .hostOwned))
    #expect(verdict.devices.map(\.state) == [.free, asks ? .blocks : .host])
  }

  @Test func `pci-stub alone asks for nothing, and neither does a mark elsewhere`() {
    let functions = [OneGroup.function(0, .value("pci-stub")), OneGroup.function(1, .value("ahci"))]
    #expect(OneGroup.verdict(functions).state == .hostOwned)
    #expect(OneGroup.verdict(functions, asked: [OneGroup.at(7)]).state == .hostOwned)
    #expect(OneGroup.verdict(functions, asked: [OneGroup.at(0)]).state == .blocked)
    #expect(OneGroup.verdict(functions, asked: [OneGroup.at(1)]).state == .hostOwned)
  }

  // MARK: names of drivers

  @Test func `every vfio driver of the kernel's list is one`() {
    for driver in [
      "vfio-pci", "mlx5_vfio_pci", "hisi_acc_vfio_pci", "nvgrace_gpu_vfio_pci", "pds_vfio_pci", "qat_vfio_pci",
      "virtio_vfio_pci",
    ] {
      for rules in RuleSet.allCases {
        #expect(rules.standing(of: OneGroup.function(0, .value(driver))) == .vfio(driver))
      }
    }
  }

  @Test(arguments: [
    "hisi-acc-vfio-pci", "xen-pciback", "uio_pci_generic", "igb_uio", "VFIO-PCI", "vfio-pci ", "", "my_vfio_pci",
  ])
  func `a driver that nobody knows blocks`(driver: String) {
    #expect(OneGroup.verdict([OneGroup.function(0, .value(driver))]).blockers == [.driver(OneGroup.at(0), driver)])
  }

  @Test func `an unknown driver with a vfio-dev directory is a vfio driver`() {
    var function = OneGroup.function(0, .value("my_vfio_pci"))
    function.details = Details(path: "sys/devices/pci0000:00/0000:02:00.0")
    #expect(RuleSet.explicitLinux.standing(of: function) == .host("my_vfio_pci"))
    function.details?.vfioDevice = .absent
    #expect(RuleSet.explicitLinux.standing(of: function) == .host("my_vfio_pci"))
    function.details?.vfioDevice = .value("vfio3")
    for rules in RuleSet.allCases { #expect(rules.standing(of: function) == .vfio("my_vfio_pci")) }
  }

  @Test func `a function without a group is never more than its driver`() {
    let judge = Judge(rules: .explicitLinux, asked: [OneGroup.at(0)])
    let states = Oracle.Driver.allCases.map { judge.state(ofUngrouped: OneGroup.function(0, $0.known)) }
    #expect(states == [.free, .host, .vfio, .exempt, .exempt])
  }
}

@Suite struct RuleSetTests {
  @Test(arguments: [
    ("6.12.95+deb12-amd64", 6, 12), ("5.19.0", 5, 19), ("5.19-rc1", 5, 19), ("5.4", 5, 4),
    ("4.18.0-553.el8.x86_64", 4, 18),
    ("10.0.1", 10, 0), ("6.1.0-13-rt-amd64", 6, 1),
  ])
  func `a release has two numbers that count`(release: String, major: Int, minor: Int) {
    #expect(KernelVersion(release) == KernelVersion(major: major, minor: minor))
  }

  @Test(arguments: [
    "", "6", "6.", ".1", "six.one", "6.x", "-5.4", "+5.4", " 5.4", "5. 4", "99999999999999999999.1", "².",
  ])
  func `what is no release is none`(release: String) {
    #expect(KernelVersion(release) == nil)
  }

  @Test func `versions are compared by number and not by letter`() {
    let releases = ["4.20", "5.2", "5.9", "5.10", "5.18.19", "5.19", "6.0", "6.12", "10.1"]
    let versions = releases.compactMap { KernelVersion($0) }
    #expect(versions.count == releases.count)
    #expect(versions.reversed().sorted() == versions)
  }

  @Test(arguments: [
    (Known.value("5.18.19"), RuleSet.explicit2021), (.value("5.9"), .explicit2021), (.value("4.19.0"), .explicit2021),
    (.value("5.19.0-rc1"), .explicitLinux), (.value("6.12"), .explicitLinux), (.value("garbage"), .explicitLinux),
    (.absent, .explicitLinux), (.unknown(.notRecorded), .explicitLinux),
  ])
  func `the kernel at hand chooses the rules, and without one today's hold`(release: Known<String>, rules: RuleSet) {
    #expect(RuleSet.inForce(on: release) == rules)
  }

  @Test func `errnos have names, and unknown ones keep their number`() {
    #expect("\(Errno(rawValue: 16))" == "EBUSY (16)")
    #expect("\(Errno(rawValue: 77))" == "EBADFD (77)")
    #expect("\(Errno(rawValue: 4711))" == "errno 4711")
    #expect("\(Errno(rawValue: -1))" == "errno -1")
  }
}
