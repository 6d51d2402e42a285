import Assignment
import Ownership
import Topology

/// The seed scene and what is told of it.
enum Scene {
  static let bridge = address("0000:01:00.0")
  static let nic = address("0000:02:01.0")
  static let hba = address("0000:02:02.0")
  static let group = GroupID(5)
  static let qemu = User(process: 100, name: "qemu", uid: 0)
  static let second = User(process: 200, name: "qemu-b", uid: 0)
  static let labels = [bridge: "bridge", nic: "NIC", hba: "HBA"]

  static func address(_ text: String) -> Address {
    guard let address = Address(text) else { fatalError("no address: \(text)") }
    return address
  }

  /// PCIe-to-PCI bridge, NIC and HBA, one group, one requester.
  static func seed(nic nicDriver: DriverName? = "vfio-pci", hba hbaDriver: DriverName? = "sym53c8xx") -> World {
    World(devices: [
      Device(address: bridge, group: group, header: .bridge),
      Device(
        address: nic, group: group, requester: bridge, driver: nicDriver, hostDrivers: ["e1000"], carries: ["eth0"]),
      Device(
        address: hba, group: group, requester: bridge, driver: hbaDriver, hostDrivers: ["sym53c8xx"], carries: ["sda"]),
    ])
  }

  static func story(in world: World = seed(), _ wishes: [Wish]) -> Demonstration {
    Demonstration(
      name: "seed", title: "NIC and HBA", lesson: [], world: world, labels: labels,
      acts: wishes.map { Demonstration.Act(title: "the NIC or the HBA", wish: $0) }, asked: nic, swap: hba)
  }

  /// The NIC is asked for, the HBA released, the NIC asked for again, and again with the flag.
  static let usual = story([
    .attach(nic, by: qemu), .release(hba), .attach(nic, by: qemu),
    .attach(nic, by: qemu, Attaching(allowUnused: true)),
  ])
}
