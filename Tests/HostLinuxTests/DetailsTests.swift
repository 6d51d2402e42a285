import HostAccess
import Testing
import Topology

@testable import HostLinux

@Suite struct DetailsTests {
  private let nic = address("0000:02:01.0")
  private let path = "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:01.0"

  private func details(_ machine: Fixture) throws -> Details? {
    try SysfsObserver(root: machine.root).inventory(.close(to: [nic]))[nic]?.details
  }

  @Test func `what an image lacks is unknown where the kernel always has it, else absent`() throws {
    let found = try details(.seed())
    #expect(found?.path == path)
    #expect(found?.port == .unknown(.notRecorded))
    #expect(found?.revision == .unknown(.notRecorded))
    #expect(found?.powerState == .unknown(.notRecorded))
    #expect(found?.runtimeStatus == .unknown(.notRecorded))
    #expect(found?.interfaces == .unknown(.notRecorded))
    #expect(found?.disks == .unknown(.notRecorded))
    #expect(found?.numaNode == .absent)
    #expect(found?.virtualFunctions == .absent)
    #expect(found?.vfioDevice == .absent)
    #expect(found?.secondaryBus == .absent)
  }

  @Test func `every fact that is there is read`() throws {
    let machine = Fixture.seed()
    var config = [UInt8](repeating: 0, count: 256)
    (config[0x06], config[0x08], config[0x34], config[0x40], config[0x42]) = (0x10, 3, 0x40, 0x10, 0x12)
    machine.file(path + "/config", bytes: config)
    machine.file(path + "/numa_node", "1\n")
    machine.file(path + "/power_state", "D3hot\n")
    machine.file(path + "/power/runtime_status", "suspended\n")
    machine.directory(path + "/vfio-dev/vfio3")
    machine.file("dev/vfio/devices/vfio3", "")
    machine.file("dev/vfio/5", "")
    machine.directory(path + "/net/eth0")
    machine.link("sys/class/net/eth0", to: "../../devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:01.0/net/eth0")
    machine.link("sys/class/net/lo", to: "../../devices/virtual/net/lo")
    let found = try SysfsObserver(root: machine.root).inventory(.close(to: [nic]))
    let details = found[nic]?.details
    #expect(details?.revision == .value(3))
    #expect(details?.port == .value(.express(1)))
    #expect(details?.numaNode == .value(1))
    #expect(details?.powerState == .value("D3hot"))
    #expect(details?.runtimeStatus == .value("suspended"))
    #expect(details?.vfioDevice == .value("vfio3"))
    #expect(details?.deviceNode.value?.path == "/dev/vfio/devices/vfio3")
    #expect(details?.deviceNode.value?.mode == 0o644)
    #expect(details?.interfaces == .value(["eth0"]))
    let group = found[GroupID(5)]
    #expect(group?.details?.type == .value("DMA-FQ"))
    #expect(group?.details?.node.value?.path == "/dev/vfio/5")
    #expect(group?.holders == .unknown(.notRecorded))
    #expect(found[address("0000:00:01.0")]?.details == nil)
  }

  @Test func `disks are put to the function they hang below, partitions left out`() throws {
    let machine = Fixture.seed()
    let hba = "../../devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:02.0/host0/target0:0:0/0:0:0:0/block/sda"
    machine.link("sys/class/block/sda", to: hba)
    machine.link("sys/class/block/sda1", to: hba + "/sda1")
    machine.link("sys/class/block/loop0", to: "../../devices/virtual/block/loop0")
    machine.link("sys/class/block/nvme0n1", to: "../../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1")
    machine.link(
      "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0",
      to: "../../../pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:01.0/nvme/nvme0")
    let found = try SysfsObserver(root: machine.root).inventory(.full)
    #expect(found[address("0000:02:02.0")]?.details?.disks == .value(["sda"]))
    #expect(found[nic]?.details?.disks == .value(["nvme0n1"]))
    #expect(found[address("0000:00:01.0")]?.details?.disks == .absent)
  }

  @Test func `without the class directories an image is searched below the function`() throws {
    let machine = Fixture.seed()
    machine.directory(path + "/net/ens3")
    let hba = "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:02.0"
    machine.directory(hba + "/host0/target0:0:0/0:0:0:0/block/sda/sda1")
    let found = try SysfsObserver(root: machine.root).inventory(.full)
    #expect(found[nic]?.details?.interfaces == .value(["ens3"]))
    #expect(found[address("0000:02:02.0")]?.details?.disks == .value(["sda"]))
  }
}
