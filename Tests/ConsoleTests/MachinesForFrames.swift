import Assignment
import HostAccess
import Topology

@testable import Console

/// Machines as values, for pictures of them.
enum Pictured {
  static let noon = Moment(milliseconds: 1000, sinceMidnight: 43_451_203)

  static func at(_ text: String) -> Address {
    guard let address = Address(text.contains(":") && text.utf8.count > 8 ? text : "0000:" + text) else {
      preconditionFailure("no address: \(text)")
    }
    return address
  }

  /// One function in a line: address, ids, class, driver, group, what it hangs below.
  static func function(
    _ address: String, _ vendor: UInt16, _ device: UInt16, _ code: UInt32, _ driver: String?, group: UInt32?,
    below: String? = nil, port: PortType? = nil, bus: UInt8? = nil, disks: [String] = [], interfaces: [String] = []
  ) -> Function {
    var details = Details(path: "sys/devices/pci0000:00/" + (below.map { "0000:\($0)/" } ?? "") + "0000:" + address)
    details.revision = .value(3)
    details.port = port.map { .value($0) } ?? .value(.express(0))
    details.secondaryBus = bus.map { .value($0) } ?? .absent
    details.numaNode = .value(0)
    details.powerState = .value("D0")
    details.runtimeStatus = .value("active")
    details.virtualFunctions = .absent
    details.vfioDevice = driver == "vfio-pci" ? .value("vfio0") : .absent
    details.deviceNode = .absent
    details.disks = .value(disks)
    details.interfaces = .value(interfaces)
    return Function(
      address: at(address), parent: below.map { .function(at($0)) } ?? .root("pci0000:00"),
      identity: .value(
        Identity(
          vendor: vendor, device: device, subsystemVendor: 0x1af4, subsystemDevice: 0x1100, classCode: ClassCode(code))),
      driver: driver.map { .value($0) } ?? .absent, group: group.map { .value(GroupID($0)) } ?? .absent,
      driverOverride: driver == "vfio-pci" ? .value("vfio-pci") : .absent, details: details)
  }

  static func groups(of functions: [Function]) -> [Group] {
    var members: [GroupID: [Address]] = [:]
    for function in functions {
      if let group = function.group.value { members[group, default: []].append(function.address) }
    }
    return members.map { id, members in
      var details = GroupDetails()
      details.type = .value("DMA-FQ")
      let isOpenable = functions.contains { $0.group.value == id && $0.driver == .value("vfio-pci") }
      details.node = isOpenable ? .value(Node(path: "/dev/vfio/\(id)", owner: 0, group: 64, mode: 0o660)) : .absent
      let msi = ReservedRegion(first: 0xfee0_0000, last: 0xfeef_ffff, kind: .msi)
      return Group(id: id, members: members.sorted(), reserved: .value([msi]), details: details)
    }
  }

  static let names = Names(
    vendors: [
      0x8086: "Intel Corporation", 0x1000: "Broadcom / LSI", 0x10de: "NVIDIA Corporation",
      0x144d: "Samsung Electronics Co Ltd", 0x1b36: "Red Hat, Inc.",
    ],
    devices: [
      0x8086_29c0: "82G33/G31/P35/P31 Express DRAM Controller", 0x8086_100e: "82540EM Gigabit Ethernet Controller",
      0x1000_0012: "53c895a", 0x10de_2531: "GA106 [RTX A2000]", 0x10de_228e: "GA106 High Definition Audio Controller",
      0x144d_a80a: "NVMe SSD Controller PM9A1/PM9A3/980PRO", 0x8086_2918: "82801IB (ICH9) LPC Interface Controller",
      0x8086_2922: "82801IR/IO/IH (ICH9R/DO/DH) 6 port SATA Controller [AHCI mode]",
      0x8086_2930: "82801I (ICH9 Family) SMBus Controller", 0x1b36_000c: "QEMU PCIe Root port",
      0x8086_2934: "82801I (ICH9 Family) USB UHCI Controller #1",
    ])

  static let host = HostFacts(
    kernelRelease: .value("6.12.95+deb12-amd64"), commandLine: .value("root=/dev/sda1 intel_iommu=on"), iommu: .on,
    iommus: ["dmar0"])

  /// NIC given to userspace, HBA still with the host, both behind one bridge: group 5 is not viable.
  static let seed = machine([
    function("00:00.0", 0x8086, 0x29c0, 0x060000, nil, group: 0),
    function("00:01.0", 0x1b36, 0x000c, 0x060400, "pcieport", group: 1, port: .express(4), bus: 1),
    function("01:00.0", 0x1b36, 0x000e, 0x060400, nil, group: 5, below: "00:01.0", port: .express(7), bus: 2),
    function("02:01.0", 0x8086, 0x100e, 0x020000, "vfio-pci", group: 5, below: "01:00.0", port: .conventional),
    function(
      "02:02.0", 0x1000, 0x0012, 0x010000, "sym53c8xx", group: 5, below: "01:00.0", port: .conventional, disks: ["sda"]),
    function("00:02.0", 0x1b36, 0x000c, 0x060400, "pcieport", group: 8, port: .express(4), bus: 3),
    function("03:00.0", 0x10de, 0x2531, 0x030000, "vfio-pci", group: 14, below: "00:02.0"),
    function("03:00.1", 0x10de, 0x228e, 0x040300, "vfio-pci", group: 14, below: "00:02.0"),
    function("00:1c.0", 0x1b36, 0x000c, 0x060400, "pcieport", group: 9, port: .express(4), bus: 4),
    function("04:00.0", 0x144d, 0xa80a, 0x010802, "nvme", group: 15, below: "00:1c.0", disks: ["nvme0n1"]),
    function("00:1d.0", 0x8086, 0x2934, 0x0c0300, "uhci_hcd", group: 21),
    function("00:1f.0", 0x8086, 0x2918, 0x060100, "lpc_ich", group: 10),
    function("00:1f.2", 0x8086, 0x2922, 0x010601, "ahci", group: 10, disks: ["sdb", "sdc"]),
    function("00:1f.3", 0x8086, 0x2930, 0x0c0500, "i801_smbus", group: 10),
  ])

  static func machine(_ functions: [Function], host: HostFacts = host) -> Inventory {
    Inventory(functions: functions, groups: groups(of: functions), names: names, host: host)
  }

  /// Every group explained; root ports and bridges isolate, other functions of one slot do not.
  static func explained(_ machine: Inventory) -> [GroupID: Explained] {
    let ties = Ties(machine, ports(of: machine))
    let witness = Witness(machine, ties)
    let resets = machine.functions.compactMap { function -> ResetReach? in
      function.leadsToABus ? nil : ResetReach(of: function.address, in: machine, methods: .value([.bus]))
    }
    return Dictionary(
      uniqueKeysWithValues: ties.groups.map { group in
        (group.id, Explained(group, by: witness, resets: resets.filter { group.members.contains($0.address) }))
      })
  }

  /// What the console is answered when it asks "what if".
  static func answer(_ question: Supposition.Question, _ machine: Inventory) -> Supposition {
    let ports = ports(of: machine)
    return Supposition(question, WhatIf(machine, ports), by: Witness(machine, Ties(machine, ports)))
  }

  private static func ports(of machine: Inventory) -> [PortFacts] {
    let slots = Dictionary(grouping: machine.functions) { $0.address.packed >> 3 }
    return machine.functions.map { function in
      let usual: PortType = function.leadsToABus ? .express(4) : .express(0)
      return PortFacts(
        address: function.address, parent: function.parent, leadsToABus: function.leadsToABus,
        type: function.details?.port.value ?? usual,
        isMultifunction: (slots[function.address.packed >> 3]?.count ?? 0) > 1,
        acs: function.leadsToABus ? ACS(capability: 0x1d, control: 0x1d) : nil)
    }
  }

  /// No PCI at all.
  static let empty = Inventory(
    functions: [], groups: [], host: HostFacts(kernelRelease: .value("6.12.95"), iommu: .off, hasPCI: false))

  /// The seed with its IOMMU off.
  static let ungrouped: Inventory = {
    let functions = seed.functions.map { function in
      var function = function
      function.group = .absent
      if function.driver == .value("vfio-pci") { function.driver = .absent }
      return function
    }
    return machine(
      functions,
      host: HostFacts(
        kernelRelease: .value("6.12.95+deb12-amd64"), commandLine: .value("root=/dev/sda1 quiet"), iommu: .off))
  }()

  /// 512 groups below 32 root ports.
  static let crowd: Inventory = {
    var functions: [Function] = []
    var group: UInt32 = 0
    for port in 0..<32 {
      let (name, bus) = ("00:" + Hex.text(port, atLeast: 2) + ".0", Hex.text(port + 1, atLeast: 2))
      let slot = String(name.dropLast(2))
      functions.append(
        function(
          "\(slot).0", 0x1b36, 0x000c, 0x060400, "pcieport", group: group, port: .express(4), bus: UInt8(port + 1)))
      group += 1
      for index in 0..<15 {
        let own = "\(bus):" + Hex.text(index, atLeast: 2)
        functions.append(function("\(own).0", 0x8086, 0x100e, 0x020000, "e1000", group: group, below: "\(slot).0"))
        if index % 5 == 0 {
          functions.append(function("\(own).1", 0x1000, 0x0012, 0x010000, nil, group: group, below: "\(slot).0"))
        }
        group += 1
      }
    }
    return machine(functions)
  }()

  /// Names and drivers that would like to be more than text.
  static let hostile: Inventory = {
    var names = Pictured.names
    names.devices[0x8086_100e] = "\u{1b}[31mred\u{7}\u{202e}desrever Gigabit"
    names.devices[0x1000_0012] = "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字"
    names.devices[0x10de_2531] = "e\u{301}\u{301}\u{301}\u{301}\u{301} tower [\u{301}\u{200d}👩‍👩‍👧‍👦]"
    names.vendors[0x8086] = String(repeating: "long ", count: 80)
    names.devices[0x144d_a80a] = "tab\there\nand a line"
    var functions = seed.functions
    for index in functions.indices where functions[index].driver == .value("sym53c8xx") {
      functions[index].driver = .value("d\u{1b}]0;title\u{7}river_with_a_very_long_name")
      functions[index].details?.disks = .value(["sd\u{9b}a"])
    }
    functions[0].identity = .unknown(.malformed("\u{1}\u{2}garbage"))
    functions[1].driver = .unknown(.deviceBusy)
    functions[2].driver = .unknown(.malformed("\u{1b}c"))
    functions[2].group = .unknown(.malformed("\u{1b}]"))
    functions[4].details?.path = "sys/devices/" + String(repeating: "very/deep/", count: 30)
    var machine = Pictured.machine(functions)
    machine.names = names
    return machine
  }()
}

extension Scene {
  /// A console that has looked at `machine`, with the cursor on `address`.
  static func pictured(
    _ machine: Inventory?, rows: Int, columns: Int, on address: String? = nil, ascii: Bool = false
  ) -> Scene {
    var scene = Scene(
      place: Place(kind: .scenario, name: "nic-hba", isPrivileged: false), size: Size(rows: rows, columns: columns),
      glyphs: Glyphs(isASCII: ascii), themes: [], themeName: "default-dark")
    scene.whyNoRun = "acting needs root"
    if let machine {
      _ = scene.receive(.inventory(machine), at: Pictured.noon)
      scene.explained = Pictured.explained(machine)
    }
    _ = scene.receive(.sources(Sources(uevents: .live, inotify: .live, reconcile: 5)), at: Pictured.noon)
    if machine != nil {
      _ = scene.receive(
        .note(Note(.change, "02:02.0 driver_override (none) -> vfio-pci")), at: Pictured.noon)
    }
    if let address { scene.place(on: Pictured.at(address)) }
    return scene
  }

  /// Puts the cursor on a function.
  mutating func place(on address: Address) {
    guard let row = rows.firstIndex(where: { $0.address == address }) else { return }
    cursor = Cursor(
      anchor: inventory?[address].map(Anchor.init), content: rows[row].content, row: row,
      top: max(0, row - max(1, layout.deviceRows) + 1))
  }
}
