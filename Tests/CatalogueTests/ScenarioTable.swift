import Ownership
import Testing

/// What every act of every scenario ends with, typed from the specification's table and golden traces; a dash where
/// nothing is left to do.
struct Told: Sendable, CustomTestStringConvertible {
  let scenario: String
  let model: RuleSet
  let lines: [String]

  init(_ scenario: String, _ model: RuleSet, _ lines: [String]) {
    (self.scenario, self.model, self.lines) = (scenario, model, lines)
  }

  var testDescription: String { "\(scenario) under \(model.rawValue)" }

  static let table: [Told] = seedScene + moreUsers + twoFunctions + eventful + others

  private static let released = "echo 02:02.0 > sym53c8xx/unbind = ok"
  private static let notJoined = "ATTACH(4,1)=-1 EPERM {02:02.0 not joined}"
  private static let atRisk = "ATTACH(4,1)=0 {at risk: 02:02.0}"
  private static let table3 = "ATTACH(4,2)=0 (pt_id=3 HWPT)"

  private static let seedScene: [Told] = [
    // 1, and the golden traces that go on from there.
    Told("nic-and-hba", .explicitLinux, ["SET_CONTAINER=-1 EPERM", released, "GET_DEVICE_FD(02:01.0)=5", "-"]),
    Told(
      "nic-and-hba", .explicit2021,
      ["GET_DEVICE_FD(02:01.0)=-1 EINVAL", released, "GET_DEVICE_FD(02:01.0)=5", "-"]),
    Told("nic-and-hba", .implicitApril, ["JOIN(4,3)=-1 EPERM {02:02.0 sym53c8xx}", released, notJoined, atRisk]),
    Told("nic-and-hba", .autoUnbind, ["ATTACH(4,1)=0", "-", "-", "-"]),
    Told("nic-and-hba", .iommufd, ["BIND(4,3)=-1 EPERM", released, table3, "-"]),
    // 2 released.
    Told("released-hba", .explicitLinux, ["GET_DEVICE_FD(02:01.0)=5", "-"]),
    Told("released-hba", .explicit2021, ["GET_DEVICE_FD(02:01.0)=5", "-"]),
    Told("released-hba", .implicitApril, [notJoined, atRisk]),
    Told("released-hba", .autoUnbind, ["ATTACH(4,1)=0", "-"]),
    Told("released-hba", .iommufd, [table3, "-"]),
    // 3 joined.
    Told(
      "both-joined", .explicitLinux,
      ["SET_CONTAINER=0", "-", "GET_DEVICE_FD(02:01.0)=5", "GET_DEVICE_FD(02:02.0)=6"]),
    Told(
      "both-joined", .explicit2021, ["SET_CONTAINER=0", "-", "GET_DEVICE_FD(02:01.0)=5", "GET_DEVICE_FD(02:02.0)=6"]),
    Told("both-joined", .implicitApril, ["JOIN(4,3)=0", "JOIN(5,3)=0", "ATTACH(4,1)=0", "ATTACH(5,1)=0"]),
    Told("both-joined", .autoUnbind, ["JOIN(4,3)=0", "JOIN(5,3)=0", "ATTACH(4,1)=0", "ATTACH(5,1)=0"]),
    Told(
      "both-joined", .iommufd,
      [
        "BIND(4,3)=0 devid=1", "BIND(5,3)=0 devid=2", "ATTACH(4,3)=0 (pt_id=4 HWPT)", "ATTACH(5,3)=0 (pt_id=4 HWPT)",
      ]),
    // 7 the success path; the second space shows that a replace is group-wide under iommufd alone.
    Told("success-path", .explicitLinux, ["GET_DEVICE_FD(02:01.0)=5", "-"]),
    Told("success-path", .implicitApril, [atRisk, "ATTACH(4,2)=-1 EINVAL"]),
    Told("success-path", .autoUnbind, ["ATTACH(4,1)=0", "ATTACH(4,2)=-1 EINVAL"]),
    Told("success-path", .iommufd, [table3, "ATTACH(4,4)=0 (pt_id=5 HWPT)"]),
    // 8 the NIC reaches the disk.
    Told("nic-reaches-disk", .explicitLinux, ["GET_DEVICE_FD(02:01.0)=5", "-"]),
    Told("nic-reaches-disk", .implicitApril, [notJoined, atRisk]),
    Told("nic-reaches-disk", .autoUnbind, ["ATTACH(4,1)=0", "-"]),
    Told("nic-reaches-disk", .iommufd, [table3, "-"]),
  ]

  private static let moreUsers: [Told] = [
    // 4 two machines.
    Told("two-vms", .explicitLinux, ["GET_DEVICE_FD(02:01.0)=5", "open(/dev/vfio/5)=-1 EBUSY"]),
    Told("two-vms", .explicit2021, ["GET_DEVICE_FD(02:01.0)=5", "open(/dev/vfio/5)=-1 EBUSY"]),
    Told("two-vms", .implicitApril, [atRisk, "JOIN(4,3,IOASID_IMPLICIT_GROUP)=-1 EBUSY {02:01.0 vm-a}"]),
    Told("two-vms", .autoUnbind, ["ATTACH(4,1)=0", "JOIN(4,3)=-1 EBUSY {02:01.0 vm-a}"]),
    Told("two-vms", .iommufd, [table3, "BIND(4,3)=-1 EPERM"]),
    // 5 the naive program.
    Told(
      "naive-vmm", .explicitLinux,
      ["SET_CONTAINER=0", "open(/dev/vfio/5)=-1 EBUSY", "GET_DEVICE_FD(02:01.0)=5", "open(/dev/vfio/5)=-1 EBUSY"]),
    Told("naive-vmm", .implicitApril, ["JOIN(4,3)=0", "JOIN(5,3)=0", "ATTACH(4,1)=0", "ATTACH(5,1)=0"]),
    Told("naive-vmm", .autoUnbind, ["JOIN(4,3)=0", "JOIN(5,3)=0", "ATTACH(4,1)=0", "ATTACH(5,1)=0"]),
    Told(
      "naive-vmm", .iommufd,
      [
        "BIND(4,3)=0 devid=1", "BIND(5,3)=0 devid=2", "ATTACH(4,3)=0 (pt_id=4 HWPT)", "ATTACH(5,3)=0 (pt_id=4 HWPT)",
      ]),
    // 6 dpdk.
    Told("dpdk-one-address", .explicitLinux, ["SET_CONTAINER=-1 EPERM", released, "GET_DEVICE_FD(02:01.0)=5", "-"]),
    Told("dpdk-one-address", .implicitApril, ["JOIN(4,3)=-1 EPERM {02:02.0 sym53c8xx}", released, notJoined, atRisk]),
    Told("dpdk-one-address", .autoUnbind, ["ATTACH(4,1)=0", "-", "-", "-"]),
    Told("dpdk-one-address", .iommufd, ["BIND(4,3)=-1 EPERM", released, table3, "-"]),
    // 15 the owner is killed.
    Told(
      "killed-owner", .explicitLinux,
      [
        "SET_CONTAINER=-1 EPERM", released, "GET_DEVICE_FD(02:01.0)=5", "kill -9 vm-a = ok", "GET_DEVICE_FD(02:01.0)=5",
      ]),
    Told(
      "killed-owner", .implicitApril,
      [
        "JOIN(4,3,IOASID_IMPLICIT_GROUP)=-1 EPERM {02:02.0 sym53c8xx}", released, atRisk, "kill -9 vm-a = ok", atRisk,
      ]),
    Told("killed-owner", .autoUnbind, ["ATTACH(4,1)=0", "-", "-", "kill -9 vm-a = ok", "ATTACH(4,1)=0"]),
    Told("killed-owner", .iommufd, ["BIND(4,3)=-1 EPERM", released, table3, "kill -9 vm-a = ok", table3]),
    // 16 permissions.
    Told(
      "permissions", .explicitLinux,
      [
        "open(/dev/vfio/5)=-1 EACCES", "open(/dev/vfio/5)=-1 EACCES", "open(/dev/vfio/5)=-1 EACCES",
        "chown 1000 /dev/vfio/5 = ok", "GET_DEVICE_FD(02:01.0)=5", "GET_DEVICE_FD(02:02.0)=6",
      ]),
    Told(
      "permissions", .implicitApril,
      [
        notJoined, "open(/dev/vfio/device1)=-1 EACCES", atRisk, "chown 1000 /dev/vfio/5 = ENOENT", "-",
        "open(/dev/vfio/device1)=-1 EACCES",
      ]),
    Told(
      "permissions", .autoUnbind,
      [
        "ATTACH(4,1)=0", "open(/dev/vfio/device1)=-1 EACCES", "-", "chown 1000 /dev/vfio/5 = ENOENT", "-",
        "open(/dev/vfio/device1)=-1 EACCES",
      ]),
    Told(
      "permissions", .iommufd,
      [
        table3, "open(/dev/vfio/devices/vfio1)=-1 EACCES", "-", "chown 1000 /dev/vfio/5 = ok", "-",
        "open(/dev/vfio/devices/vfio1)=-1 EACCES",
      ]),
  ]

  private static let moved = "echo 03:00.0 > e1000e/unbind = ok"
  private static let afterJoins = ["ATTACH(4,1)=0", "ATTACH(5,1)=0", "DETACH(5)=0", "close(5)=0"]
  private static let ended = "echo 03:00.1 > vfio-pci/unbind = ok"
  private static let container = [
    "SET_CONTAINER=0", "-", "GET_DEVICE_FD(03:00.0)=5", "GET_DEVICE_FD(03:00.1)=6", "close(6)=0", "-", ended,
  ]

  private static let twoFunctions: [Told] = [
    // 9 W15's first case.
    Told("dual-function", .explicitLinux, ["SET_CONTAINER=-1 EPERM", moved, "GET_DEVICE_FD(03:00.1)=5", "-"]),
    Told(
      "dual-function", .implicitApril,
      [
        "JOIN(4,3)=-1 EPERM {03:00.0 e1000e}", moved, "ATTACH(4,1)=-1 EPERM {03:00.0 not joined}",
        "ATTACH(4,1)=0 {at risk: 03:00.0}",
      ]),
    Told("dual-function", .autoUnbind, ["ATTACH(4,1)=0", "-", "-", "-"]),
    Told("dual-function", .iommufd, ["BIND(4,3)=-1 EPERM", moved, table3, "-"]),
    // 10 W15's second case.
    Told("taken-back", .explicit2021, container + ["echo 03:00.1 > e1000e/bind = PANIC"]),
    Told("taken-back", .explicitLinux, container + ["echo 03:00.1 > e1000e/bind = EBUSY"]),
    Told(
      "taken-back", .implicitApril,
      ["JOIN(4,3)=0", "JOIN(5,3)=0"] + afterJoins + [ended, "echo 03:00.1 > e1000e/bind = PANIC"]),
    Told(
      "taken-back", .autoUnbind,
      ["JOIN(4,3)=0", "JOIN(5,3)=0"] + afterJoins + [ended, "echo 03:00.1 > e1000e/bind = PANIC"]),
    Told(
      "taken-back", .iommufd,
      [
        "BIND(4,3)=0 devid=1", "BIND(5,3)=0 devid=2", "ATTACH(4,3)=0 (pt_id=4 HWPT)", "ATTACH(5,3)=0 (pt_id=4 HWPT)",
        "DETACH(5)=0", "close(5)=0", ended, "echo 03:00.1 > e1000e/bind = EBUSY",
      ]),
    // 11 W15's third case.
    Told("shared-requester", .implicitApril, ["JOIN(4,3)=0", "JOIN(5,3)=0", "ATTACH(4,1)=0", "ATTACH(5,2)=-1 EINVAL"]),
    Told("shared-requester", .autoUnbind, ["JOIN(4,3)=0", "JOIN(5,3)=0", "ATTACH(4,1)=0", "ATTACH(5,2)=-1 EINVAL"]),
    Told(
      "shared-requester", .iommufd,
      ["BIND(4,3)=0 devid=1", "BIND(5,3)=0 devid=2", "ATTACH(4,3)=0 (pt_id=4 HWPT)", "ATTACH(5,5)=-1 EINVAL"]),
    // 20 the override.
    Told("acs-override", .explicitLinux, ["GET_DEVICE_FD(03:00.0)=5", "GET_DEVICE_FD(03:00.1)=5"]),
    Told("acs-override", .implicitApril, ["ATTACH(4,1)=0", "ATTACH(4,1)=0"]),
    Told("acs-override", .iommufd, [table3, table3]),
  ]

  private static let held = ["SET_CONTAINER=0", "-", "GET_DEVICE_FD(02:01.0)=5"]
  private static let joined = ["JOIN(4,3)=0", "JOIN(5,3)=0", "ATTACH(4,1)=0"]

  private static let eventful: [Told] = [
    // 12 the third card.
    Told("third-card", .explicit2021, held + ["add 02:03.0 = PANIC"]),
    Told("third-card", .explicitLinux, held + ["add 02:03.0 = ok"]),
    Told("third-card", .implicitApril, joined + ["add 02:03.0 = ok"]),
    Told("third-card", .autoUnbind, joined + ["add 02:03.0 = ok"]),
    Told(
      "third-card", .iommufd,
      ["BIND(4,3)=0 devid=1", "BIND(5,3)=0 devid=2", "ATTACH(4,3)=0 (pt_id=4 HWPT)", "add 02:03.0 = ok"]),
    // 13 a host driver for the sibling.
    Told("host-driver-returns", .explicit2021, ["GET_DEVICE_FD(02:01.0)=5", "echo 02:02.0 > sym53c8xx/bind = PANIC"]),
    Told("host-driver-returns", .explicitLinux, ["GET_DEVICE_FD(02:01.0)=5", "echo 02:02.0 > sym53c8xx/bind = EBUSY"]),
    Told("host-driver-returns", .implicitApril, [atRisk, "echo 02:02.0 > sym53c8xx/bind = PANIC"]),
    Told("host-driver-returns", .autoUnbind, ["ATTACH(4,1)=0", "echo 02:02.0 > sym53c8xx/bind = PANIC"]),
    Told("host-driver-returns", .iommufd, [table3, "echo 02:02.0 > sym53c8xx/bind = EBUSY"]),
    // 14 unplugged in use.
    Told(
      "unplugged-in-use", .explicitLinux, ["GET_DEVICE_FD(02:01.0)=5", "remove 02:01.0 = blocks", "exit qemu = ok"]),
    Told("unplugged-in-use", .explicit2021, ["GET_DEVICE_FD(02:01.0)=5", "remove 02:01.0 = blocks", "exit qemu = ok"]),
    Told("unplugged-in-use", .implicitApril, [atRisk, "remove 02:01.0 = blocks", "exit qemu = ok"]),
    Told("unplugged-in-use", .autoUnbind, ["ATTACH(4,1)=0", "remove 02:01.0 = blocks", "exit qemu = ok"]),
    Told("unplugged-in-use", .iommufd, [table3, "remove 02:01.0 = blocks", "exit qemu = ok"]),
  ]

  private static let others: [Told] = [
    // 17 both nodes.
    Told(
      "legacy-and-cdev", .explicitLinux,
      ["open(/dev/vfio/5)=3", "GET_DEVICE_FD(02:01.0)=5", "exit qemu = ok", "GET_DEVICE_FD(02:01.0)=5", "-"]),
    Told(
      "legacy-and-cdev", .iommufd,
      ["open(/dev/vfio/5)=3", "BIND(5,4)=-1 EBUSY", "exit qemu = ok", table3, "open(/dev/vfio/5)=-1 EBUSY"]),
    // 18 pci-stub and pcieport.
    Told("stub-and-port", .explicitLinux, ["GET_DEVICE_FD(03:00.0)=5", "-"]),
    Told("stub-and-port", .explicit2021, ["GET_DEVICE_FD(03:00.0)=5", "-"]),
    Told(
      "stub-and-port", .implicitApril,
      ["ATTACH(4,1)=-1 EPERM {04:00.0 not joined}", "ATTACH(4,1)=0 {at risk: 04:00.0}"]),
    Told("stub-and-port", .autoUnbind, ["ATTACH(4,1)=0", "-"]),
    Told("stub-and-port", .iommufd, [table3, "-"]),
    // 19 look-alikes.
    Told("eperm-lookalikes", .explicitLinux, ["SET_IOMMU=-1 EPERM", "SET_CONTAINER=-1 EINVAL"]),
    Told("eperm-lookalikes", .implicitApril, ["ATTACH(4,1)=-1 EPERM", "JOIN(4,3)=-1 EINVAL"]),
    Told("eperm-lookalikes", .autoUnbind, ["ATTACH(4,1)=-1 EPERM", "JOIN(4,3)=-1 EINVAL"]),
    Told("eperm-lookalikes", .iommufd, ["BIND(4,3)=-1 EPERM", "BIND(4,3)=-1 EINVAL"]),
    // 21 VDPA: a group without a vfio device has no node.
    Told("vdpa", .explicitLinux, ["GET_DEVICE_FD(02:00.0)=5", "open(/dev/vfio/8)=-1 ENOENT"]),
    Told("vdpa", .implicitApril, ["ATTACH(4,1)=0", "ATTACH(5,1)=0"]),
    Told("vdpa", .autoUnbind, ["ATTACH(4,1)=0", "ATTACH(5,1)=0"]),
    Told("vdpa", .iommufd, [table3, "BIND(5,3)=-1 ENOTTY"]),
    // 22 the May RFC.
    Told("partial-group", .implicitRFC1, ["ATTACH(4,1)=0", "MAP=-1 EDEADLK", "ATTACH(5,1)=0", "MAP=0"]),
    Told("partial-group", .iommufd, [table3, "MAP=0", "ATTACH(5,2)=0 (pt_id=3 HWPT)", "MAP=0"]),
  ]
}
