import HostSimulated
import Ownership
import Topology

/// The seed scene, and the machine that the random lives are led on, as parts.
enum Bench {
  static let port = address("0000:00:03.0")
  static let bridge = address("0000:01:00.0")
  static let nic = address("0000:02:01.0")
  static let hba = address("0000:02:02.0")
  static let third = address("0000:02:03.0")
  static let qemu = User(process: 100, name: "qemu", uid: 0)
  static let guest = User(process: 200, name: "guest", uid: 1000)
  static let on = ACS(capability: ACS.required, control: ACS.required)

  static func address(_ text: String) -> Address {
    guard let address = Address(text) else { fatalError("no address: \(text)") }
    return address
  }

  static func card(
    _ place: Address, _ ids: (UInt16, UInt16), _ code: UInt32, driver: DriverName?, host: DriverName,
    disks: [String] = [], interfaces: [String] = []
  ) -> Part {
    Part(
      PortFacts(address: place, parent: .function(bridge)),
      Identity(vendor: ids.0, device: ids.1, classCode: ClassCode(code)), driver: driver, hostDrivers: [host],
      disks: disks, interfaces: interfaces)
  }

  static var thirdCard: Part {
    card(third, (0x10ec, 0x8139), 0x020000, driver: nil, host: "8139too", interfaces: ["eth2"])
  }

  static func parts(nic driver: DriverName? = "vfio-pci", hba other: DriverName? = "sym53c8xx") -> [Part] {
    let bridgeClass = ClassCode(0x060400)
    return [
      Part(
        PortFacts(
          address: port, parent: .root("pci0000:00"), leadsToABus: true, type: .express(4), acs: on),
        Identity(vendor: 0x1b36, device: 0x000c, classCode: bridgeClass), driver: "pcieport",
        hostDrivers: ["pcieport"]),
      Part(
        PortFacts(address: bridge, parent: .function(port), leadsToABus: true, type: .express(7)),
        Identity(vendor: 0x1b36, device: 0x000e, classCode: bridgeClass)),
      card(nic, (0x8086, 0x100e), 0x020000, driver: driver, host: "e1000", interfaces: ["eth0"]),
      card(hba, (0x1000, 0x0012), 0x010000, driver: other, host: "sym53c8xx", disks: ["sda"]),
    ]
  }

  static func seed(
    nic: DriverName? = "vfio-pci", hba: DriverName? = "sym53c8xx", _ rules: Rules = Rules(.explicitLinux)
  ) -> SimulatedHost {
    let note = Machine.GroupNote(id: GroupID(5), member: Self.nic)
    return SimulatedHost(Machine(name: "seed", parts: parts(nic: nic, hba: hba), groups: [note]), rules: rules)
  }
}
