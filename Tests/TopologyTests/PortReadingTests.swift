import Testing
import Topology

/// An address that is spelled right.
func at(_ text: String) throws -> Address { try #require(Address(text)) }

@Suite struct PortReadingTests {
  /// A machine of functions with their configuration space.
  private struct Bench {
    var functions: [Function] = []
    var configs: [Address: Known<ConfigSpace>] = [:]
    var host = HostFacts(iommu: .on, iommus: ["dmar0"])

    mutating func add(
      _ address: String, below parent: String? = nil, ids: (UInt16, UInt16) = (0x1af4, 0x1041),
      code: UInt32 = 0x020000,
      virtualOf: String? = nil, _ config: Known<ConfigSpace>? = nil
    ) throws {
      let own = try at(address)
      let above = parent.flatMap { Address($0) }
      functions.append(
        Function(
          address: own, parent: above.map { .function($0) } ?? .root("pci0000:00"),
          identity: .value(Identity(vendor: ids.0, device: ids.1, classCode: ClassCode(code))),
          physicalFunction: virtualOf.flatMap { Address($0) }))
      configs[own] = config
    }

    mutating func add(
      _ address: String, below parent: String? = nil, ids: (UInt16, UInt16) = (0x1af4, 0x1041),
      code: UInt32 = 0x020000,
      _ bytes: [UInt8]
    ) throws {
      try add(address, below: parent, ids: ids, code: code, .value(ConfigSpace(bytes)))
    }

    /// The facts of one function.
    func port(_ address: String) throws -> PortFacts {
      let ports = PortFacts.read(Inventory(functions: functions, groups: [], host: host), configs)
      #expect(ports.count == functions.count)
      let own = try at(address)
      return try #require(ports.first { $0.address == own })
    }
  }

  private let bridge: [Int: UInt8] = [0x0e: 1]

  @Test func `a root port comes with its type, its place and its ACS`() throws {
    var bench = Bench()
    try bench.add("0000:00:01.0", code: 0x060400, Bytes.express(4, bridge.merging(Bytes.acs(0x1f, 0x1d)) { $1 }))
    let port = try bench.port("0000:00:01.0")
    #expect(port.leadsToABus && port.type == .express(4) && !port.isMultifunction)
    #expect(port.acs == ACS(capability: 0x1f, control: 0x1d))
    #expect(port.gaps.isEmpty && port.isolation == .value(true))
  }

  @Test func `of a port whose bytes end early its isolation is unknown, with the reason`() throws {
    var bench = Bench()
    let bytes = Array(Bytes.express(4, bridge).prefix(64))
    try bench.add(
      "0000:00:01.0", code: 0x060400, .value(ConfigSpace(bytes, size: 4096, beyond: .needsRoot)))
    let port = try bench.port("0000:00:01.0")
    #expect(port.gaps == [.type: .needsRoot, .acs: .needsRoot])
    #expect(port.isolation == .unknown(.needsRoot))
    #expect(port.leadsToABus && !port.isMultifunction)
  }

  @Test func `a quirk that needs no registers decides without them`() throws {
    var bench = Bench()
    try bench.add("0000:02:00.0", ids: (0x8086, 0x1521))
    #expect(try bench.port("0000:02:00.0").isolation == .value(true))
    #expect(try bench.port("0000:02:00.0").quirkSource?.source == "pci_quirk_mf_endpoint_acs")
  }

  @Test func `function numbers above 0 and siblings make a function multifunction, whatever its header says`() throws {
    var bench = Bench()
    try bench.add("0000:02:00.0", Bytes.express(0))
    try bench.add("0000:02:00.1", Bytes.express(0))
    try bench.add("0000:03:00.3", Bytes.express(0))
    try bench.add("0000:04:00.0", Bytes.express(0, [0x0e: 0x80]))
    try bench.add("0000:05:00.0", Bytes.express(0))
    for address in ["0000:02:00.0", "0000:02:00.1", "0000:03:00.3", "0000:04:00.0"] {
      #expect(try bench.port(address).isMultifunction, "\(address)")
    }
    #expect(try !bench.port("0000:05:00.0").isMultifunction)
    #expect(try bench.port("0000:02:00.0").isolation == .value(false))
  }

  @Test func `below a port that leads to one device, a second device is a function that ARI found`() throws {
    var bench = Bench()
    try bench.add("0000:00:01.0", code: 0x060400, Bytes.express(4, bridge))
    try bench.add("0000:00:1e.0", code: 0x060400, Bytes.config(256, bridge))
    try bench.add("0000:01:01.0", below: "0000:00:01.0", Bytes.express(0))
    try bench.add("0000:02:01.0", below: "0000:00:1e.0", Bytes.config(256, [:]))
    #expect(try bench.port("0000:01:01.0").isMultifunction)
    #expect(try !bench.port("0000:02:01.0").isMultifunction)
  }

  @Test func `a virtual function is never multifunction, and an endpoint even where its bytes are out of reach`() throws
  {
    var bench = Bench()
    try bench.add("0000:01:00.0", Bytes.express(0, [0x0e: 0x80]))
    try bench.add("0000:01:10.1", virtualOf: "0000:01:00.0", .unknown(.suspended))
    let port = try bench.port("0000:01:10.1")
    #expect(!port.isMultifunction && port.gaps[.type] == nil && port.isolation == .value(true))
    #expect(port.gaps[.acs] == .suspended)
  }

  @Test func `ports wired the wrong way round are put right from the top down`() throws {
    var bench = Bench()
    var above: String?
    // Root port, then four that all say they are downstream ports.
    for (place, type) in [(1, 4), (2, 6), (3, 6), (4, 6), (5, 6)] as [(Int, UInt8)] {
      let address = "0000:0\(place):00.0"
      try bench.add(address, below: above, code: 0x060400, Bytes.express(type, bridge))
      above = address
    }
    let types = try (1...5).map { try bench.port("0000:0\($0):00.0").type }
    #expect(types == [.express(4), .express(5), .express(6), .express(5), .express(6)])
  }

  @Test func `double-word ACS registers are read of those Intel ports that have them`() throws {
    var bench = Bench()
    let bytes = Bytes.express(4, bridge.merging(Bytes.acs(0x0f, 0)) { $1 }.merging([0x108: 0x0d]) { $1 })
    try bench.add("0000:00:1c.0", ids: (0x8086, 0xa110), code: 0x060400, bytes)
    try bench.add("0000:00:1d.0", ids: (0x8086, 0xa120), code: 0x060400, bytes)
    let wide = try bench.port("0000:00:1c.0")
    #expect(wide.acs == ACS(capability: 0x0f, control: 0x0d) && wide.quirk == nil && wide.isolation == .value(true))
    #expect(wide.quirkSource?.entry == 68)
    let narrow = try bench.port("0000:00:1d.0")
    #expect(narrow.acs == ACS(capability: 0x0f, control: 0) && narrow.isolation == .value(false))
  }

  @Test func `a conventional bridge takes its secondary bus's id only below PCI Express`() throws {
    var bench = Bench()
    let ids: (UInt16, UInt16) = (0x1b21, 0x1080)
    try bench.add("0000:00:01.0", code: 0x060400, Bytes.express(4, bridge))
    try bench.add("0000:00:1e.0", code: 0x060400, Bytes.config(256, bridge))
    try bench.add("0000:01:00.0", below: "0000:00:01.0", ids: ids, code: 0x060400, Bytes.config(256, bridge))
    try bench.add("0000:02:00.0", below: "0000:00:1e.0", ids: ids, code: 0x060400, Bytes.config(256, bridge))
    try bench.add("0000:00:1f.0", ids: ids, code: 0x060400, Bytes.config(256, bridge))
    #expect(try bench.port("0000:01:00.0").usesSecondaryBus)
    #expect(try bench.port("0000:01:00.0").aliasSource == "quirk_use_pcie_bridge_dma_alias")
    #expect(try !bench.port("0000:02:00.0").usesSecondaryBus)
    #expect(try !bench.port("0000:00:1f.0").usesSecondaryBus)
  }

  @Test func `AMD's table is taken for there when groups are, unless another IOMMU is named`() throws {
    var bench = Bench()
    for address in ["0000:00:14.0", "0000:00:14.1"] {
      try bench.add(address, ids: (0x1002, 0x4385), Bytes.config(256, [:]))
    }
    #expect(try bench.port("0000:00:14.0").quirk == nil)
    bench.host.iommus = ["ivhd0"]
    #expect(try bench.port("0000:00:14.0").isolation == .value(true))
    bench.host.iommus = []
    #expect(try bench.port("0000:00:14.0").isolation == .value(true))
    bench.host.iommu = .unknown
    #expect(try bench.port("0000:00:14.0").isolation == .unknown(.notRecorded))
  }

  @Test func `aliases that only the device knows are a gap`() throws {
    var bench = Bench()
    try bench.add("0000:01:00.1", ids: (0x11f8, 0x8532), code: 0x068000, Bytes.express(0))
    #expect(try bench.port("0000:01:00.1").gaps == [.aliases: .notRead])
    try bench.add("0000:02:00.0", ids: (0x1b4b, 0x9230), code: 0x010601, Bytes.express(1))
    #expect(try bench.port("0000:02:00.0").aliases == [1])
    #expect(try bench.port("0000:02:00.0").aliasSource == "quirk_dma_func1_alias")
  }

  @Test func `a tree that bites its own tail is read to its end`() throws {
    var bench = Bench()
    try bench.add("0000:01:00.0", below: "0000:02:00.0", code: 0x060400, Bytes.express(6, bridge))
    try bench.add("0000:02:00.0", below: "0000:01:00.0", code: 0x060400, Bytes.express(6, bridge))
    #expect(try bench.port("0000:02:00.0").leadsToABus)
  }
}
