import Testing

@testable import Topology

@Suite struct IdentityTests {
  @Test(arguments: [
    (0x010802, "NVMe SSD"), (0x010801, "NVM"), (0x010000, "SCSI HBA"), (0x020000, "Ethernet"), (0x030000, "VGA"),
    (0x0c0330, "USB"), (0x060400, "PCI bridge"), (0x060401, "PCI bridge"), (0x060000, "Host bridge"),
    (0x0200ff, "Ethernet"), (0x02ff00, "Network"), (0x0cff00, "Serial bus"), (0x400000, "Co-processor"),
    (0xff0000, "Device"), (0x000000, "Device"), (0x000100, "VGA"), (0x080600, "IOMMU"),
  ])
  func `a class has the noun that people use`(code: UInt32, noun: String) {
    #expect(ClassCode(code).noun == noun)
  }

  @Test func `every class has a noun that fits a column`() {
    for code in UInt32(0)...0xffff {
      let noun = ClassCode(code << 8).noun
      #expect(!noun.isEmpty && noun.utf8.count <= 15, "\(Hex.text(code, atLeast: 4)): \(noun)")
    }
  }

  @Test func `only PCI-to-PCI and CardBus bridges lead to a bus`() {
    let leading = (UInt32(0)...0xffff).filter { ClassCode($0 << 8).leadsToABus }
    #expect(leading == [0x0604, 0x0607, 0x0609])
    #expect(leading.allSatisfy { ClassCode($0 << 8).isBridge })
    #expect(ClassCode(0x060000).isBridge && !ClassCode(0x020000).isBridge)
  }

  @Test func `the parts of a class are its bytes`() {
    let code = ClassCode(0xff01_0802)
    #expect(code.value == 0x010802 && code.base == 1 && code.baseAndSub == 0x0108 && code.interface == 2)
  }

  @Test func `names are found by id, and what is known first stays`() {
    let identity = Identity(vendor: 0x8086, device: 0x100e, classCode: ClassCode(0x020000))
    let key = Names.key(vendor: 0x8086, device: 0x100e)
    #expect(key == 0x8086_100e)
    var names = Names(vendors: [0x8086: "Intel"], devices: [key: "82540EM"])
    #expect(names.vendor(of: identity) == "Intel" && names.device(of: identity) == "82540EM")
    #expect(Names().vendor(of: identity) == nil && Names().device(of: identity) == nil)
    names.add(Names(vendors: [0x8086: "other", 0x1000: "LSI"], devices: [key: "other"]))
    #expect(names == Names(vendors: [0x8086: "Intel", 0x1000: "LSI"], devices: [key: "82540EM"]))
    #expect(identity.ids == "8086:100e")
    #expect(Identity(vendor: 1, device: 0, classCode: ClassCode(0)).ids == "0001:0000")
  }

  @Test func `ignorance keeps its reason through a change of type`() {
    #expect(Known.value(2).map { $0 * 2 } == .value(4))
    #expect(Known<Int>.absent.map { $0 * 2 } == .absent)
    #expect(Known<Int>.unknown(.needsRoot).map { "\($0)" } == .unknown(.needsRoot))
    #expect(Known<Int>.unknown(.needsRoot).ignorance == .needsRoot && Known.value(1).ignorance == nil)
  }

  @Test func `every reason not to know reads as words`() {
    let reasons: [Ignorance] = [
      .notRead, .needsRoot, .deviceBusy, .notRecorded, .suspended, .refused(errno: 5), .refused(errno: 13),
      .refused(errno: 4711), .malformed(""), .malformed("0xzz"),
    ]
    #expect(
      reasons.map(\.description) == [
        "not read", "needs root", "device busy", "not in this image", "device is suspended", "input/output error",
        "permission denied", "errno 4711", "empty", "unreadable: 0xzz",
      ])
  }

  @Test(arguments: [
    (PortType.express(0), false, Kind.endpoint), (.express(1), false, .legacyEndpoint), (.express(4), true, .rootPort),
    (.express(5), true, .upstreamPort), (.express(6), true, .downstreamPort), (.express(7), true, .pcieToPCIBridge),
    (.express(8), true, .pciToPCIeBridge), (.express(9), false, .integratedEndpoint),
    (.express(10), false, .eventCollector), (.express(15), true, .bridge), (.express(15), false, .function),
    (.conventional, true, .conventionalBridge), (.conventional, false, .conventional),
  ])
  func `a port type makes a kind`(port: PortType, leads: Bool, kind: Kind) {
    #expect(port.kind(leadsToABus: leads) == kind)
  }

  @Test func `without config space class and physfn decide the kind`() {
    let address = Address(domain: 0, bus: 0, device: 0, function: 0)
    var function = Function(address: address, parent: .root("pci0000:00"))
    #expect(function.kind == .function)
    function.identity = .value(Identity(vendor: 1, device: 1, classCode: ClassCode(0x060400)))
    #expect(function.kind == .bridge)
    function.details = Details(path: "sys")
    #expect(function.kind == .bridge)
    function.details?.port = .value(.express(4))
    #expect(function.kind == .rootPort)
    function.physicalFunction = address
    #expect(function.kind == .virtualFunction)
  }

  @Test func `every word of the tables is found, so they are sorted`() {
    for noun in ClassCode.nouns { #expect(ClassCode(UInt32(noun.code) << 8).noun == noun.word) }
    let taken = Set(ClassCode.nouns.map(\.code))
    for family in ClassCode.families {
      let others = (family.code...family.code | 0xff).filter { !taken.contains($0) }
      for code in others { #expect(ClassCode(UInt32(code) << 8).noun == family.word) }
    }
  }
}
