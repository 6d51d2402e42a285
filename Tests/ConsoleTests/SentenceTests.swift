import Goldens
import Ownership
import Testing
import Topology

@testable import Console

/// Everything that is said about groups, in one golden: a change of a word is seen in review.
struct SentenceTests {
  private static func group(_ machine: Inventory, _ number: UInt32, asked: Bool = false) -> String {
    guard let group = machine[GroupID(number)] else { return "no group \(number)" }
    let judge = Judge(rules: .explicitLinux, asked: asked ? Set(group.members) : [])
    let verdict = judge.verdict(on: group, in: machine)
    var lines = [Sentences.verdict(verdict, of: group, in: machine)]
    lines.append(Sentences.verdict(verdict, of: group, in: machine, addresses: .short))
    lines += verdict.blockers.map { "- " + Sentences.blocker($0, in: machine) }
    lines += Sentences.next(verdict, of: group, in: machine)
    lines += Sentences.steps(verdict, of: group, in: machine, addresses: .short).map { "step: " + $0 }
    return lines.joined(separator: "\n")
  }

  private static func changed(_ number: UInt32, _ change: (inout Group) -> Void) -> Inventory {
    var machine = Pictured.seed
    guard var group = machine[GroupID(number)] else { return machine }
    change(&group)
    var difference = Difference()
    difference.groups = [group]
    machine.apply(difference)
    return machine
  }

  private static func changed(_ address: String, _ change: (inout Function) -> Void) -> Inventory {
    var machine = Pictured.seed
    guard var function = machine[Pictured.at(address)] else { return machine }
    change(&function)
    var difference = Difference()
    difference.functions = [function]
    machine.apply(difference)
    return machine
  }

  /// A controller that makes a domain, and a drive in it, of one group.
  private static let vmd: Inventory = {
    let controller = Pictured.function("00:0e.0", 0x8086, 0x467f, 0x010400, "vmd", group: 9)
    let drive = Function(
      address: Pictured.at("10000:e1:00.0"), parent: .function(controller.address),
      identity: .value(Identity(vendor: 0x144d, device: 0xa80a, classCode: ClassCode(0x010802))),
      driver: .value("nvme"), group: .value(GroupID(9)), driverOverride: .absent)
    return Inventory(
      functions: [controller, drive],
      groups: [Group(id: GroupID(9), members: [controller.address, drive.address])],
      host: HostFacts(kernelRelease: .value("6.12.95"), iommu: .on))
  }()

  static let cases: [(String, Inventory, UInt32, Bool)] = [
    ("blocked by one of three", Pictured.seed, 5, false),
    ("blocked by three, asked for here", Pictured.seed, 10, true),
    ("host-owned, alone", Pictured.seed, 15, false),
    (
      "host-owned, with virtual functions",
      changed("04:00.0") { $0.details?.virtualFunctions = .value(VirtualFunctions(enabled: .value(2), total: 7)) }, 15,
      false
    ),
    ("viable and bound", Pictured.seed, 14, false),
    ("viable, a port alone", Pictured.seed, 1, false),
    ("viable, a free device alone", Pictured.seed, 0, false),
    (
      "held", changed(14) { $0.holders = .value([Holder(process: 4711, command: "qemu\u{1b}", node: "/dev/vfio/14")]) },
      14, false
    ),
    ("driver unknown", changed("04:00.0") { $0.driver = .unknown(.deviceBusy) }, 15, false),
    (
      "firmware mapping",
      changed(14) { $0.reserved = .value([ReservedRegion(first: 0x7a00_0000, last: 0x7a0f_ffff, kind: .direct)]) }, 14,
      false
    ),
    (
      "a member that is no PCI device",
      changed(14) { $0.others = [OtherMember(name: "arm-smmu.1", driver: .value("uart"))] }, 14, false
    ),
    ("viable, a free endpoint alone", changed("04:00.0") { $0.driver = .absent }, 15, false),
    ("in a domain that another member makes", vmd, 9, false),
    ("a bridge that blocks", changed("01:00.0") { $0.driver = .value("shpchp") }, 5, false),
    ("what it carries was not read", changed("02:02.0") { $0.details = nil }, 5, false),
  ]

  @Test func `every sentence about groups is as its golden`() {
    let text = Self.cases.map { "== \($0.0)\n" + Self.group($0.1, $0.2, asked: $0.3) }.joined(separator: "\n\n")
    let outcome = Golden.check(text + "\n", "sentences.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `what is said of whole machines is as its golden`() {
    var lines = Sentences.noDevices(Pictured.empty.host) + [""]
    lines += Sentences.noDevices(HostFacts()) + [""]
    lines += Sentences.noGroups(Pictured.ungrouped.host) + [""]
    lines += Sentences.noGroups(HostFacts(iommu: .on)) + [""] + Sentences.noGroups(HostFacts()) + [""]
    let address = Pictured.at("10000:e1:00.0")
    for (link, directory) in [(1, 2), (nil, 2), (1, nil)] as [(UInt32?, UInt32?)] {
      let found = Disagreement(
        address: address, link: link.map { GroupID($0) }, directory: directory.map { GroupID($0) })
      lines.append(Sentences.disagreement(found))
    }
    let outcome = Golden.check(lines.joined(separator: "\n") + "\n", "sentences-machine.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `no sentence names a blocker without its address and driver`() {
    for (name, machine, number, asked) in Self.cases {
      guard let group = machine[GroupID(number)] else { continue }
      let judge = Judge(rules: .explicitLinux, asked: asked ? Set(group.members) : [])
      let verdict = judge.verdict(on: group, in: machine)
      let sentence = Sentences.verdict(verdict, of: group, in: machine)
      guard verdict.blockers.count <= 4 else { continue }
      for blocker in verdict.blockers {
        guard case .driver(let address, let driver) = blocker else { continue }
        #expect(sentence.contains(address.description) && sentence.contains(driver), "\(name): \(sentence)")
      }
    }
  }

  @Test(arguments: [
    ("00:00.0", "Host bridge 82G33/G31/P35/P31 Express DRAM"), ("00:01.0", "PCIe root port, bus 01"),
    ("02:01.0", "Ethernet 82540EM Gigabit"), ("02:02.0", "SCSI HBA 53c895a"), ("03:00.0", "VGA RTX A2000"),
    ("03:00.1", "HD Audio GA106"), ("04:00.0", "NVMe SSD PM9A1/PM9A3/980PRO"),
    ("00:1f.2", "SATA 82801IR/IO/IH (ICH9R/DO/DH) 6 port"), ("00:1f.3", "SMBus 82801I (ICH9 Family)"),
  ])
  func `a device is named by what tells it from its like`(address: String, name: String) {
    let function = Pictured.seed[Pictured.at(address)]
    #expect(function.map { DeviceText.name(of: $0, names: Pictured.names) } == name)
  }

  @Test func `a virtual function names the function it belongs to`() {
    var names = Pictured.names
    names.devices[0x8086_154c] = "Ethernet Virtual Function 700 Series"
    var function = Pictured.function("03:02.0", 0x8086, 0x154c, 0x020000, nil, group: 1)
    function.physicalFunction = Pictured.at("03:00.0")
    #expect(DeviceText.name(of: function, names: names) == "Ethernet 700 Series, VF of 03:00.0")
  }

  @Test func `without a name the vendor's name or the noun alone stands`() {
    let function = Pictured.function("03:02.0", 0x8086, 0xffff, 0x020000, nil, group: 1)
    #expect(DeviceText.name(of: function, names: Pictured.names) == "Ethernet [Intel Corporation]")
    #expect(DeviceText.name(of: function, names: Names()) == "Ethernet")
    #expect(DeviceText.fullName(of: function, names: Names()) == "vendor 8086 device ffff")
  }
}
