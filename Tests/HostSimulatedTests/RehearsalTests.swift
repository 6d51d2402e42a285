import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

/// A machine that was looked at, as a value to try things on.
@Suite struct RehearsalTests {
  private static let addresses = ["0000:00:1c.0", "0000:03:00.0", "0000:03:00.1", "0000:00:02.0"].map(Bench.address)

  /// A port, a card of two functions in one group below it, and a graphics card; port types were not readable.
  private static let observed: Inventory = {
    func function(_ place: Int, _ parent: Parent, _ ids: UInt16, _ code: UInt32, _ driver: DriverName?, _ group: UInt32)
      -> Function
    {
      var function = Function(
        address: addresses[place], parent: parent,
        identity: .value(Identity(vendor: 0x8086, device: ids, classCode: ClassCode(code))),
        driver: driver.map { .value($0) } ?? .absent, group: .value(GroupID(group)), driverOverride: .absent)
      var details = Details(path: "sys/devices/x")
      details.port = .unknown(.needsRoot)
      (details.disks, details.interfaces) = (.absent, place == 1 ? .value(["eth0"]) : .absent)
      function.details = details
      return function
    }
    return Inventory(
      functions: [
        function(0, .root("pci0000:00"), 0xa340, 0x060400, "pcieport", 7),
        function(1, .function(addresses[0]), 0x105e, 0x020000, "e1000e", 11),
        function(2, .function(addresses[0]), 0x105e, 0x020000, "vfio-pci", 11),
        function(3, .root("pci0000:00"), 0x3e92, 0x030000, "i915", 1),
      ],
      groups: [
        Group(id: GroupID(1), members: [addresses[3]]), Group(id: GroupID(7), members: [addresses[0]]),
        Group(id: GroupID(11), members: [addresses[1], addresses[2]]),
      ], host: HostFacts(kernelRelease: .value("6.12.0"), iommu: .on))
  }()

  private var host: SimulatedHost {
    SimulatedHost(rehearsing: Self.observed, name: "mine", rules: Rules(.explicitLinux))
  }

  @Test func `the rehearsal is the machine as it was seen`() {
    #expect(host.inventory == Self.observed)
    #expect(host.place.kind == .scenario && host.place.name == "mine")
    #expect(host.disagreements.isEmpty)
  }

  @Test func `what is done to it is not done to what was seen`() {
    var rehearsal = host
    #expect(rehearsal.happen(.unbind(Self.addresses[1])).errno == nil)
    #expect(rehearsal.inventory[Self.addresses[1]]?.details?.interfaces == .absent)
    #expect(host.inventory == Self.observed)
    var pursuit = Pursuit(.attach(Self.addresses[2], by: Bench.qemu), under: .explicitLinux, in: rehearsal.world)
    var answer: Answer?
    while let event = pursuit.next(in: rehearsal.world, after: answer) { answer = rehearsal.happen(event) }
    #expect(answer?.value == .descriptor(Descriptor(5)))
    #expect(rehearsal.disagreements.isEmpty)
  }

  @Test func `a function bound for users can be given back to the driver that its twin has`() {
    var rehearsal = host
    _ = rehearsal.happen(.unbind(Self.addresses[2]))
    #expect(rehearsal.happen(.bind(Self.addresses[2], "e1000e")).errno == nil)
    #expect(rehearsal.inventory[Self.addresses[2]]?.driver == .value("e1000e"))
  }

  @Test func `a rehearsed function carries what it was seen to carry, and what nobody looked at is unknown`() {
    let (card, twin) = (Self.addresses[1], Self.addresses[2])
    let root = Carried(card, .mount(source: "/dev/sda1", at: "/", type: "ext4"), via: ["sda", "sda1"])
    let gap = Burden.Gap(card, .swap, .notRecorded)
    let gone = Carried(card, .virtualFunctions([twin]))
    var rehearsal = host
    rehearsal.carry(Burden(carried: [root, gone], unknown: [gap]))
    func burden(_ address: Address) -> Burden { rehearsal.burden(of: [address], in: rehearsal.inventory) }
    #expect(burden(card) == Burden(carried: [root], unknown: [gap]))
    #expect(burden(twin) == Burden(), "nobody of the host's has it")
    _ = rehearsal.happen(.unbind(card))
    #expect(burden(card) == Burden(), "it went with its driver")
    _ = rehearsal.happen(.bind(card, "e1000e"))
    #expect(burden(card) == Burden(carried: [root], unknown: [gap]))
    _ = rehearsal.happen(.unbind(twin))
    _ = rehearsal.happen(.bind(twin, "e1000e"))
    #expect(burden(twin).unknown == [Burden.Gap(twin, .disksAndInterfaces, .notRead)])
    #expect(host.burden(of: [card], in: host.inventory).unknown.isEmpty, "one that was made up knows all of itself")
  }

  @Test func `disks that could not be read are not known to be none after a driver came back`() {
    var unread = Self.observed
    var card = unread[Self.addresses[1]]
    card?.details?.disks = .unknown(.notRecorded)
    var difference = Difference()
    difference.functions = [card].compactMap(\.self)
    unread.apply(difference)
    var rehearsal = SimulatedHost(rehearsing: unread, name: "mine", rules: Rules(.explicitLinux))
    _ = rehearsal.happen(.unbind(Self.addresses[1]))
    _ = rehearsal.happen(.bind(Self.addresses[1], "e1000e"))
    #expect(rehearsal.inventory[Self.addresses[1]]?.details?.disks == .unknown(.notRecorded))
  }

  @Test func `a hot-added third function joins the group that the card was seen in`() {
    var rehearsal = host
    let third = Bench.address("0000:03:00.2")
    _ = rehearsal.happen(.hotAdd(Device(address: third, group: nil)))
    #expect(rehearsal.world[third]?.group == GroupID(11))
    #expect(rehearsal.inventory[third]?.parent == .function(Self.addresses[0]))
    let alone = Bench.address("0000:00:05.0")
    _ = rehearsal.happen(.hotAdd(Device(address: alone, group: nil)))
    #expect(rehearsal.world[alone]?.group == GroupID(0), "the lowest number that is free")
    #expect(rehearsal.disagreements.isEmpty)
  }

  @Test(.timeLimit(.minutes(1)))
  func `a thousand virtual functions come at once, with the lowest numbers that are free`() throws {
    let physical = Self.addresses[1]
    var functions = Self.observed.functions
    let place = try #require(functions.firstIndex { $0.address == physical })
    functions[place].details?.virtualFunctions = .value(VirtualFunctions(enabled: .value(0), total: 2000))
    let seen = Inventory(functions: functions, groups: Self.observed.groups, host: Self.observed.host)
    var rehearsal = SimulatedHost(rehearsing: seen, name: "many", rules: Rules(.explicitLinux))
    #expect(rehearsal.begin(.setVirtualFunctions(physical, 1000)) == .done)
    let born = rehearsal.inventory.functions.filter { $0.physicalFunction == physical }
    #expect(born.count == 1000 && born.allSatisfy { $0.parent == .function(Self.addresses[0]) && $0.driver == .absent })
    #expect(born.prefix(4).compactMap(\.group.value?.number) == [0, 2, 3, 4])
    #expect(Set(born.compactMap(\.group.value)).count == 1000)
    #expect(rehearsal.disagreements.isEmpty)
    #expect(rehearsal.begin(.setVirtualFunctions(physical, 1000)) == .done)
    guard case .failed = rehearsal.begin(.setVirtualFunctions(physical, 2)) else {
      Issue.record("from one number to another without 0 between")
      return
    }
  }

  @Test func `what a rehearsal guessed of ports is not told as a fact`() {
    let ports = host.ports(of: host.inventory, [:])
    #expect(ports.map(\.address) == host.inventory.functions.map(\.address))
    #expect(ports.allSatisfy { $0.gaps[.acs] == .notRecorded && $0.quirk == nil })
    #expect(ports.contains { $0.isolation == .unknown(.notRecorded) })
    let addresses = host.inventory.functions.map(\.address)
    #expect(host.configSpaces(of: addresses, waking: false).values.allSatisfy { $0 == .unknown(.notRecorded) })
    #expect(host.resetMethods(of: addresses).values.allSatisfy { $0 == .unknown(.notRecorded) })
  }

  /// Configuration space of a physical function with its virtual ones at an offset and a stride.
  private static func registers(offset: UInt16, stride: UInt16, device: UInt16) -> ConfigSpace {
    var bytes = [UInt8](repeating: 0, count: 4096)
    func put(_ value: UInt16, at place: Int) {
      (bytes[place], bytes[place + 1]) = (UInt8(value & 0xff), UInt8(value >> 8))
    }
    put(0x8086, at: 0)
    put(0x105e, at: 2)
    put(0x10, at: 6)
    (bytes[0x34], bytes[0x40]) = (0x40, 0x10)
    put(0x0002, at: 0x42)
    // One extended capability: SR-IOV, version 1, and nothing after it.
    put(0x0010, at: 0x100)
    put(0x0001, at: 0x102)
    put(8, at: 0x100 + 0x0c)
    put(8, at: 0x100 + 0x0e)
    put(offset, at: 0x100 + 0x14)
    put(stride, at: 0x100 + 0x16)
    put(device, at: 0x100 + 0x1a)
    return ConfigSpace(bytes)
  }

  private static func counting(probes: Known<Bool>) throws -> SimulatedHost {
    var functions = observed.functions
    let place = try #require(functions.firstIndex { $0.address == addresses[1] })
    functions[place].details?.virtualFunctions = .value(
      VirtualFunctions(enabled: .value(0), total: 8, probes: probes))
    let seen = Inventory(functions: functions, groups: observed.groups, host: observed.host)
    var host = SimulatedHost(rehearsing: seen, name: "mine", rules: Rules(.explicitLinux))
    host.carry([addresses[1]: .value(registers(offset: 4, stride: 2, device: 0x1572))])
    return host
  }

  @Test(arguments: [Known.value(true), .value(false), .unknown(.notRead)])
  func `virtual functions come where the registers say, and a driver takes them where it may`(
    probes: Known<Bool>
  ) throws {
    var host = try Self.counting(probes: probes)
    #expect(host.begin(.setVirtualFunctions(Self.addresses[1], 3)) == .done)
    let made = host.inventory.functions.filter { $0.physicalFunction == Self.addresses[1] }
    #expect(made.map(\.address.short) == ["03:00.4", "03:00.6", "03:01.0"])
    #expect(made.allSatisfy { $0.identity.value?.ids == "8086:1572" })
    #expect(made.allSatisfy { $0.driver == (probes == .value(true) ? .value("i40e") : .absent) })
    #expect(host.disagreements.isEmpty)
    #expect(host.begin(.setVirtualFunctions(Self.addresses[1], 0)) == .done)
    #expect(host.inventory.functions.count == Self.observed.functions.count && host.disagreements.isEmpty)
  }

  @Test func `registers that were read are there in a rehearsal too`() throws {
    let host = try Self.counting(probes: .value(true))
    let found = host.configSpaces(of: Self.addresses, waking: false)
    #expect(found[Self.addresses[1]]?.value?.sriov.value?.offset == 4)
    #expect(found[Self.addresses[3]] == .unknown(.notRecorded))
    #expect(host.ports(of: host.inventory, found).map(\.address).sorted() == host.inventory.functions.map(\.address))
  }
}
