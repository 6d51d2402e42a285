import HostAccess
import Ownership
import Topology

@testable import viable

/// Machines to report on, as values.
enum Machines {
  static func address(_ text: String) -> Address {
    guard let address = Address(text) else { fatalError("no address: \(text)") }
    return address
  }

  static func function(
    _ at: String, below parent: String = "pci0000:00", ids: (UInt16, UInt16), class code: UInt32,
    driver: Known<DriverName> = .absent, group: UInt32?, details: Details? = nil
  ) -> Function {
    Function(
      address: address(at), parent: Address(parent).map { .function($0) } ?? .root(parent),
      identity: .value(Identity(vendor: ids.0, device: ids.1, classCode: ClassCode(code))), driver: driver,
      group: group.map { .value(GroupID($0)) } ?? .absent, driverOverride: .absent, details: details)
  }

  static func place(_ name: String) -> Place { Place(kind: .image, name: name, isPrivileged: false) }

  static let names = Names(
    vendors: [0x8086: "Intel Corporation", 0x1000: "Broadcom / LSI", 0x1b36: "Red Hat, Inc."],
    devices: [
      Names.key(vendor: 0x8086, device: 0x100e): "82540EM Gigabit Ethernet Controller",
      Names.key(vendor: 0x1000, device: 0x0012): "53c895a",
    ])

  /// The seed scene, with the NIC released and the HBA still with its host driver.
  static let seed: Inventory = {
    var nic = function(
      "0000:02:01.0", below: "0000:01:00.0", ids: (0x8086, 0x100e), class: 0x020000, driver: .value("vfio-pci"),
      group: 5)
    nic.driverOverride = .value("vfio-pci")
    nic.details = details("sys/devices/pci0000:00/0000:00:03.0/0000:01:00.0/0000:02:01.0", vfio: "vfio0")
    var hba = function(
      "0000:02:02.0", below: "0000:01:00.0", ids: (0x1000, 0x0012), class: 0x010000, driver: .value("sym53c8xx"),
      group: 5)
    hba.details = details("sys/devices/pci0000:00/0000:00:03.0/0000:01:00.0/0000:02:02.0", disks: ["sda"])
    var group = Group(id: GroupID(5), members: ["0000:01:00.0", "0000:02:01.0", "0000:02:02.0"].map(address))
    group.reserved = .value([ReservedRegion(first: 0xfee0_0000, last: 0xfeef_ffff, kind: .msi)])
    var facts = GroupDetails()
    facts.type = .value("DMA-FQ")
    facts.node = .value(Node(path: "/dev/vfio/5", owner: 0, group: 64, mode: 0o660))
    group.details = facts
    return Inventory(
      functions: [
        function("0000:00:00.0", ids: (0x8086, 0x29c0), class: 0x060000, group: 0),
        function("0000:00:03.0", ids: (0x1b36, 0x000c), class: 0x060400, driver: .value("pcieport"), group: 2),
        function("0000:00:1f.2", ids: (0x8086, 0x2922), class: 0x010601, driver: .value("ahci"), group: 4),
        function("0000:01:00.0", below: "0000:00:03.0", ids: (0x1b36, 0x000e), class: 0x060400, group: 5),
        nic, hba,
      ],
      groups: [
        Group(id: GroupID(0), members: [address("0000:00:00.0")], reserved: .value([])),
        Group(id: GroupID(2), members: [address("0000:00:03.0")], reserved: .value([])),
        Group(id: GroupID(4), members: [address("0000:00:1f.2")], reserved: .value([])),
        group,
      ],
      names: names, host: HostFacts(kernelRelease: .value("6.12.95"), iommu: .on, iommus: ["dmar0"]))
  }()

  static func details(_ path: String, vfio: String? = nil, disks: [String] = [], interfaces: [String] = []) -> Details {
    var details = Details(path: path)
    details.revision = .value(0x03)
    details.port = .value(.conventional)
    details.secondaryBus = .absent
    details.numaNode = .absent
    details.powerState = .value("D0")
    details.runtimeStatus = .value("active")
    details.virtualFunctions = .absent
    details.vfioDevice = vfio.map { .value($0) } ?? .absent
    details.deviceNode = .absent
    details.interfaces = .value(interfaces)
    details.disks = .value(disks)
    return details
  }

  static let empty = Inventory(
    functions: [], groups: [], host: HostFacts(kernelRelease: .value("6.12.95"), iommu: .off))

  static let withoutPCI = Inventory(
    functions: [], groups: [], host: HostFacts(kernelRelease: .absent, iommu: .unknown, hasPCI: false))

  static let withoutIOMMU = Inventory(
    functions: [
      function("0000:00:00.0", ids: (0x8086, 0x29c0), class: 0x060000, group: nil),
      function("0000:00:02.0", ids: (0x8086, 0x100e), class: 0x020000, driver: .value("e1000"), group: nil),
    ],
    groups: [], names: names,
    host: HostFacts(
      kernelRelease: .value("6.12.95"), commandLine: .value("root=/dev/sda1 quiet"), iommu: .off))

  /// A domain made by VMD below its controller, a PF with VFs, a group with a firmware mapping, one that a process
  /// holds, one with a device that is no PCI function, an empty one and functions without a group.
  static let rich: Inventory = {
    func vf(_ at: String, driver: Known<DriverName>, group: UInt32) -> Function {
      var vf = function(at, ids: (0x8086, 0x154c), class: 0x020000, driver: driver, group: group)
      vf.physicalFunction = address("0000:3b:00.0")
      return vf
    }
    let holder = Holder(process: 4711, command: "qemu-system-x86", node: "/dev/vfio/21")
    return Inventory(
      functions: [
        function("0000:00:0e.0", ids: (0x8086, 0x467f), class: 0x010400, driver: .value("vmd"), group: 9),
        function(
          "10000:e0:06.0", below: "0000:00:0e.0", ids: (0x8086, 0x09ab), class: 0x060400,
          driver: .value("pcieport"), group: 9),
        function(
          "10000:e1:00.0", below: "10000:e0:06.0", ids: (0x144d, 0xa80a), class: 0x010802,
          driver: .value("nvme"), group: 9),
        function("0000:3b:00.0", ids: (0x8086, 0x1572), class: 0x020000, driver: .value("i40e"), group: 20),
        vf("0000:3b:02.0", driver: .value("vfio-pci"), group: 21),
        vf("0000:3b:02.1", driver: .absent, group: 22),
        function("0000:00:14.0", ids: (0x8086, 0xa36d), class: 0x0c0330, group: 23),
        function("0000:00:16.0", ids: (0x8086, 0xa360), class: 0x078000, group: nil),
        function("0000:00:1d.0", ids: (0x8086, 0xa330), class: 0x060400, driver: .value("shpchp"), group: 25),
      ],
      groups: [
        Group(id: GroupID(9), members: ["0000:00:0e.0", "10000:e0:06.0", "10000:e1:00.0"].map(address)),
        Group(id: GroupID(20), members: [address("0000:3b:00.0")]),
        Group(id: GroupID(21), members: [address("0000:3b:02.0")], holders: .value([holder])),
        Group(id: GroupID(22), members: [address("0000:3b:02.1")]),
        Group(
          id: GroupID(23), members: [address("0000:00:14.0")],
          reserved: .value([ReservedRegion(first: 0x7b80_0000, last: 0x7bff_ffff, kind: .direct)])),
        Group(id: GroupID(24), members: [], others: [OtherMember(name: "arm-smmu-v3.0.auto", driver: .value("pmu"))]),
        Group(id: GroupID(25), members: [address("0000:00:1d.0")]),
        Group(id: GroupID(26), members: []),
      ],
      names: names, host: HostFacts(kernelRelease: .value("6.12.95"), iommu: .on, iommus: ["dmar0", "dmar1"]),
      disagreements: [Disagreement(address: address("0000:00:16.0"), link: GroupID(20), directory: nil)])
  }()

  /// Names that would take over a terminal, and wide, combining and bidirectional ones.
  static let hostile: Inventory = {
    var disk = function(
      "0000:00:04.0", ids: (0x6666, 0x0001), class: 0x010802, driver: .value("evil\u{1b}[2J\"\\\n"), group: 7)
    disk.details = details("sys/devices/\u{1b}]0;pwned\u{7}", disks: ["sd\u{202e}a"], interfaces: ["\u{301}eth"])
    let names = Names(
      vendors: [0x6666: "Evil\u{1b}[31m Corp \u{202e}", 0x6667: "\u{4e2d}\u{6587} \"quoted\" \\ slash/"],
      devices: [
        Names.key(vendor: 0x6666, device: 1): "SSD\u{7}\r\n[x\u{9b}y]",
        Names.key(vendor: 0x6667, device: 2): "\u{5bbd}\u{5b57}\u{7b26} e\u{301}\u{302}\u{303}\u{304}",
      ])
    return Inventory(
      functions: [
        disk, function("0000:00:05.0", ids: (0x6667, 2), class: 0x030000, driver: .value("\u{9a71}\u{52a8}"), group: 8),
      ],
      groups: [
        Group(
          id: GroupID(7), members: [address("0000:00:04.0")],
          others: [
            OtherMember(name: "dev\u{1b}[H", driver: .absent)
          ]),
        Group(id: GroupID(8), members: [address("0000:00:05.0")]),
      ],
      names: names, host: HostFacts(kernelRelease: .value("6\u{1b}c"), iommu: .on, iommus: ["dm\u{1b}ar"]))
  }()

  /// Every fact out of reach, each for another reason.
  static let unknown: Inventory = {
    var lost = Function(address: address("0000:00:02.0"), parent: .root("pci0000:00"))
    lost.identity = .unknown(.malformed("pci:v0000"))
    lost.driver = .unknown(.deviceBusy)
    lost.group = .value(GroupID(3))
    var ungrouped = function("0000:00:03.0", ids: (0x8086, 0x100e), class: 0x020000, group: nil)
    ungrouped.group = .unknown(.refused(errno: 5))
    var details = Details(path: "sys/devices/pci0000:00/0000:00:02.0")
    details.port = .unknown(.needsRoot)
    details.powerState = .unknown(.suspended)
    lost.details = details
    return Inventory(
      functions: [lost, ungrouped],
      groups: [
        Group(
          id: GroupID(3), members: [address("0000:00:02.0")], reserved: .unknown(.notRecorded),
          holders: .unknown(.needsRoot))
      ],
      names: names, host: HostFacts(kernelRelease: .unknown(.notRecorded), iommu: .unknown))
  }()

  /// All of them, by the names that their goldens bear.
  static let all: [(name: String, inventory: Inventory)] = [
    ("seed", seed), ("empty", empty), ("no-pci", withoutPCI), ("no-iommu", withoutIOMMU), ("rich", rich),
    ("hostile", hostile), ("unknown", unknown),
  ]

  static func survey(_ name: String) -> Survey {
    let inventory = all.first { $0.name == name }?.inventory ?? empty
    return Survey(place(name), inventory)
  }

  static let allNames = all.map(\.name)
}
