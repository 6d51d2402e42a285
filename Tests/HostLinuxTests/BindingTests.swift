import Glibc
import HostAccess
import Ownership
import Testing
import Topology

@testable import HostLinux

/// What acting reads of a function, and of the machine.
@Suite struct BindingTests {
  private let nic = address("0000:02:01.0")
  private let path = "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:01.0"

  @Test func `a binding says who the function is, where, and to what it is bound`() throws {
    let machine = Fixture.acting()
    let performer = try machine.performer()
    let identity = Identity(
      vendor: 0x8086, device: 0x100e, subsystemVendor: 0x1af4, subsystemDevice: 0x1100, classCode: ClassCode(0x020000))
    let before = Binding(
      address: nic, identity: .value(identity), path: path, driver: .value("e1000"), override: .absent,
      group: .value(GroupID(5)))
    #expect(try performer.binding(of: nic) == before)
    machine.bind("0000:02:01.0", at: "pci0000:00/0000:00:01.0/0000:01:00.0", to: nil)
    machine.file(path + "/driver_override", "vfio-pci\n")
    machine.file(path + "/sriov_numvfs", "2\n")
    var after = before
    (after.driver, after.override, after.virtualFunctions) = (.absent, .value("vfio-pci"), .value(2))
    #expect(try performer.binding(of: nic) == after)
  }

  @Test func `a function that is gone is ENODEV, and no other error`() throws {
    let machine = Fixture.acting()
    let performer = try machine.performer()
    let error = HostError("read", on: "/sys/bus/pci/devices/0000:02:07.0", .enodev)
    #expect(throws: error) { try performer.binding(of: address("0000:02:07.0")) }
  }

  @Test func `an override that could not be written back is unknown`() throws {
    let machine = Fixture.acting()
    machine.file(path + "/driver_override", bytes: [0x61, 0xff, 10])
    let found = try machine.performer().binding(of: nic).override
    #expect(found == .unknown(.malformed("a\u{fffd}")))
  }

  @Test func `a session is the boot and the machine, empty where they have no names`() throws {
    let machine = Fixture.acting()
    #expect(try machine.performer().session == Entry.Session(boot: "", machine: ""))
    machine.file("proc/sys/kernel/random/boot_id", "0b6e9a3c-0000-4000-8000-000000000000\n")
    machine.file("etc/machine-id", "abcdef\n")
    let session = Entry.Session(boot: "0b6e9a3c-0000-4000-8000-000000000000", machine: "abcdef")
    #expect(try machine.performer().session == session)
  }

  @Test func `drivers that are there and aliases of those that hand devices out`() throws {
    let machine = Fixture.acting()
    #expect(try DriverModules(root: machine.root).aliasLines == .unknown(.notRecorded))
    machine.file("proc/sys/kernel/osrelease", "6.12.1\n")
    var modules = try DriverModules(root: machine.root)
    #expect(modules.registered.contains("vfio-pci"))
    #expect(modules.aliasLines == .absent)
    machine.file(
      "lib/modules/6.12.1/modules.alias",
      """
      # Aliases extracted from modules themselves.
      alias pci:v00008086d0000100Esv*sd*bc*sc*i* e1000
      alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci

      """)
    modules = try DriverModules(root: machine.root)
    #expect(modules.aliasLines == .value(["alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci"]))
  }
}
