import Topology

/// Machines to look at in tests.
enum Machines {
  /// An address in domain 0, `02:01.0`, or a whole one. An unreadable one is a mistake in a test.
  static func at(_ text: String) -> Address {
    guard let address = Address(text.utf8.count < 12 ? "0000:" + text : text) else {
      preconditionFailure("no address: \(text)")
    }
    return address
  }

  /// A function as a listing reads it.
  static func function(
    _ address: String, _ ids: (UInt16, UInt16), _ classCode: UInt32, driver: String? = nil, group: UInt32? = nil,
    below: String? = nil, override: Known<String> = .absent
  ) -> Function {
    let place = at(address)
    return Function(
      address: place, parent: below.map { .function(at($0)) } ?? .root("pci0000:00"),
      identity: .value(Identity(vendor: ids.0, device: ids.1, classCode: ClassCode(classCode))),
      driver: driver.map { .value($0) } ?? .absent, group: group.map { .value(GroupID($0)) } ?? .absent,
      driverOverride: override)
  }

  /// Groups made of what the functions say.
  static func inventory(_ functions: [Function], names: Names = Names(), iommu: IOMMUState = .on) -> Inventory {
    var members: [GroupID: [Address]] = [:]
    for function in functions.sorted(by: { $0.address < $1.address }) {
      if let group = function.group.value { members[group, default: []].append(function.address) }
    }
    let groups = members.map { Group(id: $0.key, members: $0.value, reserved: .value([])) }
    let host = HostFacts(
      kernelRelease: .value("6.12.95"), commandLine: .value("quiet"), iommu: iommu, iommus: ["dmar0"])
    return Inventory(functions: functions, groups: groups, names: names, host: host)
  }

  /// The seed scene: a NIC and an HBA on the conventional bus of one PCIe-to-PCI bridge, beside the usual rest.
  static let seedFunctions: [Function] = [
    function("00:00.0", (0x8086, 0x29c0), 0x06_0000, group: 0),
    function("00:01.0", (0x8086, 0x3420), 0x06_0400, driver: "pcieport", group: 1),
    function("01:00.0", (0x104c, 0x8231), 0x06_0400, group: 5, below: "00:01.0"),
    function("02:01.0", (0x8086, 0x100e), 0x02_0000, driver: "e1000", group: 5, below: "01:00.0"),
    function("02:02.0", (0x1000, 0x0012), 0x01_0000, driver: "sym53c8xx", group: 5, below: "01:00.0"),
    function("00:02.0", (0x8086, 0x3422), 0x06_0400, driver: "pcieport", group: 8),
    function("03:00.0", (0x10de, 0x2531), 0x03_0000, driver: "vfio-pci", group: 14, below: "00:02.0"),
    function("03:00.1", (0x10de, 0x228e), 0x04_0300, driver: "vfio-pci", group: 14, below: "00:02.0"),
    function("00:1c.0", (0x8086, 0x3436), 0x06_0400, driver: "pcieport", group: 9),
    function("04:00.0", (0x144d, 0xa80a), 0x01_0802, driver: "nvme", group: 15, below: "00:1c.0"),
    function("00:1f.0", (0x8086, 0x2918), 0x06_0100, driver: "lpc_ich", group: 10),
    function("00:1f.2", (0x8086, 0x2922), 0x01_0601, driver: "ahci", group: 10),
    function("00:1f.3", (0x8086, 0x2930), 0x0c_0500, driver: "i801_smbus", group: 10),
  ]

  /// Names for the seed scene.
  static let seedNames = Names(
    vendors: [0x8086: "Intel Corporation", 0x1000: "Broadcom / LSI", 0x144d: "Samsung"],
    devices: [
      Names.key(vendor: 0x8086, device: 0x100e): "82540EM Gigabit Ethernet Controller",
      Names.key(vendor: 0x1000, device: 0x0012): "53c895a",
      Names.key(vendor: 0x144d, device: 0xa80a): "NVMe SSD Controller PM9A1",
    ])

  static let seed = inventory(seedFunctions, names: seedNames)

  /// A root without PCI.
  static let empty = Inventory(functions: [], groups: [], host: HostFacts(iommu: .unknown, hasPCI: false))

  /// The seed machine with its IOMMU switched off: no groups.
  static let noIOMMU = inventory(
    seedFunctions.map { function in
      var function = function
      function.group = .absent
      return function
    }, names: seedNames, iommu: .off)

  /// `count` endpoints with a host driver, each in a group of its own, eight to a root port.
  static func many(_ count: Int) -> Inventory {
    var functions: [Function] = []
    for index in 0..<count {
      let (port, slot) = (index / 8, index % 8)
      let (domain, bus) = (port / 200, port % 200)
      let prefix = Hex.text(domain, atLeast: 4) + ":"
      let above = prefix + "00:" + Hex.text(bus / 8, atLeast: 2) + ".\(bus % 8)"
      if slot == 0 {
        functions.append(
          function(above, (0x8086, 0x3420), 0x06_0400, driver: "pcieport", group: UInt32(100_000 + port)))
      }
      functions.append(
        function(
          prefix + Hex.text(bus + 1, atLeast: 2) + ":" + Hex.text(slot, atLeast: 2) + ".0", (0x8086, 0x1572), 0x02_0000,
          driver: "i40e", group: UInt32(index), below: above))
    }
    return inventory(functions)
  }

  /// Names, drivers and directories from somebody who means harm.
  static let hostile: Inventory = {
    var functions = [
      function("00:00.0", (0x6666, 1), 0x02_0000, driver: "\u{1b}[2Jevil", group: 1),
      function("00:01.0", (0x6666, 2), 0xff_ffff, driver: String(repeating: "x", count: 300), group: 1),
      function("00:02.0", (0x6666, 3), 0x03_0000, driver: "e\u{301}\u{301}\u{301}\u{301}", group: 4_294_967_295),
      function("10000:e1:00.0", (0x6666, 4), 0x01_0802, driver: "nvme", group: 2),
    ]
    functions.append(
      Function(
        address: at("00:03.0"), parent: .root("pci0000:00"), identity: .unknown(.malformed("\u{202e}pci:v")),
        driver: .unknown(.deviceBusy), group: .value(GroupID(1))))
    let names = Names(
      vendors: [0x6666: "\u{202e}rodnev"],
      devices: [
        Names.key(vendor: 0x6666, device: 1): "\u{1b}]0;owned\u{7}", Names.key(vendor: 0x6666, device: 2): "漢字 NIC",
        Names.key(vendor: 0x6666, device: 3): String(repeating: "long ", count: 100),
      ])
    return inventory(functions, names: names)
  }()
}

extension Inventory {
  /// The same machine with other functions; groups follow.
  func changing(_ edit: (inout [Address: Function]) -> Void) -> Inventory {
    var byAddress = Dictionary(uniqueKeysWithValues: functions.map { ($0.address, $0) })
    edit(&byAddress)
    return Machines.inventory(Array(byAddress.values), names: names, iommu: host.iommu)
  }
}
