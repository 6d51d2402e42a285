import Glibc
import HostAccess
import Testing
import Topology

@testable import HostLinux

@Suite struct ConfigTests {
  /// A root port with an ACS capability, 4096 bytes.
  private static let port: [UInt8] = {
    var bytes = [UInt8](repeating: 0, count: 4096)
    for (place, value) in [
      (0x06, 0x10), (0x0e, 0x01), (0x34, 0x40), (0x40, 0x10), (0x42, 0x42), (0x100, 0x0d), (0x102, 0x01), (0x104, 0x1f),
      (0x106, 0x1d),
    ] { bytes[place] = UInt8(value) }
    return bytes
  }()

  private static let path = "sys/devices/pci0000:00/0000:00:01.0"

  @Test func `an image's configuration space is read as far as it was recorded`() throws {
    let machine = Fixture.seed()
    machine.file(Self.path + "/config", bytes: Self.port)
    let bridge = Self.path + "/0000:01:00.0"
    machine.file(bridge + "/config", bytes: Array(Self.port.prefix(64)))
    machine.fifo(bridge + "/0000:02:01.0/config")
    let observer = try SysfsObserver(root: machine.root)
    let asked = ["0000:00:01.0", "0000:01:00.0", "0000:02:01.0", "0000:02:02.0", "0000:09:00.0"].map { address($0) }
    let found = observer.configSpaces(of: asked)
    #expect(found.count == asked.count)
    #expect(found[asked[0]]?.value?.acs == .value(ACS(capability: 0x1f, control: 0x1d)))
    #expect(found[asked[0]]?.value?.bytes == Self.port)
    #expect(found[asked[1]]?.value?.acs == .unknown(.notRecorded))
    #expect(found[asked[2]] == .unknown(.malformed("not a regular file")))
    #expect(found[asked[3]] == .unknown(.notRecorded))
    #expect(found[asked[4]] == .absent)
    #expect(observer.configSpaces(of: asked, waking: true) == found)
  }

  @Test func `what slept when an image was taken is missing for that reason`() throws {
    let machine = Fixture.seed()
    machine.file(Self.path + "/power/runtime_status", "suspended\n")
    let awake = Self.path + "/0000:01:00.0"
    machine.file(awake + "/power/runtime_status", "suspended\n")
    machine.file(awake + "/config", bytes: Array(Self.port.prefix(256)))
    let observer = try SysfsObserver(root: machine.root)
    for waking in [false, true] {
      let found = observer.configSpaces(of: [address("0000:00:01.0"), address("0000:01:00.0")], waking: waking)
      #expect(found[address("0000:00:01.0")] == .unknown(.suspended))
      #expect(found[address("0000:01:00.0")]?.value?.bytes.count == 256)
    }
  }

  @Test func `a link that leads out of an image is not followed, and a long file is cut`() throws {
    let machine = Fixture.seed()
    let outside = Fixture()
    outside.file("config", bytes: Self.port)
    machine.link(Self.path + "/config", to: outside.path("config"))
    machine.file(Self.path + "/0000:01:00.0/config", bytes: Self.port + [UInt8](repeating: 7, count: 9000))
    let observer = try SysfsObserver(root: machine.root)
    let (port, bridge) = (address("0000:00:01.0"), address("0000:01:00.0"))
    let found = observer.configSpaces(of: [port, bridge])
    #expect(found[port]?.value == nil)
    #expect(found[bridge]?.value?.bytes == Self.port)
  }

  @Test func `port facts of an image come from its bytes`() throws {
    let machine = Fixture.seed()
    machine.file(Self.path + "/config", bytes: Self.port)
    let observer = try SysfsObserver(root: machine.root)
    let inventory = try observer.inventory(.listing)
    let ports = observer.ports(of: inventory, observer.configSpaces(of: inventory.functions.map(\.address)))
    #expect(ports.map(\.address) == inventory.functions.map(\.address))
    #expect(ports[0].type == .express(4) && ports[0].isolation == .value(true))
    #expect(ports.dropFirst().allSatisfy { $0.gaps[.type] == .notRecorded })
  }

  @Test func `configuration space that may hang is read where the reader can be left behind`() throws {
    let machine = Fixture()
    var conventional = [UInt8](repeating: 0xee, count: 256)
    (conventional[0x06], conventional[0x0e], conventional[0x34]) = (0x10, 0, 0x40)
    (conventional[0x40], conventional[0x41]) = (0x01, 0)
    machine.file("config", bytes: conventional)
    machine.file("port", bytes: Self.port)
    machine.fifo("asleep")
    let reader = CautiousReader(try Root(machine.root), patience: 50)
    let found = reader.read(["config", "asleep", "port"], .config)
    #expect(found[1] == .unknown(.deviceBusy))
    #expect(found[2] == .value(Self.port))
    // Of a conventional function no more than its capabilities.
    let bytes = try #require(found[0].value)
    #expect(bytes.count == 256 && bytes[0x57] == 0xee && bytes[0x58] == 0)
    let writer = unsafe open(machine.path("asleep"), O_WRONLY)
    close(writer)
  }

  @Test func `the kernel's words for resets are read, and an image without them does not tell`() throws {
    let machine = Fixture.seed()
    machine.file(Self.path + "/reset_method", "pm bus new_way\n")
    machine.file(Self.path + "/0000:01:00.0/reset_method", "\n")
    let observer = try SysfsObserver(root: machine.root)
    let asked = ["0000:00:01.0", "0000:01:00.0", "0000:02:01.0", "0000:09:00.0"].map { address($0) }
    let found = observer.resetMethods(of: asked)
    #expect(found[asked[0]] == .value([.power, .bus]))
    #expect(found[asked[1]] == .value([]))
    #expect(found[asked[2]] == .unknown(.notRecorded))
    #expect(found[asked[3]] == .absent)
  }

  @Test func `on the machine that runs the tests, the header is what the kernel's file begins with`() throws {
    let observer = try SysfsObserver(root: "/")
    let functions = try observer.inventory(.listing).functions.map(\.address)
    let found = observer.configSpaces(of: functions)
    #expect(found.count == functions.count)
    var beyond = 0
    for (address, config) in found {
      guard let space = config.value else {
        #expect(config == .unknown(.suspended) || config == .absent, "\(address)")
        continue
      }
      #expect(space.size == 256 || space.size == 4096, "\(address)")
      let header = observer.root.read(path: "sys/bus/pci/devices/\(address)/config", limit: 64) {
        .value(Array(copying: $0))
      }
      #expect(Array(space.bytes.prefix(0x3c)) == header.value.map { Array($0.prefix(0x3c)) }, "\(address)")
      if space.count > 64 {
        beyond += 1
      } else if space.port.value == nil {
        #expect(space.port == .unknown(.needsRoot))
      }
    }
    print("live: configuration space of \(found.count) functions, \(beyond) beyond the header")
  }
}
