import HostAccess
import Ownership
import Testing
import Topology

@testable import HostLinux

@Suite struct ObserverTests {
  private func look(_ machine: Fixture, _ depth: Depth = .listing) throws -> Inventory {
    try SysfsObserver(root: machine.root).inventory(depth)
  }

  @Test func `the seed scene is read with its one group of three`() throws {
    let machine = Fixture.seed()
    let found = try look(machine)
    #expect(
      found.functions.map(\.address.description) == ["0000:00:01.0", "0000:01:00.0", "0000:02:01.0", "0000:02:02.0"])
    #expect(found.functions.map(\.driver.value) == ["pcieport", nil, "e1000", "sym53c8xx"])
    #expect(found.groups.map(\.id.number) == [4, 5])
    #expect(found.groups[1].members.map(\.short) == ["01:00.0", "02:01.0", "02:02.0"])
    #expect(found.functions[2].parent == .function(address("0000:01:00.0")))
    #expect(found.functions[0].parent == .root("pci0000:00"))
    #expect(found.groups[1].reserved.value?.count == 1)
    #expect(found.host.iommu == .on)
    #expect(found.host.kernelRelease == .unknown(.notRecorded))
  }

  @Test func `overrides are read where a verdict needs them and nowhere else`() throws {
    let machine = Fixture.seed()
    machine.file("sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:01.0/driver_override", "vfio-pci\n")
    let found = try look(machine)
    #expect(found[address("0000:02:01.0")]?.driverOverride == .value("vfio-pci"))
    #expect(found[address("0000:01:00.0")]?.driverOverride == .absent)
    #expect(found[address("0000:00:01.0")]?.driverOverride == .unknown(.notRead))
    machine.bind("0000:02:02.0", at: "pci0000:00/0000:00:01.0/0000:01:00.0", to: "vfio-pci")
    #expect(try look(machine)[address("0000:02:01.0")]?.driverOverride == .unknown(.notRead))
  }

  @Test func `group 0, holes in the numbers and wide domains are groups and addresses like any other`() throws {
    let machine = Fixture()
    machine.function("0000:00:00.0", group: 0)
    machine.function("0000:00:0e.0", ids: "8086:28c0", code: "010400", driver: "vmd", group: 4_000_000_000)
    machine.function("10000:e0:06.0", at: "pci0000:00/0000:00:0e.0/pci10000:e0", code: "060400", group: 4_000_000_000)
    machine.function("10000:e1:00.0", at: "pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0", group: 17)
    let found = try look(machine)
    #expect(found.groups.map(\.id.number) == [0, 17, 4_000_000_000])
    #expect(found[address("10000:e0:06.0")]?.parent == .function(address("0000:00:0e.0")))
    #expect(found[address("10000:e1:00.0")]?.parent == .function(address("10000:e0:06.0")))
  }

  @Test func `a group that VFIO made up for a device without an IOMMU is none`() throws {
    let machine = Fixture()
    machine.function("0000:02:01.0", driver: "vfio-pci", group: 0)
    let before = try look(machine)
    machine.directory("sys/class/vfio/noiommu-0")
    let observer = try SysfsObserver(root: machine.root)
    let found = try observer.inventory(.listing)
    #expect(found.groups.isEmpty && found.host.iommu == .off)
    #expect(found[address("0000:02:01.0")]?.group == .absent)
    let difference = try observer.reread(Stale(functions: [address("0000:02:01.0")]), in: before)
    #expect(difference.goneGroups == [GroupID(0)] && difference.functions.first?.group == .absent)
  }

  @Test func `a virtual function names its physical one`() throws {
    let machine = Fixture()
    machine.function("0000:03:00.0", driver: "igb", group: 1)
    machine.function("0000:03:10.0", ids: "8086:1520", driver: "igbvf", group: 2)
    machine.link("sys/devices/pci0000:00/0000:03:10.0/physfn", to: "../0000:03:00.0")
    machine.file("sys/devices/pci0000:00/0000:03:00.0/sriov_totalvfs", "7\n")
    machine.file("sys/devices/pci0000:00/0000:03:00.0/sriov_numvfs", "1\n")
    let found = try look(machine, .full)
    #expect(found[address("0000:03:10.0")]?.physicalFunction == address("0000:03:00.0"))
    #expect(found[address("0000:03:10.0")]?.kind == .virtualFunction)
    #expect(
      found[address("0000:03:00.0")]?.details?.virtualFunctions
        == .value(VirtualFunctions(enabled: .value(1), total: 7, probes: .unknown(.notRecorded))))
    #expect(found[address("0000:03:10.0")]?.details?.virtualFunctions == .absent)
  }

  @Test func `a function without a group has none, and a group of other devices is listed`() throws {
    let machine = Fixture()
    machine.function("0000:00:00.0")
    machine.group(3)
    machine.directory("sys/devices/platform/arm-smmu/e0000000.dma")
    machine.link("sys/devices/platform/arm-smmu/e0000000.dma/driver", to: "../../../../bus/platform/drivers/pl330")
    machine.link(
      "sys/kernel/iommu_groups/3/devices/e0000000.dma", to: "../../../../devices/platform/arm-smmu/e0000000.dma")
    let found = try look(machine)
    #expect(found.functions[0].group == .absent)
    #expect(
      found.groups == [
        Group(
          id: GroupID(3), members: [], others: [OtherMember(name: "e0000000.dma", driver: .value("pl330"))],
          reserved: .value([ReservedRegion(first: 0xfee0_0000, last: 0xfeef_ffff, kind: .msi)]))
      ])
  }

  @Test func `where a link and a group's directory disagree the directory wins and it is said`() throws {
    let machine = Fixture.seed()
    machine.group(9)
    machine.move(
      "sys/kernel/iommu_groups/5/devices/0000:02:02.0", to: "sys/kernel/iommu_groups/9/devices/0000:02:02.0")
    let found = try look(machine, .full)
    #expect(found[address("0000:02:02.0")]?.group == .value(GroupID(9)))
    #expect(found[GroupID(5)]?.members.count == 2)
    #expect(found[GroupID(9)]?.members == [address("0000:02:02.0")])
    #expect(
      found.disagreements == [
        Disagreement(address: address("0000:02:02.0"), link: GroupID(5), directory: GroupID(9))
      ])
    let close = try look(machine, .close(to: [address("0000:02:02.0")]))
    #expect(close[address("0000:02:02.0")]?.group == .value(GroupID(9)))
  }

  @Test func `no PCI is an empty machine and no directory is an error`() throws {
    let machine = Fixture()
    Fixture.remove(machine.path("sys/bus"))
    let found = try look(machine)
    #expect(found.functions.isEmpty && !found.host.hasPCI)
    #expect(throws: HostError("open", on: "/nonexistent", Errno(rawValue: 2))) {
      try SysfsObserver(root: "/nonexistent")
    }
    machine.file("plain", "")
    #expect(throws: HostError("open", on: machine.path("plain"), Errno(rawValue: 20))) {
      try SysfsObserver(root: machine.path("plain"))
    }
  }

  @Test func `an image with an empty group directory has its IOMMU off, one without does not tell`() throws {
    let machine = Fixture()
    machine.function("0000:00:00.0")
    #expect(try look(machine).host.iommu == .off)
    Fixture.remove(machine.path("sys/kernel"))
    #expect(try look(machine).host.iommu == .unknown)
    machine.directory("sys/class/iommu/dmar0")
    #expect(try look(machine).host.iommu == .on)
  }

  @Test func `the kernel of an image is what it records`() throws {
    let machine = Fixture()
    machine.file("proc/version", "Linux version 5.10.0-8-amd64 (debian-kernel@lists.debian.org) #1 SMP\n")
    machine.file("proc/cmdline", "BOOT_IMAGE=/vmlinuz intel_iommu=on\n")
    #expect(try look(machine).host.kernelRelease == .value("5.10.0-8-amd64"))
    machine.file("proc/sys/kernel/osrelease", "6.12.95\n")
    #expect(try look(machine).host.kernelRelease == .value("6.12.95"))
    #expect(try look(machine).host.commandLine == .value("BOOT_IMAGE=/vmlinuz intel_iommu=on"))
  }
}
