import HostAccess
import Testing
import Topology

@testable import HostLinux

@Suite struct FunctionReaderTests {
  private let bus = "sys/devices/pci0000:00"

  private func look(_ machine: Fixture, _ depth: Depth = .listing) throws -> Inventory {
    try SysfsObserver(root: machine.root).inventory(depth)
  }

  @Test(arguments: [Depth.listing, .full])
  func `a bus whose directory is a link is read to its last function`(depth: Depth) throws {
    let machine = Fixture()
    for slot in 0..<6 { machine.function("0000:00:0\(slot).0", driver: "driver\(slot)", group: slot) }
    machine.move(bus, to: "sys/devices/real")
    machine.link(bus, to: "real")
    let found = try look(machine, depth)
    #expect(found.functions.map(\.driver.value) == (0..<6).map { "driver\($0)" })
    #expect(found.functions.allSatisfy { $0.identity.value != nil && $0.parent == .root("real") })
  }

  @Test func `neighbours keep their own directories when one of them stands elsewhere`() throws {
    let machine = Fixture()
    for slot in 0..<6 { machine.function("0000:00:0\(slot).0", driver: "here", group: slot) }
    machine.directory("sys/devices/aside")
    machine.move(bus + "/0000:00:04.0", to: "sys/devices/aside/0000:00:04.0")
    machine.unlink("sys/bus/pci/devices/0000:00:04.0")
    machine.link("sys/bus/pci/devices/0000:00:04.0", to: "../../../devices/aside/0000:00:04.0")
    machine.unlink("sys/devices/aside/0000:00:04.0/driver")
    let found = try look(machine)
    #expect(found.functions.map(\.driver.value) == ["here", "here", "here", "here", nil, "here"])
    #expect(found.functions.map(\.parent) == (0..<6).map { .root($0 == 4 ? "aside" : "pci0000:00") })
  }

  @Test func `without modalias an image's headers serve, and virtual functions share what they are`() throws {
    let machine = Fixture()
    machine.function("0000:03:00.0", driver: "igb", group: 1)
    machine.unlink(bus + "/0000:03:00.0/modalias")
    var config = [UInt8](repeating: 0, count: 64)
    (config[0x00], config[0x01], config[0x02], config[0x03], config[0x0b]) = (0x86, 0x80, 0x21, 0x15, 0x02)
    machine.file(bus + "/0000:03:00.0/config", bytes: config)
    for slot in 0..<3 {
      let path = bus + "/0000:03:10.\(slot)"
      machine.function("0000:03:10.\(slot)", driver: "igbvf", group: 2 + slot)
      machine.unlink(path + "/modalias")
      machine.link(path + "/physfn", to: "../0000:03:00.0")
      machine.file(path + "/config", bytes: [UInt8](repeating: 0xff, count: 4) + [UInt8](repeating: 0, count: 60))
    }
    machine.file(bus + "/0000:03:10.0/vendor", "0x8086\n")
    machine.file(bus + "/0000:03:10.0/device", "0x1520\n")
    machine.file(bus + "/0000:03:10.0/class", "0x020000\n")
    let found = try look(machine)
    #expect(found.functions.map { $0.identity.value?.ids } == ["8086:1521", "8086:1520", "8086:1520", "8086:1520"])
  }

  @Test func `paths are spelled as the kernel spells them`() throws {
    var buffer = PathBuffer()
    try buffer.set("sys")
    buffer.append(address("10000:e1:1f.7"))
    #expect(unsafe String(cString: buffer.entry("driver")) == "sys/10000:e1:1f.7/driver")
    for number: UInt32 in [0, 9, 10, 4096, .max] {
      buffer.clear()
      buffer.append(GroupID(number))
      #expect(unsafe String(cString: buffer.path) == String(number))
    }
    #expect(throws: SystemError(SystemError.nameTooLong)) { try buffer.set(String(repeating: "x", count: 4096)) }
    #expect(throws: SystemError(SystemError.nameTooLong)) { try buffer.set("a\0b") }
  }
}
