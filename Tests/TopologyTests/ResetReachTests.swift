import Testing
import Topology

@Suite struct ResetReachTests {
  private func function(
    _ address: String, below parent: String? = nil, _ ids: (UInt16, UInt16) = (0x1af4, 0x1041), code: UInt32 = 0x020000,
    group: UInt32? = nil, driver: DriverName? = nil, virtualOf: String? = nil
  ) throws -> Function {
    Function(
      address: try at(address), parent: parent.flatMap { Address($0) }.map { .function($0) } ?? .root("pci0000:00"),
      identity: .value(Identity(vendor: ids.0, device: ids.1, classCode: ClassCode(code))),
      driver: driver.map { .value($0) } ?? .absent, group: group.map { .value(GroupID($0)) } ?? .absent,
      physicalFunction: virtualOf.flatMap { Address($0) })
  }

  /// Root port, PCIe-to-PCI bridge, NIC and HBA; beside them a card of two functions in two groups.
  private func machine(nic: (UInt16, UInt16) = (0x8086, 0x100e)) throws -> Inventory {
    let bridge = "0000:01:00.0"
    return Inventory(
      functions: [
        try function("0000:00:03.0", code: 0x060400, group: 4, driver: "pcieport"),
        try function(bridge, below: "0000:00:03.0", code: 0x060400, group: 5),
        try function("0000:02:01.0", below: bridge, nic, group: 5, driver: "vfio-pci"),
        try function("0000:02:02.0", below: bridge, (0x1000, 0x0012), code: 0x010000, group: 5, driver: "sym53c8xx"),
        try function("0000:00:04.0", code: 0x060400, group: 6),
        try function("0000:04:00.0", below: "0000:00:04.0", group: 7, driver: "ixgbe"),
        try function("0000:04:00.1", below: "0000:00:04.0", group: 8, driver: "ixgbe"),
        try function("0000:04:10.0", below: "0000:00:04.0", group: 9, virtualOf: "0000:04:00.0"),
      ], groups: [])
  }

  private func reach(_ address: String, in inventory: Inventory) throws -> ResetReach {
    try #require(ResetReach(of: at(address), in: inventory))
  }

  @Test func `a bus reset of the NIC hits the HBA of its own group, and nothing above the bridge`() throws {
    let reach = try reach("0000:02:01.0", in: machine())
    #expect(reach.bus == .possible(by: try at("0000:01:00.0")))
    #expect(reach.others.map(\.address.short) == ["02:02.0"])
    #expect(reach.others[0].group == .same && reach.others[0].driver == .value("sym53c8xx"))
    #expect(reach.strangers.isEmpty)
  }

  @Test func `a reset of the bridge's bus hits all below it, bridges among them`() throws {
    let reach = try reach("0000:01:00.0", in: machine())
    #expect(reach.bus == .possible(by: try at("0000:00:03.0")))
    #expect(reach.others.map(\.address.short) == ["02:01.0", "02:02.0"])
    #expect(try self.reach("0000:02:01.0", in: machine()).others.allSatisfy { !$0.isBridge })
  }

  @Test func `two functions of one card in two groups are strangers to each other and still reset together`() throws {
    let reach = try reach("0000:04:00.0", in: machine())
    #expect(reach.strangers.map(\.address.short) == ["04:00.1", "04:10.0"])
    #expect(reach.strangers.map(\.group) == [.other(GroupID(8)), .other(GroupID(9))])
  }

  @Test func `a function on a root bus and a virtual one have no bus to reset`() throws {
    let inventory = try machine()
    #expect(try reach("0000:00:03.0", in: inventory).bus == .onRootBus)
    let virtual = try reach("0000:04:10.0", in: inventory)
    #expect(virtual.bus == .virtualFunction && virtual.others.isEmpty)
    #expect(ResetReach(of: try at("0000:09:00.0"), in: inventory) == nil)
  }

  @Test func `below an Intel VMD there is a root bus`() throws {
    let inventory = Inventory(
      functions: [
        try function("0000:00:0e.0", code: 0x010400),
        try function("10000:e0:06.0", below: "0000:00:0e.0", code: 0x060400),
        try function("10000:e1:00.0", below: "10000:e0:06.0", code: 0x010802),
      ], groups: [])
    #expect(try reach("10000:e0:06.0", in: inventory).bus == .onRootBus)
    #expect(try reach("10000:e1:00.0", in: inventory).bus == .possible(by: try at("10000:e0:06.0")))
  }

  @Test func `a bus with a function that does not survive a reset is not reset, for its neighbours neither`() throws {
    let inventory = try machine(nic: (0x168c, 0x0030))
    let quirk = try #require(
      ResetQuirk.quirk(.bus, of: Identity(vendor: 0x168c, device: 0x30, classCode: ClassCode(0))))
    for address in ["0000:02:01.0", "0000:02:02.0", "0000:01:00.0"] {
      #expect(try reach(address, in: inventory).bus == .forbidden(because: try at("0000:02:01.0"), quirk))
    }
    #expect(quirk.source == "quirk_no_bus_reset")
    #expect(try reach("0000:02:02.0", in: inventory).others.map(\.address.short) == ["02:01.0"])
  }

  @Test func `the kernel's list of methods decides whether a function can be reset alone`() throws {
    let (inventory, nic) = (try machine(), try at("0000:04:00.0"))
    func own(_ methods: Known<[ResetMethod]>, _ config: Known<ConfigSpace> = .unknown(.needsRoot)) -> Known<
      ResetMethod
    >? {
      ResetReach(of: nic, in: inventory, methods: methods, config: config)?.ownReset
    }
    #expect(own(.value([.bus, .functionLevel])) == .value(.functionLevel))
    #expect(own(.value([.bus, .acpi])) == .absent)
    #expect(own(.absent) == .absent)
    #expect(own(.unknown(.notRecorded)) == .unknown(.needsRoot))
    #expect(own(.unknown(.notRecorded), .value(ConfigSpace(Bytes.express(0, [0x47: 0x10])))) == .value(.functionLevel))
    #expect(own(.unknown(.notRecorded), .value(ConfigSpace(Bytes.express(0)))) == .absent)
    let power: [Int: UInt8] = [0x41: 0x60, 0x60: 0x01]
    #expect(own(.unknown(.notRecorded), .value(ConfigSpace(Bytes.express(0, power)))) == .value(.power))
    let keeps = power.merging([0x64: 0x08]) { $1 }
    #expect(own(.unknown(.notRecorded), .value(ConfigSpace(Bytes.express(0, keeps)))) == .absent)
  }

  @Test func `the file that says how a function is reset is named, the kernel's list or the registers`() throws {
    func source(_ methods: Known<[ResetMethod]>, _ config: Known<ConfigSpace>) throws -> String? {
      ResetReach(of: try at("0000:04:00.0"), in: try machine(), methods: methods, config: config)?.ownSource.rawValue
    }
    let space = Known.value(ConfigSpace(Bytes.express(0, [0x47: 0x10])))
    #expect(try source(.value([.functionLevel]), .unknown(.notRead)) == "reset_method")
    #expect(try source(.absent, space) == "reset_method")
    #expect(try source(.unknown(.notRecorded), space) == "config")
    #expect(try source(.unknown(.notRecorded), .unknown(.needsRoot)) == "config")
  }

  @Test func `resets that a quirk forbids are not offered from registers`() throws {
    func own(_ ids: (UInt16, UInt16), code: UInt32 = 0x0c0330, _ set: [Int: UInt8]) throws -> ResetReach {
      let inventory = Inventory(
        functions: [
          try function("0000:00:04.0", code: 0x060400),
          try function("0000:04:00.0", below: "0000:00:04.0", ids, code: code),
        ], groups: [])
      let config = Known.value(ConfigSpace(Bytes.express(0, set)))
      return try #require(ResetReach(of: at("0000:04:00.0"), in: inventory, config: config))
    }
    let matisse = try own((0x1022, 0x149c), [0x47: 0x10])
    #expect(matisse.ownReset == .absent && matisse.quirks.map(\.source) == ["quirk_no_flr"])
    let radeon = try own((0x1002, 0x6611), code: 0x030000, [0x41: 0x60, 0x60: 0x01])
    #expect(radeon.ownReset == .absent && radeon.quirks.map(\.kind) == [.power])
    let revision = try own((0xd063, 0x1000), [0x47: 0x10, 0x08: 2])
    #expect(revision.ownReset == .value(.functionLevel))
    #expect(try own((0xd063, 0x1000), [0x47: 0x10, 0x08: 1]).ownReset == .absent)
  }

  @Test(arguments: [(0x22ce, true), (0x233f, false), (0x2340, true), (0x237f, true), (0x2380, false)])
  func `NVIDIA's cards that a bus reset breaks are a range`(device: UInt16, isForbidden: Bool) {
    let identity = Identity(vendor: 0x10de, device: device, classCode: ClassCode(0x030200))
    #expect((ResetQuirk.quirk(.bus, of: identity) != nil) == isForbidden)
  }
}
