import Ownership
import Testing

/// The 22 scenarios' answers, typed from the specification's table. One row: scenario, interface, what is observed.
/// A row with a flag or knob has it in its third column.
enum Variant: Hashable {
  case plain
  /// IOASID_IMPLICIT_GROUP.
  case flag
  case deny
}

struct Expected: Sendable, CustomTestStringConvertible {
  let scenario: Int
  let model: RuleSet
  let variant: Variant
  let answers: [String]

  init(_ scenario: Int, _ model: RuleSet, _ variant: Variant, _ answers: [String]) {
    (self.scenario, self.model, self.variant, self.answers) = (scenario, model, variant, answers)
  }

  init(_ scenario: Int, _ model: RuleSet, _ answers: [String]) {
    self.init(scenario, model, .plain, answers)
  }

  var testDescription: String { "\(scenario) \(model.rawValue) \(variant)" }

  static let table: [Expected] = first + second

  private static let first: [Expected] = [
    // 1 seed: HBA on its host driver; attach the NIC.
    Expected(1, .explicitLinux, ["SET_CONTAINER=-1 EPERM", "HBA sym53c8xx"]),
    Expected(1, .explicit2021, ["GET_DEVICE_FD(02:01.0)=-1 EINVAL", "HBA sym53c8xx", "HBA loses its DMA"]),
    Expected(1, .implicitApril, ["JOIN(4,3)=-1 EPERM {02:02.0 sym53c8xx}", "HBA sym53c8xx"]),
    Expected(1, .autoUnbind, ["ATTACH(4,1)=0", "HBA driverless", "sda gone"]),
    Expected(1, .iommufd, ["BIND(4,3)=-1 EPERM", "HBA sym53c8xx"]),
    // 2 released: HBA driverless, attach the NIC only.
    Expected(2, .explicitLinux, ["GET_DEVICE_FD(02:01.0)=5"]),
    Expected(2, .explicit2021, ["GET_DEVICE_FD(02:01.0)=5"]),
    Expected(2, .implicitApril, ["ATTACH(4,1)=-1 EPERM {02:02.0 not joined}"]),
    Expected(2, .implicitApril, .flag, ["ATTACH(4,1)=0 {at risk: 02:02.0}"]),
    Expected(2, .autoUnbind, ["ATTACH(4,1)=0"]),
    Expected(2, .iommufd, ["ATTACH(4,2)=0 (pt_id=3 HWPT)"]),
    // 3 joined: both on vfio-pci, both to one owner.
    Expected(3, .explicitLinux, ["GET_DEVICE_FD(02:01.0)=5", "GET_DEVICE_FD(02:02.0)=6", "second moves nothing"]),
    Expected(3, .implicitApril, ["ATTACH(4,1)=0", "ATTACH(5,1)=0", "second moves nothing"]),
    Expected(3, .autoUnbind, ["ATTACH(4,1)=0", "ATTACH(5,1)=0", "second moves nothing"]),
    Expected(3, .iommufd, ["ATTACH(4,3)=0 (pt_id=4 HWPT)", "ATTACH(5,3)=0 (pt_id=4 HWPT)", "second moves nothing"]),
    // 4 two machines: NIC to one, HBA to the other.
    Expected(4, .explicitLinux, ["open(/dev/vfio/5)=-1 EBUSY"]),
    Expected(4, .explicit2021, ["open(/dev/vfio/5)=-1 EBUSY"]),
    Expected(4, .implicitApril, ["JOIN(4,3)=-1 EBUSY {02:01.0 qemu}"]),
    Expected(4, .autoUnbind, ["JOIN(4,3)=-1 EBUSY {02:01.0 qemu}"]),
    Expected(4, .iommufd, ["BIND(4,3)=-1 EPERM"]),
    // 5 one machine whose program opens the group once a device.
    Expected(5, .explicitLinux, ["open(/dev/vfio/5)=-1 EBUSY"]),
    Expected(5, .implicitApril, ["ATTACH(5,1)=0"]),
    Expected(5, .autoUnbind, ["ATTACH(5,1)=0"]),
    Expected(5, .iommufd, ["ATTACH(5,3)=0 (pt_id=4 HWPT)"]),
    // 6 dpdk: one address; HBA on its host driver, then released, then with the flag.
    Expected(6, .explicitLinux, ["SET_CONTAINER=-1 EPERM", "GET_DEVICE_FD(02:01.0)=5"]),
    Expected(
      6, .implicitApril,
      [
        "JOIN(4,3)=-1 EPERM {02:02.0 sym53c8xx}", "ATTACH(4,1)=-1 EPERM {02:02.0 not joined}",
        "ATTACH(4,1)=0 {at risk: 02:02.0}",
      ]),
    Expected(6, .autoUnbind, ["ATTACH(4,1)=0"]),
    Expected(6, .iommufd, ["BIND(4,3)=-1 EPERM", "ATTACH(4,2)=0 (pt_id=3 HWPT)"]),
    // 7 the success path: who moved.
    Expected(7, .explicitLinux, ["moved 01:00.0 02:01.0 02:02.0", "named by its group"]),
    Expected(7, .implicitApril, .flag, ["moved 01:00.0 02:01.0 02:02.0", "not named"]),
    Expected(7, .autoUnbind, ["moved 01:00.0 02:01.0 02:02.0", "not named"]),
    Expected(7, .iommufd, ["moved 01:00.0 02:01.0 02:02.0", "not named", "replacing one moves the other"]),
    // 8 the NIC reaches the HD.
    Expected(8, .explicitLinux, ["reach 02:02.0"]),
    Expected(8, .implicitApril, ["ATTACH(4,1)=-1 EPERM {02:02.0 not joined}"]),
    Expected(8, .implicitApril, .flag, ["reach 02:02.0", "warned"]),
    Expected(8, .autoUnbind, ["reach 02:02.0"]),
    Expected(8, .iommufd, ["reach 02:02.0"]),
    // 9 two functions: one on its host driver, taken away, again.
    Expected(9, .explicitLinux, ["SET_CONTAINER=-1 EPERM", "GET_DEVICE_FD(03:00.1)=5"]),
    Expected(9, .implicitApril, .flag, ["JOIN(4,3)=-1 EPERM {03:00.0 e1000e}", "ATTACH(4,1)=0 {at risk: 03:00.0}"]),
    Expected(9, .autoUnbind, ["ATTACH(4,1)=0"]),
    Expected(9, .iommufd, ["BIND(4,3)=-1 EPERM", "ATTACH(4,2)=0 (pt_id=3 HWPT)"]),
    // 10 both in use; the second is detached, closed, unbound and given to its host driver.
    Expected(10, .explicit2021, ["echo 03:00.1 > e1000e/bind = PANIC"]),
    Expected(10, .explicitLinux, ["echo 03:00.1 > e1000e/bind = EBUSY", "first runs on"]),
    Expected(10, .implicitApril, ["echo 03:00.1 > e1000e/bind = PANIC"]),
    Expected(10, .implicitApril, .deny, ["echo 03:00.1 > e1000e/bind = EBUSY", "first runs on"]),
    Expected(10, .autoUnbind, ["echo 03:00.1 > e1000e/bind = PANIC"]),
    Expected(10, .autoUnbind, .deny, ["echo 03:00.1 > e1000e/bind = EBUSY", "first runs on"]),
    Expected(10, .iommufd, ["echo 03:00.1 > e1000e/bind = EBUSY", "first runs on"]),
    // 11 one requester, two spaces.
    Expected(11, .implicitApril, ["ATTACH(5,2)=-1 EINVAL"]),
    Expected(11, .autoUnbind, ["ATTACH(5,2)=-1 EINVAL"]),
    Expected(11, .iommufd, ["ATTACH(5,5)=-1 EINVAL"]),
  ]

  private static let second: [Expected] = [
    // 12 a third card while the group is in use.
    Expected(12, .explicit2021, ["add 02:03.0 = PANIC", "warned first"]),
    Expected(12, .explicitLinux, ["add 02:03.0 = ok", "third driverless"]),
    Expected(12, .implicitApril, .deny, ["add 02:03.0 = ok", "third driverless"]),
    Expected(12, .autoUnbind, ["add 02:03.0 = ok", "third driverless", "snarfed"]),
    Expected(12, .iommufd, ["add 02:03.0 = ok", "third driverless", "device attach failed -16"]),
    // 13 a host driver for the driverless sibling of a device in use.
    Expected(13, .explicit2021, ["echo 02:02.0 > sym53c8xx/bind = PANIC"]),
    Expected(13, .explicitLinux, ["echo 02:02.0 > sym53c8xx/bind = EBUSY"]),
    Expected(13, .implicitApril, .flag, ["echo 02:02.0 > sym53c8xx/bind = PANIC"]),
    Expected(13, .implicitApril, .deny, ["echo 02:02.0 > sym53c8xx/bind = EBUSY"]),
    Expected(13, .autoUnbind, ["echo 02:02.0 > sym53c8xx/bind = PANIC"]),
    Expected(13, .autoUnbind, .deny, ["echo 02:02.0 > sym53c8xx/bind = EBUSY"]),
    Expected(13, .iommufd, ["echo 02:02.0 > sym53c8xx/bind = EBUSY"]),
    // 14 the NIC is unplugged in use.
    Expected(14, .explicitLinux, ["remove 02:01.0 = blocks", "asked qemu", "gone at close"]),
    Expected(14, .explicit2021, ["remove 02:01.0 = blocks", "asked qemu", "gone at close"]),
    Expected(14, .implicitApril, .flag, ["remove 02:01.0 = blocks", "asked qemu", "gone at close"]),
    Expected(14, .autoUnbind, ["remove 02:01.0 = blocks", "asked qemu", "gone at close"]),
    Expected(14, .iommufd, ["remove 02:01.0 = blocks", "asked qemu", "gone at close"]),
    // 15 the owner is killed; a second user takes over.
    Expected(15, .explicitLinux, ["HBA driverless", "owner none, domain host", "GET_DEVICE_FD(02:01.0)=5"]),
    Expected(15, .explicit2021, ["HBA driverless", "owner none, domain host", "GET_DEVICE_FD(02:01.0)=5"]),
    Expected(
      15, .implicitApril, .flag, ["HBA driverless", "owner none, domain host", "ATTACH(4,1)=0 {at risk: 02:02.0}"]),
    Expected(15, .autoUnbind, ["HBA driverless", "owner none, domain host", "ATTACH(4,1)=0"]),
    Expected(15, .iommufd, ["HBA driverless", "owner none, domain host", "ATTACH(4,2)=0 (pt_id=3 HWPT)"]),
    // 16 the user owns the NIC's node only; both are bound for users.
    Expected(16, .explicitLinux, ["open(/dev/vfio/5)=-1 EACCES", "with the group's node: GET_DEVICE_FD(02:02.0)=6"]),
    Expected(16, .implicitApril, ["open(/dev/vfio/device1)=-1 EACCES", "ATTACH(4,1)=-1 EPERM {02:02.0 not joined}"]),
    Expected(16, .implicitApril, .flag, ["open(/dev/vfio/device1)=-1 EACCES", "ATTACH(4,1)=0 {at risk: 02:02.0}"]),
    Expected(16, .autoUnbind, ["open(/dev/vfio/device1)=-1 EACCES", "ATTACH(4,1)=0"]),
    Expected(16, .iommufd, ["open(/dev/vfio/devices/vfio1)=-1 EACCES", "ATTACH(4,2)=0 (pt_id=3 HWPT)"]),
    // 17 both interfaces at once.
    Expected(17, .explicitLinux, ["GET_DEVICE_FD(02:01.0)=5"]),
    Expected(17, .iommufd, ["BIND(5,4)=-1 EBUSY", "open(/dev/vfio/5)=-1 EBUSY"]),
    // 18 pci-stub on the HBA, pcieport on the bridge above.
    Expected(18, .explicitLinux, ["GET_STATUS={VIABLE}", "GET_DEVICE_FD(02:01.0)=5"]),
    Expected(18, .explicit2021, ["GET_STATUS={VIABLE}", "GET_DEVICE_FD(02:01.0)=5"]),
    Expected(18, .implicitApril, ["JOIN(4,3)=0", "ATTACH(4,1)=-1 EPERM {02:02.0 not joined}"]),
    Expected(18, .implicitApril, .flag, ["JOIN(4,3,IOASID_IMPLICIT_GROUP)=0", "ATTACH(4,1)=0 {at risk: 02:02.0}"]),
    Expected(18, .autoUnbind, ["JOIN(4,3)=0", "ATTACH(4,1)=0"]),
    Expected(18, .iommufd, ["BIND(4,3)=0 devid=1", "ATTACH(4,2)=0 (pt_id=3 HWPT)"]),
    // 19 interrupts that are not isolated; a region that firmware demands.
    Expected(19, .explicitLinux, ["SET_IOMMU=-1 EPERM", "SET_CONTAINER=-1 EINVAL"]),
    Expected(19, .implicitApril, .flag, ["ATTACH(4,1)=-1 EPERM", "JOIN(4,3,IOASID_IMPLICIT_GROUP)=-1 EINVAL"]),
    Expected(19, .autoUnbind, ["ATTACH(4,1)=-1 EPERM", "JOIN(4,3)=-1 EINVAL"]),
    Expected(19, .iommufd, ["BIND(4,3)=-1 EPERM", "BIND(4,3)=-1 EINVAL"]),
    // 20 the override splits the two functions; two users.
    Expected(20, .explicitLinux, ["GET_DEVICE_FD(03:00.0)=5", "GET_DEVICE_FD(03:00.1)=5"]),
    Expected(20, .implicitApril, ["ATTACH(4,1)=0", "ATTACH(4,1)=0"]),
    Expected(20, .iommufd, ["ATTACH(4,2)=0 (pt_id=3 HWPT)", "ATTACH(4,2)=0 (pt_id=3 HWPT)"]),
    // 21 a VDPA device and the NIC, one descriptor and one IOASID.
    Expected(21, .explicitLinux, ["open(/dev/iommu)=-1 ENOENT"]),
    Expected(21, .implicitApril, ["ATTACH(4,1)=0", "ATTACH(5,1)=0"]),
    Expected(21, .autoUnbind, ["ATTACH(4,1)=0", "ATTACH(5,1)=0"]),
    Expected(21, .iommufd, ["ATTACH(4,2)=0 (pt_id=3 HWPT)", "BIND(5,3)=-1 ENOTTY"]),
    // 22 attach the NIC, map, then the HBA, map.
    Expected(22, .implicitRFC1, ["MAP=-1 EDEADLK", "MAP=0"]),
    Expected(22, .iommufd, ["MAP=0", "MAP=0"]),
  ]
}
