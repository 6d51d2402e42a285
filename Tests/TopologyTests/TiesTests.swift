import Testing
import Topology

/// A machine told in a few lines: ports, and the groups that the kernel made of them.
struct PaperMachine {
  var ports: [PortFacts]
  var groups: [UInt32: [String]]
  var commandLine = ""
  var iommus = ["dmar0"]
  var ids: [String: (UInt16, UInt16)] = [:]
  var virtual: [String: String] = [:]

  static func address(_ text: String) -> Address {
    guard let address = Address("0000:" + text) ?? Address(text) else { fatalError("no address: \(text)") }
    return address
  }

  static let full = ACS(capability: 0x1d, control: 0x1d)

  static func port(
    _ at: String, below: String? = nil, type: UInt8 = 4, acs: ACS? = full, multifunction: Bool = false
  ) -> PortFacts {
    PortFacts(
      address: address(at), parent: below.map { .function(address($0)) } ?? .root("pci0000:00"), leadsToABus: true,
      type: .express(type), isMultifunction: multifunction, acs: acs)
  }

  static func card(
    _ at: String, below: String? = nil, type: PortType = .express(0), acs: ACS? = nil, multifunction: Bool = false
  ) -> PortFacts {
    PortFacts(
      address: address(at), parent: below.map { .function(address($0)) } ?? .root("pci0000:00"), type: type,
      isMultifunction: multifunction, acs: acs)
  }

  var inventory: Inventory {
    var numbers: [Address: UInt32] = [:]
    for (id, members) in groups { for member in members { numbers[Self.address(member)] = id } }
    let functions = ports.map { port in
      let ids = ids.first { Self.address($0.key) == port.address }?.value ?? (0x8086, 0x100e)
      return Function(
        address: port.address, parent: port.parent,
        identity: .value(
          Identity(
            vendor: ids.0, device: ids.1, classCode: ClassCode(port.leadsToABus ? 0x060400 : 0x020000))),
        driver: .absent, group: numbers[port.address].map { .value(GroupID($0)) } ?? .absent,
        physicalFunction: virtual.first { Self.address($0.key) == port.address }.map { Self.address($0.value) })
    }
    return Inventory(
      functions: functions,
      groups: groups.map { id, members in Group(id: GroupID(id), members: members.map(Self.address).sorted()) },
      host: HostFacts(
        kernelRelease: .value("6.12.0"), commandLine: .value(commandLine), iommu: .on, iommus: iommus))
  }

  var ties: Ties { Ties(inventory, ports) }
}

/// The kernel's groups beside the derivation.
struct TiesTests {
  /// The seed scene: a PCIe-to-PCI bridge, NIC and HBA below it.
  static let seed = PaperMachine(
    ports: [
      PaperMachine.port("00:03.0"), PaperMachine.port("01:00.0", below: "00:03.0", type: 7, acs: nil),
      PaperMachine.card("02:01.0", below: "01:00.0", type: .conventional),
      PaperMachine.card("02:02.0", below: "01:00.0", type: .conventional),
    ], groups: [2: ["00:03.0"], 5: ["01:00.0", "02:01.0", "02:02.0"]])

  /// A card of two functions without ACS below a port with it.
  static let card = PaperMachine(
    ports: [
      PaperMachine.port("00:1c.0"), PaperMachine.card("03:00.0", below: "00:1c.0", multifunction: true),
      PaperMachine.card("03:00.1", below: "00:1c.0", multifunction: true),
    ], groups: [8: ["00:1c.0"], 9: ["03:00.0", "03:00.1"]])

  @Test func `groups as derived agree, and each has its reasons`() throws {
    let ties = Self.seed.ties
    #expect(ties.groups.map(\.agrees) == [true, true])
    let group = try #require(ties[GroupID(5)])
    #expect(group.predicted == group.members)
    let bridge = PaperMachine.address("01:00.0")
    #expect(group.reasons.map(\.kind) == [.conventionalBus])
    #expect(group.reasons.map(\.at) == [bridge])
    #expect(group.reasons.map(\.binds) == [group.members])
    #expect(ties[GroupID(2)]?.reasons.map(\.kind) == [.alone])
  }

  @Test func `a group finer than the hardware is unexplained without evidence`() throws {
    var machine = Self.card
    machine.groups = [8: ["00:1c.0"], 9: ["03:00.0"], 10: ["03:00.1"]]
    for group in machine.ties.groups.dropFirst() {
      #expect(group.agrees == false && group.cause == nil && !group.isAsserted)
      #expect(group.reasons.map(\.kind) == [.unexplained])
      #expect(group.predicted?.map(\.short) == ["03:00.0", "03:00.1"])
      #expect(group.withheld.map(\.kind) == [.multifunction])
    }
  }

  @Test func `the override is named only where it accounts for the groups`() {
    var machine = Self.card
    machine.groups = [8: ["00:1c.0"], 9: ["03:00.0"], 10: ["03:00.1"]]
    machine.commandLine = "quiet pcie_acs_override=downstream,multifunction"
    for group in machine.ties.groups.dropFirst() {
      #expect(group.cause == .override(option: "pcie_acs_override=downstream,multifunction"))
      #expect(group.isAsserted && group.reasons.map(\.kind) == [.override])
    }
    // It covers downstream ports, and these are endpoints.
    machine.commandLine = "pcie_acs_override=downstream"
    #expect(machine.ties.groups.dropFirst().allSatisfy { $0.cause == nil && !$0.isAsserted })
    // A kernel without the patch ignores the words: what agrees needs no cause.
    machine = Self.card
    machine.commandLine = "pcie_acs_override=downstream,multifunction"
    #expect(machine.ties.groups.allSatisfy { $0.agrees == true && $0.cause == nil })
  }

  @Test func `the override leaves alone what has ACS and what is conventional`() {
    var machine = PaperMachine(
      ports: [
        PaperMachine.port("00:1c.0", acs: ACS(capability: 0x1d, control: 0)),
        PaperMachine.card("03:00.0", below: "00:1c.0"),
      ], groups: [8: ["00:1c.0"], 9: ["03:00.0"]])
    machine.commandLine = "pcie_acs_override=downstream,multifunction"
    #expect(machine.ties.groups.allSatisfy { $0.agrees == false && $0.cause == nil })
  }

  @Test func `registers that changed since boot are named with the option that set them`() throws {
    var machine = PaperMachine(
      ports: [PaperMachine.port("00:1c.0"), PaperMachine.card("03:00.0", below: "00:1c.0")],
      groups: [8: ["00:1c.0", "03:00.0"]])
    #expect(machine.ties.groups[0].reasons.map(\.kind) == [.unexplained])
    machine.commandLine = "pci=nomsi,disable_acs_redir=00:1c.0"
    let group = try #require(machine.ties.groups.first)
    #expect(group.agrees == false && group.cause == .commandLine(option: "pci=disable_acs_redir=00:1c.0"))
    #expect(group.reasons.map(\.kind) == [.acsOff])
    machine.commandLine = "pci=disable_acs_redir=00:1d.0"
    #expect(machine.ties.groups[0].cause == nil)
  }

  @Test func `a whole switch in one group is the proposed rule's`() {
    let ports = [
      PaperMachine.port("00:1c.0"), PaperMachine.port("01:00.0", below: "00:1c.0", type: 5),
      PaperMachine.port("02:00.0", below: "01:00.0", type: 6, acs: nil),
      PaperMachine.port("02:01.0", below: "01:00.0", type: 6, acs: nil),
    ]
    let machine = PaperMachine(ports: ports, groups: [1: ["00:1c.0"], 2: ["01:00.0"], 3: ["02:00.0", "02:01.0"]])
    #expect(machine.ties[GroupID(3)]?.cause == .proposedRule)
    #expect(machine.ties[GroupID(3)]?.reasons.map(\.kind) == [.noACS])
  }

  @Test func `functions of one bus put together whole are an alias of AMD's platform alone`() {
    var machine = PaperMachine(
      ports: [PaperMachine.card("00:02.0"), PaperMachine.card("00:03.0"), PaperMachine.card("00:04.0")],
      groups: [1: ["00:02.0", "00:03.0"], 2: ["00:04.0"]])
    #expect(machine.ties[GroupID(1)]?.reasons.map(\.kind) == [.unexplained])
    machine.iommus = ["ivhd0"]
    #expect(machine.ties[GroupID(1)]?.reasons.map(\.kind) == [.platformAlias])
    #expect(machine.ties[GroupID(1)]?.cause == .platform(iommu: "ivhd0"))
  }

  @Test func `what was not read is unknown, and nothing is claimed`() {
    var machine = Self.seed
    for place in machine.ports.indices {
      machine.ports[place].gaps = [.type: .needsRoot, .acs: .needsRoot, .multifunction: .needsRoot]
    }
    let ties = machine.ties
    // A root port might take in what is below it.
    #expect(ties.groups.map(\.agrees) == [nil, nil])
    #expect(ties.groups.map(\.predicted) == [nil, nil])
    #expect(ties.groups.flatMap(\.reasons).allSatisfy { $0.kind == .unknown })
    #expect(ties[GroupID(5)]?.doubts.isEmpty == false)
  }

  @Test func `the registers that decide are those of the buses, the bridges above and what is below`() {
    var machine = Self.seed
    machine.ports += [PaperMachine.port("00:04.0"), PaperMachine.card("05:00.0", below: "00:04.0")]
    let deciding = Ties.deciding([PaperMachine.address("02:01.0")], in: machine.inventory)
    #expect(deciding.map(\.short) == ["00:03.0", "00:04.0", "01:00.0", "02:01.0", "02:02.0"])
    let below = Ties.deciding([PaperMachine.address("00:03.0")], in: machine.inventory)
    #expect(below.map(\.short) == ["00:03.0", "00:04.0", "01:00.0", "02:01.0", "02:02.0"])
  }
}
