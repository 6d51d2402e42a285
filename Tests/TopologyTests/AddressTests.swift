import Testing

@testable import Topology

@Suite struct AddressTests {
  @Test(arguments: [
    ("0000:00:00.0", 0, 0, 0, 0), ("0000:03:00.1", 0, 3, 0, 1), ("0000:ff:1f.7", 0, 255, 31, 7),
    ("ffff:80:10.3", 0xffff, 0x80, 0x10, 3), ("10000:e1:00.0", 0x10000, 0xe1, 0, 0),
    ("7fffffff:00:00.0", 0x7fff_ffff, 0, 0, 0), ("ffffffff:ff:1f.7", 0xffff_ffff, 255, 31, 7),
  ])
  func `the kernel's spelling is read and printed`(
    text: String, domain: UInt32, bus: UInt8, device: UInt8, function: UInt8
  )
    throws
  {
    let address = try #require(Address(text))
    #expect(address.domain == domain && address.bus == bus && address.device == device && address.function == function)
    #expect(address.description == text)
    #expect(Address(bytes: Array(text.utf8)) == address)
  }

  @Test(arguments: [
    "", "0000", "03:00.0", "0000:03:00", "000:03:00.0", "0000:3:00.0", "0000:03:0.0", "0000:03:00.8", "0000:03:20.0",
    "0000:03:00.", "0000:03:00:0", "0000.03:00.0", "0000:03:00.0 ", " 0000:03:00.0", "0000:0g:00.0", "0000:0A:00.0",
    "ABCD:00:00.0", "100000000:00:00.0", "0000:00:00.0.0", "0000:00:00.-", "0000:é0:00.0", "+000:00:00.0",
    "0x00:00:00.0",
  ])
  func `anything else is no address`(text: String) {
    #expect(Address(text) == nil)
  }

  @Test func `every bus, device and function comes back from its text`() {
    for bus in UInt8.min...UInt8.max {
      for slot in UInt8.min...UInt8.max {
        let address = Address(domain: UInt32(bus) * 257, bus: bus, device: slot >> 3, function: slot & 7)
        #expect(Address(address.description) == address)
      }
    }
  }

  @Test func `order is that of the numbers, widest first`() {
    let sorted = ["0000:00:1f.7", "0000:01:00.0", "0000:01:00.1", "0000:01:01.0", "0001:00:00.0", "10000:00:00.0"]
    let addresses = sorted.compactMap { Address($0) }
    #expect(addresses.count == sorted.count)
    #expect(addresses.reversed().sorted().map(\.description) == sorted)
  }

  @Test func `the short form leaves out domain 0 alone`() {
    #expect(Address(domain: 0, bus: 2, device: 1, function: 0).short == "02:01.0")
    #expect(Address(domain: 0x10000, bus: 2, device: 31, function: 7).short == "10000:02:1f.7")
  }

  @Test func `hexadecimal is padded and never cut`() {
    #expect(Hex.text(0, atLeast: 4) == "0000")
    #expect(Hex.text(0xabcde, atLeast: 4) == "abcde")
    let digits = (UInt8.min...UInt8.max).filter { Hex.digit($0) != nil }
    #expect(String(decoding: digits, as: UTF8.self) == "0123456789ABCDEFabcdef")
    #expect(digits.compactMap(Hex.digit) == Array(0...9) + Array(10...15) + Array(10...15))
  }
}
