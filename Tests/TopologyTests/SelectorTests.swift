import Testing

@testable import Topology

struct SelectorReadingTests {
  private static func at(_ domain: UInt32, _ bus: UInt8, _ device: UInt8, _ function: UInt8) -> Address {
    Address(domain: domain, bus: bus, device: device, function: function)
  }

  static let readings: [(String, Selector)] = [
    ("03:00.0", .address(at(0, 3, 0, 0))),
    ("0000:03:00.0", .address(at(0, 3, 0, 0))),
    ("3:0.0", .address(at(0, 3, 0, 0))),
    ("FF:1F.7", .address(at(0, 0xff, 0x1f, 7))),
    ("10000:e1:00.0", .address(at(0x10000, 0xe1, 0, 0))),
    ("1:2:3.4", .address(at(1, 2, 3, 4))),
    ("ffffffff:00:00.0", .address(at(0xffff_ffff, 0, 0, 0))),
    ("pci_0000_03_00_0", .address(at(0, 3, 0, 0))),
    ("pci_10000_e1_00_0", .address(at(0x10000, 0xe1, 0, 0))),
    ("03:00", .slot(.init(bus: 3, device: 0))),
    ("03:00.*", .slot(.init(bus: 3, device: 0))),
    ("80:04.*", .slot(.init(bus: 0x80, device: 4))),
    ("0000:80:04.*", .slot(.init(bus: 0x80, device: 4))),
    ("0001:80:04", .slot(.init(domain: 1, bus: 0x80, device: 4))),
    ("8086:1572", .ids(.init(vendor: 0x8086, device: 0x1572))),
    ("pci:8086:1572", .ids(.init(vendor: 0x8086, device: 0x1572))),
    ("0010:0100", .ids(.init(vendor: 0x10, device: 0x100))),
    (
      "8086:1572:1028:0001",
      .ids(.init(vendor: 0x8086, device: 0x1572, subsystemVendor: 0x1028, subsystemDevice: 1))
    ),
    ("group:13", .group(GroupID(13))),
    ("group:0", .group(GroupID(0))),
    ("group:010", .group(GroupID(10))),
    ("/dev/vfio/13", .group(GroupID(13))),
    ("/dev/vfio/devices/vfio3", .vfioDevice("vfio3")),
    ("vfio3", .vfioDevice("vfio3")),
    ("/dev/nvme0n1", .disk("nvme0n1")),
    ("/dev/sda1", .disk("sda1")),
    ("eth0", .name("eth0")),
    ("enp3s0f1np1", .name("enp3s0f1np1")),
    ("0000:00:1c.0/00.0", .path(from: at(0, 0, 0x1c, 0), hops: [.init(device: 0, function: 0)])),
    (
      "00:1c.0/00.0/1f.7",
      .path(from: at(0, 0, 0x1c, 0), hops: [.init(device: 0, function: 0), .init(device: 0x1f, function: 7)])
    ),
  ]

  @Test(arguments: readings)
  func `every spelling is read as what it stands for`(text: String, selector: Selector) throws {
    #expect(try Selector(text) == selector)
  }

  @Test(arguments: readings)
  func `the canonical spelling reads back as the same selector`(text: String, selector: Selector) throws {
    #expect(try Selector(selector.description) == selector)
  }

  @Test(arguments: [
    "", " ", ":", "03:", ":00.0", "03:00.", "03:00.8", "03:20.0", "03:1g.0", "100:00.0", "3:0.00", "03:00.0.0",
    "123456789:00:00.0", "+3:00.0", "-3:00.0", "0x3:00.0", "03:+0.0", "group:", "group:x", "group:0x1", "group:-1",
    "group:4294967296", "pci:8086", "pci:8086:15", "pci:8086:1572:1028", "8086:15721", "1:2:3:4:5", "pci_0000_03_00",
    "pci_3_0_0_0", "/dev/", "/dev/vfio/", "/dev/vfio/vfio", "/dev/vfio/devices/3", "/sys/x", "/dev/disk/by-id/x",
    "eth0/00.0", "00:1c.0/", "00:1c.0/00", "00:1c.0/00.8", "00:1c/00.0", "a b", "1572", "8086:1572.0",
  ])
  func `what has no meaning is refused with what was expected`(text: String) {
    #expect {
      try Selector(text)
    } throws: { error in
      guard case .malformed(let found, let expected)? = error as? SelectorError else { return false }
      return found == text && !expected.isEmpty
    }
  }

  @Test(arguments: [
    ("8086:15", ["ids (8086:0015)", "bus and device in another domain (8086:15:00)"]),
    ("100:0", ["ids (0100:0000)", "bus and device in another domain (100:0:00)"]),
    ("13", ["group 13 (group:13)", "device 0 on bus 13 (13:00)"]),
    ("7", ["group 7 (group:7)", "device 0 on bus 07 (07:00)"]),
    ("1f.6", ["1f.6 on bus 00 (00:1f.6)", "an interface or disk of that name"]),
  ])
  func `what can be read in two ways names both`(text: String, readings: [String]) {
    #expect(throws: SelectorError.twoReadings(text, readings: readings)) { try Selector(text) }
  }

  @Test func `every address reads back from its canonical and its short form`() throws {
    for domain: UInt32 in [0, 1, 0xffff, 0x10000, 0xffff_ffff] {
      for bus: UInt8 in [0, 9, 0x1f, 0x80, 0xff] {
        for slot in UInt8(0)..<32 {
          for function in UInt8(0)..<8 {
            let address = Self.at(domain, bus, slot, function)
            #expect(try Selector(address.description) == .address(address))
            #expect(try Selector(address.short) == .address(address))
          }
        }
      }
    }
  }

  @Test func `no text of short length makes the reader trap`() {
    let letters = Array("0f:.*/gv_- \u{1b}é")
    var texts = [""]
    for _ in 0..<4 {
      texts = texts.flatMap { text in letters.map { text + String($0) } }
      for text in texts {
        do {
          let selector = try Selector(text)
          #expect(try Selector(selector.description) == selector, "\(text)")
        } catch {
          #expect(!error.description.unicodeScalars.contains("\u{1b}"))
        }
      }
    }
  }
}

struct SelectorResolutionTests {
  private static func function(_ at: String, _ vendor: UInt16, _ device: UInt16, below: String? = nil, group: UInt32?)
    -> Function
  {
    guard let address = Address(at) else { fatalError("no address: \(at)") }
    let parent: Parent = below.flatMap { Address($0) }.map { .function($0) } ?? .root("pci0000:00")
    return Function(
      address: address, parent: parent,
      identity: .value(Identity(vendor: vendor, device: device, subsystemVendor: 0x1028, classCode: ClassCode(0))),
      group: group.map { .value(GroupID($0)) } ?? .absent)
  }

  private let machine: Inventory = {
    var nic = Self.function("0000:03:00.0", 0x8086, 0x1572, below: "0000:00:1c.0", group: 13)
    nic.details = Details(path: "")
    nic.details?.interfaces = .value(["eth0", "both"])
    var second = Self.function("0000:03:00.1", 0x8086, 0x1572, below: "0000:00:1c.0", group: 13)
    second.details = Details(path: "")
    second.details?.vfioDevice = .value("vfio3")
    var disk = Self.function("10000:e1:00.0", 0x144d, 0xa80a, below: "0000:00:0e.0", group: 20)
    disk.details = Details(path: "")
    disk.details?.disks = .value(["nvme0n1", "sda", "both"])
    let functions = [
      Self.function("0000:00:1c.0", 0x8086, 0x0001, group: 2), nic, second,
      Self.function("0000:00:0e.0", 0x8086, 0x467f, group: 20), disk,
    ]
    let groups = [2, 13, 20].map { number in
      Group(id: GroupID(number), members: functions.filter { $0.group.value?.number == number }.map(\.address))
    }
    return Inventory(functions: functions, groups: groups)
  }()

  @Test(arguments: [
    ("03:00.0", ["0000:03:00.0"]), ("03:00", ["0000:03:00.0", "0000:03:00.1"]),
    ("8086:467f", ["0000:00:0e.0"]), ("8086:467F:1028:0000", ["0000:00:0e.0"]), ("eth0", ["0000:03:00.0"]),
    ("vfio3", ["0000:03:00.1"]), ("/dev/nvme0n1", ["10000:e1:00.0"]), ("/dev/nvme0n1p2", ["10000:e1:00.0"]),
    ("/dev/sda15", ["10000:e1:00.0"]), ("sda", ["10000:e1:00.0"]), ("00:1c.0/00.1", ["0000:03:00.1"]),
    ("00:0e.0/00.0", ["10000:e1:00.0"]),
  ])
  func `a selector finds its functions`(text: String, addresses: [String]) throws {
    #expect(try Selector(text).resolve(in: machine) == .functions(addresses.compactMap { Address($0) }))
  }

  @Test func `a group is found by its number and by its node`() throws {
    #expect(try Selector("group:13").resolve(in: machine) == .group(GroupID(13)))
    #expect(try Selector("/dev/vfio/2").resolve(in: machine) == .group(GroupID(2)))
  }

  @Test(arguments: [
    ("03:00.2", ["0000:03:00.0", "0000:03:00.1"]), ("e1:00.0", ["10000:e1:00.0"]), ("group:14", ["group:13"]),
    ("8086:1573", ["8086:1572"]), ("eth1", ["eth0"]), ("vfio4", ["vfio3"]), ("/dev/nvme0n2", ["nvme0n1"]),
    ("/dev/nvme0n11", ["nvme0n1"]), ("10de:2531", []), ("00:1c.0/00.7", []), ("00:1c.1/00.0", ["0000:00:1c.0"]),
  ])
  func `what is not there comes with what is nearest`(text: String, nearest: [String]) throws {
    let selector = try Selector(text)
    #expect {
      try selector.resolve(in: machine)
    } throws: { error in
      error as? SelectorError == .notFound(selector, nearest: nearest)
    }
  }

  @Test func `ids that several devices have are refused with their addresses`() throws {
    let selector = try Selector("8086:1572")
    #expect {
      try selector.resolve(in: machine)
    } throws: { error in
      "\(error)" == "8086:1572: 2 devices match, name one: 0000:03:00.0 0000:03:00.1"
    }
  }

  @Test func `a name that is an interface here and a disk there is asked back`() throws {
    let selector = try Selector("both")
    #expect {
      try selector.resolve(in: machine)
    } throws: { error in
      "\(error)" == "both: may be the interface on 0000:03:00.0 or the disk /dev/both on 10000:e1:00.0"
    }
  }

  @Test func `every function of a machine is found by its address`() throws {
    for function in machine.functions {
      #expect(try Selector(function.address.short).resolve(in: machine) == .functions([function.address]))
    }
  }

  @Test func `only names need a closer look`() throws {
    #expect(try ["eth0", "vfio3", "/dev/sda"].allSatisfy { try Selector($0).needsDetails })
    #expect(try !["03:00", "8086:1572", "group:1", "00:1c.0/00.0"].contains { try Selector($0).needsDetails })
  }
}
