import HostAccess
import Testing
import Topology

@testable import HostLinux

/// Who holds a group, from links as /proc has them.
@Suite struct HoldersTests {
  private func machine() -> Fixture {
    let machine = Fixture.seed()
    machine.directory("sys/devices/pci0000:00/0000:02:01.0/vfio-dev/vfio7")
    machine.link("sys/class/vfio-dev/vfio7", to: "../../devices/pci0000:00/0000:02:01.0/vfio-dev/vfio7")
    let open: [(process: String, command: String, links: [String])] = [
      ("42", "qemu-system-x86\n", ["/dev/null", "/dev/vfio/vfio", "/dev/vfio/5", "/dev/vfio/5"]),
      ("7", "dpdk\n", ["/dev/iommu", "/dev/vfio/devices/vfio7"]),
      ("8", "logger\n", ["/dev/vfio/vfio", "/dev/vfio5", "socket:[1]"]),
      ("10", "testpmd\n", ["/dev/uio0"]),
    ]
    for (process, command, links) in open {
      machine.file("proc/\(process)/comm", command)
      for (number, target) in links.enumerated() { machine.link("proc/\(process)/fd/\(number)", to: target) }
    }
    machine.file("proc/self/comm", "me\n")
    return machine
  }

  @Test func `a group's node and its members' nodes are both the group's`() throws {
    let machine = machine()
    let found = Holders(try Root(machine.root))
    #expect(found.devices == [address("0000:02:01.0"): "vfio7"])
    #expect(
      Set(found.found) == [
        Holder(process: 42, command: "qemu-system-x86", node: "/dev/vfio/5"),
        Holder(process: 7, command: "dpdk", node: "/dev/vfio/devices/vfio7"),
        Holder(process: 10, command: "testpmd", node: "/dev/uio0"),
      ])
  }

  @Test func `a device's node that is gone by its name is kept apart, without what the kernel adds`() throws {
    let machine = machine()
    machine.file("proc/9/comm", "qemu\n")
    machine.link("proc/9/fd/3", to: "/dev/vfio/devices/vfio0 (deleted)")
    machine.link("proc/9/fd/4", to: "/dev/vfio/6 (deleted)")
    let found = Holders(try Root(machine.root))
    #expect(found.parting == [Holder(process: 9, command: "qemu", node: "/dev/vfio/devices/vfio0")])
    #expect(!found.found.contains { $0.process == 9 })
  }

  @Test func `an image that has vfio drivers does not know who held them`() throws {
    let machine = machine()
    let observer = try SysfsObserver(root: machine.root)
    var bound = Function(address: address("0000:02:01.0"), parent: .root("pci0000:00"), driver: .value("vfio-pci"))
    #expect(observer.holders(of: GroupID(5), [bound], nil, nil) == .unknown(.notRecorded))
    bound.driver = .value("e1000")
    #expect(observer.holders(of: GroupID(5), [bound], nil, nil) == .absent)
  }

  @Test func `a node that is gone by its name keeps only the group waiting whose it was`() {
    let (nic, hba) = (address("0000:02:01.0"), address("0000:03:00.0"))
    let parting = [
      Holder(process: 9, command: "qemu", node: "/dev/vfio/devices/vfio0"),
      Holder(process: 10, command: "dpdk", node: "/dev/vfio/devices/vfio4"),
    ]
    let known = ["vfio0": nic]
    #expect(SysfsObserver.parting(parting, from: [nic], known: known) == parting)
    #expect(SysfsObserver.parting(parting, from: [hba], known: known) == [parting[1]], "nobody knows whose vfio4 was")
  }

  @Test func `whoever is not root sees what he holds himself`() throws {
    let machine = Fixture.seed()
    machine.link("proc/self", to: "42")
    for process in ["42", "43"] {
      machine.file("proc/\(process)/comm", "viable\n")
      machine.link("proc/\(process)/fd/3", to: "/dev/vfio/5")
    }
    let found = Holders(try Root(machine.root), ofAll: false)
    #expect(!found.areAll && found.found == [Holder(process: 42, command: "viable", node: "/dev/vfio/5")])
  }
}
