import Glibc
import Testing
import Topology

@testable import HostLinux

@Suite struct NamesTests {
  private static let text = """
    # comment
    0001  SafeNet (wrong ID)
    8086  Intel Corporation
    \t100e  82540EM Gigabit Ethernet Controller
    \t\t1af4 1100  QEMU Virtual Machine
    \t1572  Ethernet Controller X710 for 10GbE SFP+
    1000  Broadcom / LSI
    \t0012  53c895a
    zzzz  Not a vendor
    \t100e  belongs to nobody
    C 01  Mass storage controller
    \t00  SCSI storage controller

    """

  private static func function(_ ids: (UInt16, UInt16)) -> Function {
    Function(
      address: address("0000:00:00.0"), parent: .root(""),
      identity: .value(Identity(vendor: ids.0, device: ids.1, classCode: ClassCode(0))))
  }

  @Test func `only what is there is kept`() {
    let keys = PCINames.Keys([
      Names.key(vendor: 0x8086, device: 0x100e), Names.key(vendor: 0x1000, device: 0x9999),
    ])
    let names = PCINames.parse(Array(Self.text.utf8).span, keys)
    #expect(names.vendors == [0x8086: "Intel Corporation", 0x1000: "Broadcom / LSI"])
    #expect(names.devices == [Names.key(vendor: 0x8086, device: 0x100e): "82540EM Gigabit Ethernet Controller"])
  }

  @Test func `the preferred file comes first, then the places, gz as well, and none is no error`() {
    let machine = Fixture()
    let nic = Self.function((0x8086, 0x100e))
    #expect(PCINames(places: [machine.path("none")]).names(for: [nic]) == Names())
    machine.file("pci.ids.gz", bytes: Self.gzipped)
    #expect(PCINames(places: [machine.path("pci.ids")]).names(for: [nic]).vendors == [0x8086: "Packed"])
    machine.file("pci.ids", Self.text)
    #expect(PCINames(places: [machine.path("pci.ids")]).names(for: [nic]).vendors == [0x8086: "Intel Corporation"])
    machine.file("mine", "8086  Mine\n")
    let names = PCINames(preferred: machine.path("mine"), places: [machine.path("pci.ids")])
    #expect(names.names(for: [nic]).vendors == [0x8086: "Mine"])
  }

  @Test func `names for a new device are added to those before`() {
    let machine = Fixture()
    machine.file("pci.ids", Self.text)
    let names = PCINames(places: [machine.path("pci.ids")])
    _ = names.names(for: [Self.function((0x8086, 0x100e))])
    #expect(names.names(for: [Self.function((0x1000, 0x0012))]).devices.count == 2)
  }

  @Test func `hostile bytes are no names and no trap`() {
    let machine = Fixture()
    machine.file("pci.ids", bytes: [0x1f, 0x8b, 0, 0, 1, 2, 3])
    #expect(PCINames(places: [machine.path("pci.ids")]).names(for: [Self.function((1, 2))]) == Names())
    machine.file("empty", "")
    #expect(PCINames(places: [machine.path("empty")]).names(for: [Self.function((1, 2))]) == Names())
    let broken = "8086\n8086 \n8086  \n\t\n\t100e\n\t100e \n\u{0}\u{0}"
    let key = PCINames.Keys([Names.key(vendor: 0x8086, device: 0x100e)])
    #expect(PCINames.parse(Array(broken.utf8).span, key).devices.count <= 1)
  }

  /// `8086  Packed` and a newline.
  private static let gzipped: [UInt8] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xb3, 0x30, 0xb0, 0x30, 0x53, 0x50,
    0x08, 0x48, 0x4c, 0xce, 0x4e, 0x4d, 0xe1, 0x02, 0x00, 0xb6, 0xf0, 0x74, 0xb7, 0x0d, 0x00, 0x00,
    0x00,
  ]
}
