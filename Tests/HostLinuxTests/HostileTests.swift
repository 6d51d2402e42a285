import HostAccess
import Testing
import Topology

@testable import HostLinux

/// Images made by somebody who means no good.
@Suite struct HostileTests {
  private let path = "sys/devices/pci0000:00/0000:00:00.0"
  private let one = address("0000:00:00.0")

  private func machine() -> Fixture {
    let machine = Fixture()
    machine.function("0000:00:00.0", driver: "e1000", group: 1)
    machine.function("0000:00:01.0", driver: "ahci", group: 1)
    return machine
  }

  private func look(_ machine: Fixture, _ depth: Depth = .full) throws -> Inventory {
    try SysfsObserver(root: machine.root).inventory(depth)
  }

  @Test func `a FIFO in place of a file costs that fact and is never opened`() throws {
    let machine = machine()
    machine.unlink(path + "/driver_override")
    machine.unlink(path + "/modalias")
    for name in ["driver_override", "modalias", "config", "numa_node", "sriov_totalvfs"] {
      machine.fifo(path + "/" + name)
    }
    machine.unlink("sys/kernel/iommu_groups/1/reserved_regions")
    machine.fifo("sys/kernel/iommu_groups/1/reserved_regions")
    let found = try look(machine)
    #expect(found[one]?.identity == .unknown(.malformed("not a regular file")))
    #expect(found[one]?.driverOverride == .unknown(.malformed("not a regular file")))
    #expect(found[one]?.details?.port == .unknown(.malformed("not a regular file")))
    #expect(found.groups[0].reserved == .unknown(.malformed("not a regular file")))
    #expect(found[one]?.driver == .value("e1000"))
    #expect(found.functions[1].identity.value != nil)
  }

  @Test(arguments: [
    ("", "empty"), ("\n", "empty"), ("pci:v0000", "unreadable: pci:v0000"), ("\u{1b}[2J", "unreadable: \\x1b[2J"),
  ])
  func `an empty, truncated or acting file is malformed and the attributes beside it serve`(text: String, shown: String)
    throws
  {
    let machine = machine()
    machine.file(path + "/modalias", text)
    #expect(try look(machine)[one]?.identity.ignorance?.description == shown)
    machine.file(path + "/vendor", "0x8086\n")
    machine.file(path + "/device", "0x100e\n")
    machine.file(path + "/class", "0x020000\n")
    #expect(try look(machine)[one]?.identity.value?.ids == "8086:100e")
    machine.file(path + "/vendor", "0x80861\n")
    #expect(try look(machine)[one]?.identity.ignorance?.description == shown)
  }

  @Test func `a huge file and a binary one cost one fact each`() throws {
    let machine = machine()
    machine.file(path + "/driver_override", bytes: [UInt8](repeating: 65, count: 1 << 20))
    machine.file(path + "/power_state", bytes: (0..<64).map { UInt8($0 * 4) })
    let found = try look(machine)
    #expect(found[one]?.driverOverride == .unknown(.malformed("longer than 64 KiB")))
    #expect(found[one]?.details?.powerState.ignorance?.description.hasPrefix("unreadable: \\x00") ?? false)
    #expect(found[one]?.driver == .value("e1000"))
  }

  @Test func `links are followed inside the tree only`() throws {
    let machine = machine()
    // Outside the tree stands a convincing device.
    let outside = Fixture()
    outside.function("0000:00:1f.0", ids: "dead:beef", driver: "outside", group: 66)
    let bait = outside.path("sys/devices/pci0000:00/0000:00:1f.0")
    machine.link("sys/bus/pci/devices/0000:00:1f.0", to: bait)
    machine.link("sys/bus/pci/devices/0000:00:1e.0", to: "../../../../../../../.." + bait)
    machine.link("sys/devices/pci0000:00/sub", to: outside.path("sys/devices/pci0000:00"))
    machine.link("sys/bus/pci/devices/0000:00:1d.0", to: "../../../devices/pci0000:00/sub/0000:00:1f.0")
    machine.link(path + "/numa_node", to: bait + "/modalias")
    machine.link("sys/bus/pci/devices/0000:00:1c.0", to: "0000:00:1c.0")
    let found = try look(machine)
    #expect(found.functions.map(\.address.short) == ["00:00.0", "00:01.0"])
    #expect(found.groups.map(\.id.number) == [1])
    #expect(found[one]?.details?.numaNode == .absent)
  }

  @Test func `a link to the running machine is not followed out of the image`() throws {
    let machine = Fixture()
    Fixture.remove(machine.path("sys"))
    machine.link("sys", to: "/sys")
    let root = try Root(machine.root)
    #expect(!root.isSysfs)
    let found = try look(machine)
    #expect(found.functions.isEmpty && !found.host.hasPCI)
  }

  @Test func `absolute links and linked directories inside the tree are followed`() throws {
    let machine = machine()
    machine.move("sys/devices", to: "sys/real")
    machine.link("sys/devices", to: "/sys/real")
    machine.unlink("sys/bus/pci/devices/0000:00:01.0")
    machine.link("sys/bus/pci/devices/0000:00:01.0", to: "/sys/devices/pci0000:00/0000:00:01.0")
    let found = try look(machine)
    #expect(found.functions.map(\.driver.value) == ["e1000", "ahci"])
    #expect(found.functions.allSatisfy { $0.identity.value != nil && $0.parent == .root("pci0000:00") })
    #expect(found.functions[0].details?.path == "sys/real/pci0000:00/0000:00:00.0")
  }

  @Test func `directories instead of links list as well`() throws {
    let machine = Fixture()
    machine.file("sys/bus/pci/devices/0000:00:02.0/vendor", "0x8086\n")
    machine.file("sys/bus/pci/devices/0000:00:02.0/device", "0x100e\n")
    machine.file("sys/bus/pci/devices/0000:00:02.0/class", "0x030000\n")
    let found = try look(machine, .listing)
    #expect(found.functions.map(\.address.short) == ["00:02.0"])
    #expect(found.functions[0].identity.value?.classCode == ClassCode(0x030000))
  }

  @Test func `what is no link, a dangling one, and names that are no addresses`() throws {
    let machine = machine()
    machine.unlink(path + "/driver")
    machine.directory(path + "/driver")
    machine.unlink(path + "/iommu_group")
    machine.link(path + "/iommu_group", to: "../../../kernel/iommu_groups/-1")
    machine.link("sys/bus/pci/devices/0000:00:09.0", to: "../../../devices/pci0000:00/0000:00:09.0")
    machine.link("sys/bus/pci/devices/\u{1b}[2J", to: "../../../devices/pci0000:00/0000:00:00.0")
    machine.directory("sys/kernel/iommu_groups/x/devices")
    let found = try look(machine, .listing)
    #expect(found.functions.map(\.address.short) == ["00:00.0", "00:01.0"])
    #expect(found[one]?.driver == .unknown(.malformed("not a link")))
    // Its directory lists it all the same, and what the link says is told.
    #expect(found[one]?.group == .value(GroupID(1)))
    #expect(found.disagreements.map(\.linkIgnorance) == [.malformed("-1")])
  }

  @Test func `a walk without openat2 refuses links as well`() throws {
    let machine = machine()
    machine.link("sys/devices/aside", to: "pci0000:00")
    let root = try Root(machine.root)
    #expect(throws: Never.self) {
      _ = OwnedDescriptor(Int(try root.openStepwise(path + "/modalias", Root.Flags.file)))
    }
    #expect(throws: SystemError(SystemError.notDirectory)) {
      _ = try root.openStepwise("sys/devices/aside/0000:00:00.0/modalias", Root.Flags.file)
    }
    #expect(throws: SystemError(SystemError.invalid)) {
      _ = try root.openStepwise("sys/../../etc/passwd", Root.Flags.file)
    }
  }
}

@Suite struct DescriptorTests {
  @Test func `runs hold neighbours only`() {
    #expect(DescriptorBatch.runs(in: [3, 4, 5, 9, 11, 12]) == [3...5, 9...9, 11...12])
    #expect(DescriptorBatch.runs(in: []).isEmpty)
  }

  @Test func `links resolve as chroot would see them`() throws {
    let machine = Fixture()
    machine.directory("a/b")
    machine.link("a/up", to: "../../../a/b")
    machine.link("a/round", to: "round2")
    machine.link("a/round2", to: "round")
    let root = try Root(machine.root)
    #expect(root.resolve("a/up") == "a/b")
    #expect(root.resolve("a/./b/../b") == "a/b")
    #expect(root.resolve("a/round") == nil)
    #expect(root.resolve("a/missing") == nil)
    #expect(Root.lexical("../../x/./y", in: "a/b/c") == "a/x/y")
    #expect(Root.lexical("/x/../../y", in: "a") == "y")
  }
}
