import HostAccess
import Ownership
import Testing
import Topology

@testable import HostLinux

@Suite struct SnapshotTests {
  private func expectSame(_ source: String, _ image: String) throws {
    let (before, after) = (try SysfsObserver(root: source), try SysfsObserver(root: image))
    for depth in [Depth.listing, .full] {
      let (from, to) = (try before.inventory(depth), try after.inventory(depth))
      #expect(from.functions == to.functions)
      #expect(from.groups == to.groups)
      #expect(from.disagreements == to.disagreements)
    }
  }

  @Test func `an image of an image reads as the first`() throws {
    let machine = Fixture.seed()
    let hba = "pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:02.0"
    machine.directory("sys/class/net")
    machine.directory("sys/devices/\(hba)/host0/block/sda")
    machine.link("sys/class/block/sda", to: "../../devices/\(hba)/host0/block/sda")
    machine.directory("sys/devices/\(hba)/vfio-dev/vfio0")
    machine.file("dev/vfio/5", "")
    machine.file("dev/vfio/devices/vfio0", "")
    machine.file("sys/devices/\(hba)/numa_node", "1\n")
    machine.group(11)
    machine.directory("sys/devices/platform/dma0")
    machine.link("sys/devices/platform/dma0/driver", to: "../../../bus/platform/drivers/pl330")
    machine.link("sys/kernel/iommu_groups/11/devices/dma0", to: "../../../../devices/platform/dma0")
    machine.file("proc/sys/kernel/osrelease", "6.1.0\n")
    let target = machine.path("image")
    let report = try Snapshot.write(from: machine.root, to: target)
    #expect(report.functions == 4 && report.files > 20 && report.withoutCapabilities == 4)
    try expectSame(machine.root, target)
    #expect(
      try SysfsObserver(root: target).inventory(.listing).host
        == SysfsObserver(root: machine.root).inventory(.listing).host)
  }

  @Test func `an image of this machine lists as this machine`() throws {
    let place = Fixture()
    let report = try Snapshot.write(from: "/", to: place.path("image"))
    let (live, image) = (try SysfsObserver(root: "/"), try SysfsObserver(root: place.path("image")))
    let (here, there) = (try live.inventory(.listing), try image.inventory(.listing))
    #expect(here.functions == there.functions && here.groups == there.groups)
    #expect(here.functions.count == report.functions)
    #expect(here.host.kernelRelease == there.host.kernelRelease)
  }

  @Test func `a directory with something in it is refused`() throws {
    let machine = Fixture.seed()
    machine.file("taken/something", "")
    #expect(throws: HostError("write an image into", on: machine.path("taken"), Errno(rawValue: 17))) {
      try Snapshot.write(from: machine.root, to: machine.path("taken"))
    }
    #expect(throws: HostError("make", on: machine.path("no/where"), Errno(rawValue: 2))) {
      try Snapshot.write(from: machine.root, to: machine.path("no/where"))
    }
  }

  @Test func `an image's links never lead what is written out of the copy`() throws {
    let machine = Fixture.seed()
    machine.directory("outside")
    let device = "sys/devices/pci0000:00/0000:00:01.0"
    machine.unlink(device + "/driver")
    machine.link(device + "/driver", to: machine.path("outside"))
    machine.link("sys/kernel/iommu_groups/5/devices/acme", to: "../../../../devices/pci0000:00/0000:00:01.0/driver/x")
    #expect(throws: HostError("make", on: machine.path("copy/\(device)/driver/x"), Errno(rawValue: 20))) {
      try Snapshot.write(from: machine.root, to: machine.path("copy"))
    }
    #expect(try Root(machine.path("outside")).list(".")?.isEmpty == true)
  }

  @Test func `MAC addresses stay out unless they are asked for`() throws {
    let machine = Fixture.seed()
    let nic = "pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:01.0"
    machine.file("sys/devices/\(nic)/net/eth0/address", "52:54:00:12:34:56\n")
    machine.link("sys/class/net/eth0", to: "../../devices/\(nic)/net/eth0")
    try _ = Snapshot.write(from: machine.root, to: machine.path("plain"))
    try _ = Snapshot.write(from: machine.root, to: machine.path("private"), includePrivate: true)
    #expect(!machine.exists("plain/sys/devices/\(nic)/net/eth0/address"))
    #expect(machine.exists("plain/sys/devices/\(nic)/net/eth0"))
    #expect(machine.exists("private/sys/devices/\(nic)/net/eth0/address"))
  }

  @Test func `paths are spelled as links spell them`() {
    #expect(
      MachineCopy.relative("sys/devices/pci0000:00/x", from: "sys/bus/pci/devices") == "../../../devices/pci0000:00/x")
  }
}
