import Testing
import Topology

@testable import HostLinux

@Suite struct ParseTests {
  @Test func `a modalias gives ids and class`() {
    let text = "pci:v00008086d0000100Esv00001AF4sd00001100bc02sc00i00\n"
    #expect(
      Parse.modalias(Array(text.utf8).span)
        == .value(
          Identity(
            vendor: 0x8086, device: 0x100e, subsystemVendor: 0x1af4, subsystemDevice: 0x1100,
            classCode: ClassCode(0x020000))))
  }

  @Test(arguments: [
    "", "\n", "pci:", "usb:v00008086d0000100Esv00001AF4sd00001100bc02sc00i00",
    "pci:v00008086d0000100Esv00001AF4sd00001100bc02sc00i0", "pci:v00018086d0000100Esv00001AF4sd00001100bc02sc00i00",
    "pci:v0000808Gd0000100Esv00001AF4sd00001100bc02sc00i00", "pci:v00008086d0000100Esv00001AF4sd00001100bc02sc00i000",
    "pci:v\u{1b}0008086d0000100Esv00001AF4sd00001100bc02sc00i00",
  ])
  func `anything else is malformed and shown cleaned`(text: String) {
    guard case .unknown(.malformed(let shown)) = Parse.modalias(Array(text.utf8).span) else {
      Issue.record("taken for a modalias: \(text)")
      return
    }
    #expect(!shown.contains("\u{1b}") && shown.count < 200)
  }

  @Test func `an unset override is absent and a set one is kept to the letter`() {
    #expect(Parse.driverOverride(Array("(null)\n".utf8).span) == .absent)
    #expect(Parse.driverOverride(Array("\n".utf8).span) == .absent)
    #expect(Parse.driverOverride([UInt8]().span) == .absent)
    #expect(Parse.driverOverride(Array("vfio-pci\n".utf8).span) == .value("vfio-pci"))
    #expect(Parse.driverOverride(Array(" odd name \n".utf8).span) == .value(" odd name "))
  }

  @Test(arguments: [[0, 0xff, 0x67], Array("vfio\0pci\n".utf8), [0x76, 0xff, 10], [0xe2, 0x82, 10]] as [[UInt8]])
  func `an override that is no text is unknown and not none`(bytes: [UInt8]) {
    guard case .unknown(.malformed(let shown)) = Parse.driverOverride(bytes.span) else {
      Issue.record("taken for an override: \(bytes)")
      return
    }
    #expect(!shown.utf8.contains(0))
  }

  @Test func `numbers are taken whole or not at all`() {
    #expect(Parse.decimal(Array("-1\n".utf8).span) == .value(-1))
    #expect(Parse.decimal(Array("64".utf8).span) == .value(64))
    for text in ["", "-", "6x", "0x6", "99999999999999999999", "--1"] {
      #expect(Parse.decimal(Array(text.utf8).span).value == nil, "\(text)")
    }
    #expect(Parse.prefixed(Array("0x060400\n".utf8).span) == .value(0x060400))
    for text in ["", "0x", "8086", "0xzz", "0x123456789"] {
      #expect(Parse.prefixed(Array(text.utf8).span).value == nil, "\(text)")
    }
    #expect(Parse.group("0") == GroupID(0))
    for text in ["", "00", "01", "-1", "1a", "4294967296"] { #expect(Parse.group(text) == nil, "\(text)") }
  }

  @Test func `reserved regions are read by line, and one bad line spoils them`() {
    let good = "0x0000000000000000 0x0000000000ffffff direct-relaxable\n0x00000000fee00000 0x00000000feefffff msi\n"
    #expect(
      Parse.reserved(Array(good.utf8).span)
        == .value([
          ReservedRegion(first: 0, last: 0xff_ffff, kind: .directRelaxable),
          ReservedRegion(first: 0xfee0_0000, last: 0xfeef_ffff, kind: .msi),
        ]))
    #expect(Parse.reserved([UInt8]().span) == .value([]))
    for text in ["0x0 0x1", "0x2 0x1 msi", "0x0 0x1 odd", "0 1 msi", "0x0 0x1ffffffffffffffff msi"] {
      #expect(Parse.reserved(Array(text.utf8).span).value == nil, "\(text)")
    }
  }

  @Test func `no bytes of up to three make a parser trap`() {
    for length in 0...3 {
      for sample in 0..<2000 {
        var state = UInt64(sample * 7919 + length)
        let bytes = (0..<length).map { _ -> UInt8 in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return UInt8(truncatingIfNeeded: state >> 33)
        }
        _ = Parse.modalias(bytes.span)
        _ = Parse.decimal(bytes.span)
        _ = Parse.reserved(bytes.span)
        _ = Uevent.subjects(bytes.span)
        #expect(!ConfigSpace(bytes.span).isWhole)
      }
    }
  }

  @Test(arguments: [
    ("sys/devices/pci0000:00/0000:00:01.0", "0000:00:01.0", Parent.root("pci0000:00")),
    ("sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0", "0000:01:00.0", .function(address("0000:00:01.0"))),
    (
      "sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0", "10000:e0:06.0",
      .function(address("0000:00:0e.0"))
    ),
    ("sys/devices/platform/40000000.pcie/pci0000:00/0000:00:00.0", "0000:00:00.0", .root("pci0000:00")),
    ("sys/bus/pci/devices/0000:00:00.0", "0000:00:00.0", .root("devices")),
  ])
  func `the parent is the nearest function above`(path: String, own: String, parent: Parent) {
    #expect(Parent(path: path, of: address(own)) == parent)
  }
}

@Suite struct ConfigCopyTests {
  private func config(_ count: Int, _ set: [Int: UInt8]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    for (place, value) in set { bytes[place] = value }
    return bytes
  }

  @Test func `serial numbers are taken out of a copy and nothing else`() {
    var bytes = config(4096, [0x06: 0x10, 0x34: 0x40, 0x40: 0x03, 0x41: 0x00])
    for place in 0x42..<0x48 { bytes[place] = 0xaa }
    // AER leads to the serial number, which leads to itself.
    (bytes[0x100], bytes[0x102], bytes[0x103]) = (0x01, 0x01, 0x15)
    (bytes[0x150], bytes[0x152], bytes[0x153]) = (0x03, 0x01, 0x15)
    for place in 0x154..<0x15c { bytes[place] = 0xbb }
    let copy = ConfigCopy.withoutSerials(bytes)
    #expect(!copy.contains(0xaa) && !copy.contains(0xbb))
    var expected = bytes
    for place in Array(0x42..<0x48) + Array(0x154..<0x15c) { expected[place] = 0 }
    #expect(copy == expected)
  }
}
