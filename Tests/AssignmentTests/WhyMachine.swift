import Assignment
import Topology

/// A machine told in a few lines.
struct WhyMachine {
  var ports: [PortFacts]
  var groups: [UInt32: [String]]
  var commandLine = ""
  var iommus = ["dmar0"]
  var iommu = IOMMUState.on
  var labels: [Address: String] = [:]
  var virtual: [String: String] = [:]

  static func address(_ text: String) -> Address {
    guard let address = Address("0000:" + text) ?? Address(text) else { fatalError("no address: \(text)") }
    return address
  }

  static let full = ACS(capability: 0x5f, control: 0x1d)

  static func port(_ at: String, below: String? = nil, type: PortType = .express(4), acs: ACS? = full) -> PortFacts {
    PortFacts(
      address: address(at), parent: below.map { .function(address($0)) } ?? .root("pci0000:00"), leadsToABus: true,
      type: type, isMultifunction: address(at).function > 0, acs: acs)
  }

  static func card(_ at: String, below: String? = nil, type: PortType = .express(0), many: Bool = false) -> PortFacts {
    PortFacts(
      address: address(at), parent: below.map { .function(address($0)) } ?? .root("pci0000:00"), type: type,
      isMultifunction: many)
  }

  var inventory: Inventory {
    var numbers: [Address: UInt32] = [:]
    for (id, members) in groups { for member in members { numbers[Self.address(member)] = id } }
    let functions = ports.map { port in
      let owner = virtual.first { Self.address($0.key) == port.address }.map { Self.address($0.value) }
      let code: UInt32 = port.leadsToABus ? 0x060400 : port.address.function % 2 == 0 ? 0x020000 : 0x040300
      return Function(
        address: port.address, parent: port.parent,
        identity: .value(Identity(vendor: 0x1b4b, device: 0x9230, classCode: ClassCode(code))), driver: .absent,
        group: numbers[port.address].map { .value(GroupID($0)) } ?? .absent, physicalFunction: owner)
    }
    return Inventory(
      functions: functions,
      groups: groups.map { id, members in Group(id: GroupID(id), members: members.map(Self.address).sorted()) },
      host: HostFacts(
        kernelRelease: .value("6.12.95"), commandLine: .value(commandLine), iommu: iommu, iommus: iommus))
  }

  var ties: Ties { Ties(inventory, ports) }
  var witness: Witness { Witness(inventory, ties, labels: labels) }
}

extension WhyMachine {
  static let seed = WhyMachine(
    ports: [
      port("00:03.0"), port("01:00.0", below: "00:03.0", type: .express(7), acs: nil),
      card("02:01.0", below: "01:00.0", type: .conventional), card("02:02.0", below: "01:00.0", type: .conventional),
    ], groups: [2: ["00:03.0"], 5: ["01:00.0", "02:01.0", "02:02.0"]],
    labels: [address("02:01.0"): "NIC", address("02:02.0"): "HBA"])

  static let single = WhyMachine(
    ports: [
      port("00:1e.0", type: .conventional, acs: nil), card("03:01.0", below: "00:1e.0", type: .conventional),
    ], groups: [3: ["00:1e.0", "03:01.0"]])

  static let nested = WhyMachine(
    ports: [
      port("00:1e.0", type: .conventional, acs: nil), port("03:02.0", below: "00:1e.0", type: .conventional, acs: nil),
      card("04:01.0", below: "03:02.0", type: .conventional), card("03:03.0", below: "00:1e.0", type: .conventional),
    ], groups: [3: ["00:1e.0", "03:02.0", "03:03.0", "04:01.0"]])

  static let nestedExpress = WhyMachine(
    ports: [
      port("00:03.0"), port("01:00.0", below: "00:03.0", type: .express(7), acs: nil),
      port("02:01.0", below: "01:00.0", type: .conventional, acs: nil),
      card("03:02.0", below: "02:01.0", type: .conventional), card("03:03.0", below: "02:01.0", type: .conventional),
    ], groups: [2: ["00:03.0"], 5: ["01:00.0", "02:01.0", "03:02.0", "03:03.0"]])

  /// One function of a chip is isolated, and so not in the group of the other two.
  static let partlyIsolated: WhyMachine = {
    var ports = [0, 2, 3].map { card("00:14.\($0)", type: .express(9), many: true) }
    ports[2].acs = full
    return WhyMachine(ports: ports, groups: [3: ["00:14.0", "00:14.2"], 4: ["00:14.3"]])
  }()

  /// A bridge with a neighbour in its slot that is none, both of which could not be read.
  static let unreadNeighbours: WhyMachine = {
    var ports = [
      card("00:08.0", type: .express(9), many: true), port("00:08.1", acs: nil), card("28:00.0", below: "00:08.1"),
    ]
    for place in ports.indices { ports[place].gaps = [.type: .notRecorded, .acs: .notRecorded] }
    return WhyMachine(ports: ports, groups: [3: ["00:08.0", "00:08.1", "28:00.0"]])
  }()

  static let open = WhyMachine(
    ports: [port("00:01.0", acs: nil), card("01:00.0", below: "00:01.0")], groups: [1: ["00:01.0", "01:00.0"]])

  static let off = WhyMachine(
    ports: [port("00:01.0", acs: ACS(capability: 0x1f, control: 0x11)), card("01:00.0", below: "00:01.0")],
    groups: [1: ["00:01.0", "01:00.0"]])

  /// The same in an image that does not tell whether the IOMMU is on.
  static let offUnknown: WhyMachine = {
    var machine = off
    machine.iommu = .unknown
    return machine
  }()

  /// ACS is on today, and was off when the groups were made.
  static let configured = WhyMachine(
    ports: [port("00:01.0"), card("01:00.0", below: "00:01.0")], groups: off.groups,
    commandLine: "pci=config_acs=xx0xx@00:01.0")

  /// A port that passes for isolating because it implements nothing.
  static let hollow = WhyMachine(
    ports: [port("00:01.0", acs: ACS(capability: 0, control: 0)), card("01:00.0", below: "00:01.0")],
    groups: [1: ["00:01.0"], 2: ["01:00.0"]])

  /// A port of which a quirk says that it isolates, as far as can be told.
  static let assumed: WhyMachine = {
    var machine = hollow
    machine.ports[0].acs = nil
    machine.ports[0].judge(entry: 67, .intelPCH, .isolated, isAssumed: true)
    return machine
  }()

  /// `looseSwitch` under the rule of September 2025.
  static let wholeSwitch = WhyMachine(
    ports: looseSwitch.ports,
    groups: [1: ["00:01.0"], 2: ["01:00.0"], 3: ["02:00.0", "02:01.0", "03:00.0", "04:00.0"]])

  /// A card of which another slot, and a function of its own, share the ids.
  static let aliasAround: WhyMachine = {
    var ports = [
      port("00:1e.0"), card("06:01.0", below: "00:1e.0"), card("06:01.1", below: "00:1e.0"),
      card("06:02.0", below: "00:1e.0"),
    ]
    ports[1].aliases = [9, 16]
    ports[1].aliasSource = "quirk_pex_vca_alias"
    return WhyMachine(ports: ports, groups: [1: ["00:1e.0"], 2: ["06:01.0", "06:01.1", "06:02.0"]])
  }()

  /// Functions of one card, each of another sort for the override patch.
  static let mixedCard: WhyMachine = {
    var ports = [port("00:1c.0")] + (0..<4).map { card("03:00.\($0)", below: "00:1c.0", many: true) }
    ports[2].type = .conventional
    ports[3].acs = ACS(capability: 0x1d, control: 0)
    ports[4].judge(entry: 132, .wangxun, .notIsolated)
    return WhyMachine(ports: ports, groups: [1: ["00:1c.0"], 2: ["03:00.0", "03:00.1", "03:00.2", "03:00.3"]])
  }()

  static let disabled = WhyMachine(
    ports: off.ports, groups: off.groups, commandLine: "quiet pci=nomsi,disable_acs_redir=00:01.0")

  static let distrusted: WhyMachine = {
    var machine = open
    machine.ports[0].acs = full
    machine.ports[0].judge(entry: 131, .zhaoxin, .notIsolated)
    return machine
  }()

  static let looseSwitch = WhyMachine(
    ports: [
      port("00:01.0"), port("01:00.0", below: "00:01.0", type: .express(5), acs: nil),
      port("02:00.0", below: "01:00.0", type: .express(6), acs: nil),
      port("02:01.0", below: "01:00.0", type: .express(6), acs: nil), card("03:00.0", below: "02:00.0"),
      card("04:00.0", below: "02:01.0"),
    ],
    groups: [1: ["00:01.0"], 2: ["01:00.0"], 3: ["02:00.0", "03:00.0"], 4: ["02:01.0", "04:00.0"]])

  static let card = WhyMachine(
    ports: [
      port("00:1c.0"), card("03:00.0", below: "00:1c.0", many: true), card("03:00.1", below: "00:1c.0", many: true),
    ], groups: [8: ["00:1c.0"], 9: ["03:00.0", "03:00.1"]])

  static let rootPorts: WhyMachine = {
    var ports = [port("00:1c.0", acs: nil), port("00:1c.1", acs: nil), card("05:00.0", below: "00:1c.1")]
    ports[0].isMultifunction = true
    return WhyMachine(ports: ports, groups: [4: ["00:1c.0", "00:1c.1", "05:00.0"]])
  }()

  static let chip = WhyMachine(
    ports: [card("00:1f.0", type: .conventional, many: true), card("00:1f.3", type: .conventional, many: true)],
    groups: [7: ["00:1f.0", "00:1f.3"]])

  static let alias: WhyMachine = {
    var ports = [port("00:1c.0"), card("06:00.0", below: "00:1c.0"), card("06:00.1", below: "00:1c.0")]
    ports[1].aliases = [1]
    ports[1].aliasSource = "quirk_dma_func1_alias"
    return WhyMachine(ports: ports, groups: [1: ["00:1c.0"], 2: ["06:00.0", "06:00.1"]])
  }()

  static let vmd = WhyMachine(
    ports: [
      card("00:0e.0", type: .express(9)), port("10000:e0:06.0", below: "00:0e.0"),
      card("10000:e1:00.0", below: "10000:e0:06.0"),
    ], groups: [9: ["00:0e.0", "10000:e0:06.0", "10000:e1:00.0"]])

  static let platform = WhyMachine(
    ports: [card("00:02.0"), card("00:03.0")], groups: [1: ["00:02.0", "00:03.0"]], iommus: ["ivhd0"])

  static let override = WhyMachine(
    ports: card.ports, groups: [8: ["00:1c.0"], 9: ["03:00.0"], 10: ["03:00.1"]],
    commandLine: "pcie_acs_override=downstream,multifunction")

  static let alone: WhyMachine = {
    var ports = [
      port("00:1c.0"), card("03:00.0", below: "00:1c.0"), card("03:10.0", below: "00:1c.0"), card("00:02.0"),
      card("07:00.0", below: "00:1d.0", many: true), card("07:00.1", below: "00:1d.0", many: true), port("00:1d.0"),
      port("00:1e.0", acs: nil),
    ]
    for place in [4, 5] { ports[place].acs = full }
    return WhyMachine(
      ports: ports,
      groups: [
        1: ["00:1c.0"], 2: ["03:00.0"], 3: ["03:10.0"], 4: ["00:02.0"], 5: ["07:00.0"], 6: ["07:00.1"], 7: ["00:1d.0"],
        8: ["00:1e.0"],
      ], virtual: ["03:10.0": "03:00.0"])
  }()

  static let unread: WhyMachine = {
    var machine = seed
    for place in machine.ports.indices { machine.ports[place].gaps = [.type: .needsRoot, .acs: .needsRoot] }
    return machine
  }()

  static let unrecorded: WhyMachine = {
    var machine = card
    for place in machine.ports.indices { machine.ports[place].gaps = [.type: .notRecorded, .acs: .notRecorded] }
    machine.commandLine = "pcie_acs_override=downstream"
    return machine
  }()

  static let coarse = WhyMachine(ports: platform.ports, groups: platform.groups)
  static let fine = WhyMachine(ports: override.ports, groups: override.groups)

  static let many = WhyMachine(
    ports: [port("00:01.0", acs: nil)]
      + (0..<8).map {
        PortFacts(
          address: Address(domain: 0, bus: 1, device: 0, function: UInt8($0)), parent: .function(address("00:01.0")),
          type: .express(0))
      }, groups: [1: ["00:01.0"] + (0..<8).map { "01:00.\($0)" }])
}

extension PortFacts {
  /// Lets an entry of the kernel's quirk table answer for the registers.
  fileprivate mutating func judge(
    entry: Int, _ rule: IsolationQuirk.Rule, _ verdict: IsolationQuirk.Opinion.Verdict,
    isAssumed: Bool = false
  ) {
    quirk = verdict == .isolated
    quirkSource = IsolationQuirk.Opinion(entry: entry, rule: rule, verdict: verdict, isAssumed: isAssumed)
  }
}
