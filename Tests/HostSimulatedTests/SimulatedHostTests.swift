import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

@Suite struct SimulatedHostTests {
  private let nic = Bench.nic
  private let hba = Bench.hba
  private let bridge = Bench.bridge
  private let third = Bench.third
  private let group = GroupID(5)

  @Test func `groups are derived: the port alone, everything behind the bridge together`() {
    let host = Bench.seed()
    #expect(host.inventory.groups.map(\.id.number) == [0, 5])
    #expect(host.inventory[group]?.members == [bridge, nic, hba])
    #expect(host.world[hba]?.requester == bridge)
    #expect(host.place == Place(kind: .scenario, name: "seed", isPrivileged: true))
    #expect(host.disagreements.isEmpty)
  }

  @Test func `a stated group overrides the partition`() {
    var parts = Bench.parts()
    parts[3].statedGroup = GroupID(40)
    let host = SimulatedHost(Machine(name: "patched", parts: parts))
    #expect(host.inventory[GroupID(40)]?.members == [hba])
    #expect(host.inventory[GroupID(1)]?.members == [bridge, nic])
  }

  @Test func `a disk goes with its driver and comes back with it`() {
    var host = Bench.seed()
    #expect(host.inventory[hba]?.details?.disks == .value(["sda"]))
    _ = host.happen(.unbind(hba))
    #expect(host.inventory[hba]?.driver == .absent && host.inventory[hba]?.details?.disks == .absent)
    _ = host.happen(.bind(hba, "vfio-pci"))
    #expect(host.inventory[hba]?.details?.disks == .absent)
    #expect(host.inventory[hba]?.details?.vfioDevice == .value("vfio1"))
    #expect(host.inventory[hba]?.driverOverride == .value("vfio-pci"))
    _ = host.happen(.unbind(hba))
    _ = host.happen(.probe(hba))
    #expect(host.inventory[hba]?.driver == .value("sym53c8xx"))
    #expect(host.inventory[hba]?.details?.disks == .value(["sda"]))
    #expect(host.inventory[hba]?.driverOverride == .absent)
  }

  @Test func `the group's node comes with the first vfio driver and goes with the last`() {
    var host = Bench.seed()
    #expect(host.inventory[group]?.details?.node.value?.path == "/dev/vfio/5")
    _ = host.happen(.unbind(nic))
    #expect(host.inventory[group]?.details?.node == .absent)
  }

  @Test func `the one who holds the group is shown, and a granted node has its owner`() {
    var host = Bench.seed(hba: nil)
    _ = host.happen(.chown(.group(group), uid: 1000))
    #expect(host.inventory[group]?.details?.node.value?.owner == 1000)
    let answer = host.happen(.call(.open(.group(group)), by: Bench.guest))
    #expect(answer.value == .descriptor(Descriptor(3)))
    #expect(
      host.inventory[group]?.holders.value == [Holder(process: 200, command: "guest", node: "/dev/vfio/5")])
    #expect(Judge(rules: .explicitLinux).verdict(on: host.inventory.groups[1], in: host.inventory).state == .owned)
    _ = host.happen(.exit(Bench.guest))
    #expect(host.inventory[group]?.holders == .absent)
  }

  @Test func `a card from the drawer appears with its ids, in the derived group, on its driver`() {
    var host = Bench.seed()
    let device = host.keep(Bench.thirdCard)
    #expect(device.group == group && device.requester == bridge)
    #expect(host.inventory[third] == nil)
    _ = host.happen(.hotAdd(device))
    #expect(host.inventory[third]?.identity.value?.ids == "10ec:8139")
    #expect(host.inventory[third]?.driver == .value("8139too"))
    #expect(host.inventory[third]?.details?.interfaces == .value(["eth2"]))
    #expect(host.inventory[group]?.members == [bridge, nic, hba, third])
    #expect(host.disagreements.isEmpty)
  }

  @Test func `a card nobody knows is grouped by the bus it appears on`() {
    var host = Bench.seed()
    _ = host.happen(.hotAdd(Device(address: third, group: nil)))
    #expect(host.world[third]?.group == group)
    #expect(host.inventory[third]?.parent == .function(bridge))
    _ = host.happen(.hotAdd(Device(address: Bench.address("0000:00:1f.0"), group: nil)))
    #expect(host.world[Bench.address("0000:00:1f.0")]?.group == GroupID(1))
    #expect(host.disagreements.isEmpty)
  }

  @Test func `a bridge takes along what is below it`() {
    var host = Bench.seed()
    let answer = host.happen(.unplug(Bench.port))
    #expect(answer.outcome == .success(.nothing))
    #expect(host.inventory.functions.isEmpty && host.inventory.groups.isEmpty && host.world.devices.isEmpty)
    #expect(answer.consequences.contains(.unbound(hba, "sym53c8xx", lost: ["sda"])))
  }

  @Test func `a bridge waits for what is in use below it, and goes when that is let go`() {
    var host = Bench.seed(hba: nil)
    var pursuit = Pursuit(.attach(nic, by: Bench.qemu), under: .explicitLinux, in: host.world)
    var answer: Answer?
    while let event = pursuit.next(in: host.world, after: answer) { answer = host.happen(event) }
    let blocked = host.happen(.unplug(bridge))
    #expect(blocked.outcome == .blocks)
    #expect(host.inventory[nic] != nil && host.inventory[bridge] != nil)
    let end = host.happen(.exit(Bench.qemu))
    #expect(end.consequences.contains(.gone(nic)) && end.consequences.contains(.gone(bridge)))
    #expect(host.inventory.functions.map(\.address) == [Bench.port])
    #expect(host.disagreements.isEmpty)
  }

  @Test func `a bridge that is not there is refused and nothing changes`() {
    var host = Bench.seed()
    let before = host
    #expect(host.happen(.unplug(Bench.address("0000:09:00.0"))).errno == .enodev)
    #expect(host == before)
  }

  @Test func `a re-reading is the difference, and applying it makes the two equal`() {
    var host = Bench.seed()
    var seen = host.inventory
    #expect(host.reread(Stale(everything: true), in: seen).isEmpty)
    _ = host.happen(.unbind(hba))
    _ = host.happen(.unplug(nic))
    let difference = host.reread(Stale(nodes: true), in: seen)
    #expect(difference.goneFunctions == [nic] && difference.functions.map(\.address) == [hba])
    seen.apply(difference)
    #expect(seen == host.inventory)
  }

  @Test func `the kernel's capabilities are the chosen interface's`() {
    func missing(_ set: RuleSet) -> Set<Capability.Subject> {
      Set(Bench.seed(Rules(set)).capabilities().filter { $0.status == .missing }.map(\.subject))
    }
    #expect(missing(.explicitLinux) == [.iommufd, .deviceNodes])
    #expect(missing(.implicitApril) == [.container])
    #expect(missing(.iommufd) == [])
    // Whose the nodes are is told where somebody was given one.
    #expect(
      Set(Bench.seed().capabilities().map(\.subject)) == Set(Capability.Subject.allCases).subtracting([.nodeOwners]))
  }

  @Test func `nodes are named as the interface names them`() {
    var host = Bench.seed(Rules(.implicitApril))
    #expect(host.inventory[nic]?.details?.deviceNode.value?.path == "/dev/vfio/device0")
    host.rules = Rules(.iommufd)
    #expect(host.inventory[nic]?.details?.deviceNode.value?.path == "/dev/vfio/devices/vfio0")
    host.rules = Rules(.explicitLinux)
    #expect(host.inventory[nic]?.details?.deviceNode == .absent)
  }
}
