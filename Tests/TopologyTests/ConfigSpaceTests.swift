import Testing
import Topology

/// Configuration space put together by hand.
enum Bytes {
  static func config(_ count: Int, _ set: [Int: UInt8]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    for (place, value) in set { bytes[place] = value }
    return bytes
  }

  /// A PCI Express function of a type: its capability at 0x40, version 2, and no other.
  static func express(_ type: UInt8, _ set: [Int: UInt8] = [:], count: Int = 4096) -> [UInt8] {
    config(count, [0x06: 0x10, 0x34: 0x40, 0x40: 0x10, 0x42: type << 4 | 2].merging(set) { $1 })
  }

  /// An ACS capability at 0x100, the only one there.
  static func acs(_ capability: UInt8, _ control: UInt8) -> [Int: UInt8] {
    [0x100: 0x0d, 0x102: 0x01, 0x104: capability, 0x106: control]
  }
}

@Suite struct ConfigSpaceTests {
  private func config(_ count: Int, _ set: [Int: UInt8], _ beyond: Ignorance = .needsRoot) -> ConfigSpace {
    ConfigSpace(Bytes.config(count, set), beyond: beyond)
  }

  @Test func `the port type comes from the PCI Express capability, and says where it stands`() {
    let space = config(256, [0x06: 0x10, 0x34: 0x40, 0x40: 0x01, 0x41: 0x50, 0x50: 0x10, 0x52: 0x42])
    #expect(space.port == .value(.express(4)))
    #expect(space[.expressFlags] == .value(Evidence(register: .expressFlags, offset: 0x52, value: 0x42)))
    #expect(space[.expressFlags].value?.description == "PCIe Flags (0x52) = 0x0042")
  }

  @Test func `a list that leads in a circle is malformed, but what it passes is found`() {
    let space = config(256, [0x06: 0x10, 0x34: 0x40, 0x40: 0x01, 0x41: 0x48, 0x44: 0x08, 0x48: 0x05, 0x49: 0x40])
    #expect(space.port == .unknown(.malformed("capability list")))
    #expect(space.keepsStateInD3 == .value(true))
    #expect(space.capabilities.entries.count == 48)
  }

  @Test func `pointers lose their two low bits and a pointer into the header ends the list`() {
    let space = config(256, [0x06: 0x10, 0x34: 0x43, 0x40: 0x01, 0x41: 0x53, 0x50: 0x10, 0x51: 0x3f, 0x52: 0x60])
    #expect(space.port == .value(.express(6)))
    #expect(space.capabilities.gap == nil)
    #expect(space.capabilities.entries.map(\.offset) == [0x40, 0x50])
  }

  @Test func `a CardBus bridge has its list elsewhere`() {
    let space = config(256, [0x06: 0x10, 0x0e: 2, 0x14: 0x80, 0x34: 0x40, 0x40: 0x10, 0x80: 0x01, 0x19: 5])
    #expect(space.capabilities.entries.map(\.id) == [.power])
    #expect(space.busNumbers.value?.secondary == 5)
  }

  @Test func `what lies beyond the bytes that could be read is unknown, never absent`() {
    let space = config(64, [0x06: 0x10, 0x0e: 0x81, 0x19: 7, 0x34: 0x40])
    let wanting: [ConfigRegister] = [
      .expressFlags, .deviceCapabilities, .powerControl, .acsControl, .wideACSControl, .sriovTotal,
      .intelPortConfiguration,
    ]
    for register in wanting { #expect(space[register] == .unknown(.needsRoot), "\(register)") }
    #expect(space.port == .unknown(.needsRoot))
    #expect(space.acs == .unknown(.needsRoot))
    #expect(space.sriov == .unknown(.needsRoot))
    #expect(space.hasFunctionLevelReset == .unknown(.needsRoot))
    #expect(space.forwardsARI == .unknown(.needsRoot))
    #expect(space.saysMultifunction == .value(true))
    #expect(space.layout == .value(1))
    #expect(space.busNumbers.value?.secondary == 7)
    #expect(config(0, [:]).layout == .unknown(.needsRoot))
    #expect(config(0x19, [0x0e: 1]).busNumbers == .unknown(.needsRoot))
  }

  @Test func `a header without capabilities is conventional, but one that was made up tells nothing`() {
    #expect(config(256, [0x0e: 1]).port == .value(.conventional))
    #expect(config(256, [0x0e: 1]).acs == .absent)
    #expect(ConfigSpace(Bytes.config(64, [0x0e: 1]), size: 256, beyond: .needsRoot).port == .value(.conventional))
    let made = config(64, [0x0e: 1], .notRecorded)
    #expect(made.port == .unknown(.notRecorded))
    #expect(made.takenAtItsWord.port == .value(.conventional))
  }

  @Test func `extended space is absent only of who has none, or where the kernel cannot reach it`() {
    let express = Bytes.express(4, count: 256)
    #expect(ConfigSpace(express).acs == .unknown(.notRecorded))
    #expect(ConfigSpace(express, size: 256).acs == .absent)
    #expect(ConfigSpace(express, size: 4096, beyond: .needsRoot).acs == .unknown(.needsRoot))
    #expect(config(256, [0x06: 0x10, 0x34: 0x40, 0x40: 0x01]).acs == .absent)
    #expect(config(64, [0x06: 0x10, 0x34: 0x40]).acs == .unknown(.needsRoot))
    #expect(ConfigSpace(Bytes.express(4)).acs == .absent)
  }

  @Test func `access control services are two words, of some Intel ports two double words`() {
    var bytes = Bytes.express(4, Bytes.acs(0x1f, 0x1d))
    (bytes[0x108], bytes[0x109]) = (0x0f, 0x00)
    let space = ConfigSpace(bytes)
    #expect(space.acs == .value(ACS(capability: 0x1f, control: 0x1d)))
    #expect(space[.acsControl].value?.description == "ACS Control (0x106) = 0x001d")
    #expect(space.wideACS == .value(ACS(capability: 0x1f, control: 0x0f)))
    #expect(space[.wideACSCapability].value?.description == "ACS Capability (0x104) = 0x001d001f")
  }

  @Test func `an extended list is followed to its end, and around a circle not for ever`() {
    var bytes = Bytes.express(0)
    (bytes[0x100], bytes[0x102], bytes[0x103]) = (0x01, 0x01, 0x15)
    (bytes[0x150], bytes[0x152], bytes[0x153]) = (0x0e, 0xc1, 0xff)
    // The last place of all has no room for its registers.
    (bytes[0xffc], bytes[0xffe], bytes[0xfff]) = (0x0f, 0x01, 0x00)
    let space = ConfigSpace(bytes)
    #expect(space.extendedCapabilities.entries.map(\.offset) == [0x100, 0x150, 0xffc])
    #expect(space.offset(of: .ari) == .value(0x150))
    #expect(space.offset(of: .ats) == .value(0xffc))
    #expect(space[.atsControl] == .absent)
    #expect(space.acs == .absent)
    bytes[0xfff] = 0x10
    #expect(ConfigSpace(bytes).extendedCapabilities.entries.count == 480)
    #expect(ConfigSpace(bytes).acs == .unknown(.malformed("extended capability list")))
  }

  @Test func `virtual functions, ARI forwarding and resets are read as the registers have them`() {
    var bytes = Bytes.express(0, [0x47: 0x10, 0x68: 0x20])
    let sriov: [Int: UInt8] = [
      0: 0x10, 2: 1, 8: 1, 0x0e: 0x40, 0x10: 4, 0x14: 0x80, 0x16: 2, 0x1a: 0x4c, 0x1b: 0x15,
    ]
    for (place, value) in sriov { bytes[0x100 + place] = value }
    let space = ConfigSpace(bytes)
    #expect(
      space.sriov.value.map { [$0.total, $0.number, $0.offset, $0.stride, $0.device] } == [0x40, 4, 0x80, 2, 0x154c])
    #expect(space.sriov.value?.isEnabled == true)
    #expect(space.hasFunctionLevelReset == .value(true))
    #expect(space.forwardsARI == .value(true))
    // The register is there since version 2 of the capability.
    bytes[0x42] = 1
    #expect(ConfigSpace(bytes).forwardsARI == .absent)
    #expect(config(256, [0x06: 0x10, 0x34: 0x40, 0x40: 0x13, 0x43: 3]).hasFunctionLevelReset == .value(true))
    #expect(config(256, [0x06: 0x10, 0x34: 0x40, 0x40: 0x13, 0x43: 1]).hasFunctionLevelReset == .value(false))
    #expect(config(256, [:]).hasFunctionLevelReset == .absent)
  }

  @Test func `ids come from the header, a bridge's subsystem from its capability, and a virtual function has none`() {
    let ids: [Int: UInt8] = [0x00: 0x86, 0x01: 0x80, 0x02: 0x0e, 0x03: 0x10, 0x0b: 0x02]
    #expect(
      config(64, ids.merging([0x2c: 0xf4, 0x2d: 0x1a, 0x2e: 0x01]) { $1 }).identity
        == .value(
          Identity(
            vendor: 0x8086, device: 0x100e, subsystemVendor: 0x1af4, subsystemDevice: 1, classCode: ClassCode(0x020000))
        ))
    let bridge = config(
      256, ids.merging([0x06: 0x10, 0x0e: 1, 0x2c: 9, 0x34: 0x40, 0x40: 0x10, 0x41: 0x80, 0x80: 0x0d, 0x84: 7]) { $1 })
    #expect(bridge.identity.value?.subsystemVendor == 7)
    #expect(config(64, [0x00: 0xff, 0x01: 0xff, 0x02: 0xff, 0x03: 0xff]).identity == .absent)
    #expect(config(64, [:]).identity == .absent)
  }

  @Test func `a device that no longer answers says nothing`() {
    let silent = ConfigSpace([UInt8](repeating: 0xff, count: 4096))
    #expect(!silent.isWhole)
    for register in ConfigRegister.allCases { #expect(silent[register].ignorance != nil, "\(register)") }
    #expect(silent.port.ignorance != nil && silent.acs.ignorance != nil && silent.identity == .absent)
    #expect(!config(63, [:]).isWhole)
  }

  @Test func `zeros at the end cost nothing and come back`() {
    let bytes = Bytes.express(5)
    #expect(ConfigSpace(bytes).bytes == bytes)
    #expect(ConfigSpace(bytes) != ConfigSpace(bytes.dropLast()))
    #expect(ConfigSpace(bytes + [1, 2, 3]).bytes == bytes)
  }
}
