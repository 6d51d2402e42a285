import HostAccess
import Testing
import Topology

@testable import HostLinux

@Suite struct UeventTests {
  private func subjects(_ fields: String...) -> [HostEvent.Subject] {
    Uevent.subjects(Array((fields.joined(separator: "\0") + "\0").utf8).span)
  }

  private static let nic = "/devices/pci0000:00/0000:00:01.0/0000:02:01.0"

  @Test(arguments: ["add", "remove", "bind", "unbind", "change"])
  func `whatever happens to a function names it`(action: String) {
    #expect(
      subjects(
        "\(action)@\(Self.nic)", "ACTION=\(action)", "DEVPATH=\(Self.nic)", "SUBSYSTEM=pci", "PCI_CLASS=20000",
        "PCI_SLOT_NAME=0000:02:01.0", "SEQNUM=1042") == [.function(address("0000:02:01.0"))])
  }

  @Test func `interfaces and disks name the function below them`() {
    let net = Self.nic + "/net/eth0"
    #expect(subjects("add@\(net)", "DEVPATH=\(net)", "SUBSYSTEM=net") == [.details(address("0000:02:01.0"))])
    let disk = "/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0/nvme/nvme0/nvme0n1"
    #expect(subjects("add@\(disk)", "DEVPATH=\(disk)", "SUBSYSTEM=block") == [.details(address("10000:e1:00.0"))])
    #expect(subjects("add@/devices/virtual/net/lo", "DEVPATH=/devices/virtual/net/lo", "SUBSYSTEM=net").isEmpty)
  }

  @Test func `devices of other buses name the groups that they are in`() {
    let path = "/devices/platform/soc/foo.0"
    let message = Array("unbind@\(path)\0ACTION=unbind\0DEVPATH=\(path)\0SUBSYSTEM=platform\0".utf8)
    #expect(Uevent.subjects(message.span) { $0 == path ? [GroupID(5)] : [] } == [.group(GroupID(5))])
    #expect(Uevent.subjects(message.span).isEmpty)
  }

  @Test func `vfio devices name the nodes`() {
    #expect(
      subjects("add@/devices/virtual/vfio/5", "DEVPATH=/devices/virtual/vfio/5", "SUBSYSTEM=vfio", "DEVNAME=vfio/5")
        == [.nodes])
    let device = Self.nic + "/vfio-dev/vfio0"
    #expect(
      subjects("add@\(device)", "DEVPATH=\(device)", "SUBSYSTEM=vfio-dev")
        == [.function(address("0000:02:01.0")), .nodes])
    #expect(
      subjects("add@/devices/virtual/iommu/dmar0", "DEVPATH=/devices/virtual/iommu/dmar0", "SUBSYSTEM=iommu") == [.lost]
    )
  }

  @Test func `other subsystems and malformed messages say nothing`() {
    #expect(subjects("add@/devices/x", "DEVPATH=/devices/x", "SUBSYSTEM=usb").isEmpty)
    #expect(subjects("libudev", "DEVPATH=\(Self.nic)", "SUBSYSTEM=pci").isEmpty)
    #expect(subjects("add@/elsewhere", "DEVPATH=\(Self.nic)", "SUBSYSTEM=pci").isEmpty)
    #expect(subjects("add@\(Self.nic)", "SUBSYSTEM=pci").isEmpty)
    #expect(subjects("@\(Self.nic)", "DEVPATH=\(Self.nic)", "SUBSYSTEM=pci").isEmpty)
    #expect(subjects("add@/devices/nowhere", "DEVPATH=/devices/nowhere", "SUBSYSTEM=pci").isEmpty)
    let cut = "add@\(Self.nic)\0DEVPATH=\(Self.nic)\0SUBSYS"
    #expect(Uevent.subjects(Array(cut.utf8).span).isEmpty)
  }

  @Test func `an open socket says nothing when nothing happens`() throws {
    let uevents = try Uevents()
    _ = uevents.drain()
    #expect(uevents.descriptor >= 0)
  }
}
