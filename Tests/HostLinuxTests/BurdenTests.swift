import HostAccess
import Testing
import Topology

@testable import HostLinux

/// What functions carry, from trees made by hand as the kernel, udev and /proc would show them.
@Suite struct BurdenTests {
  private let nic = address("0000:02:01.0")
  private let hba = address("0000:02:02.0")
  private let below = "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0"

  /// The seed scene with a disk of three partitions, on the HBA.
  private func machine() -> Fixture {
    let machine = Fixture.seed()
    let host = "\(below)/0000:02:02.0/host2/target2:0:0/2:0:0:0/block/sda"
    block(machine, "sda", at: host, number: "8:0")
    for part in 1...3 { block(machine, "sda\(part)", at: "\(host)/sda\(part)", number: "8:\(part)") }
    machine.file("proc/swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n")
    machine.file("proc/self/mountinfo", "")
    return machine
  }

  private func block(_ machine: Fixture, _ name: String, at path: String, number: String, holders: [String] = []) {
    machine.file(path + "/dev", number + "\n")
    machine.directory(path + "/holders")
    for holder in holders { machine.link("\(path)/holders/\(holder)", to: "../../\(holder)") }
    machine.link("sys/class/block/" + name, to: "../../../" + path)
  }

  private func burden(_ machine: Fixture) throws -> Burden {
    let observer = try SysfsObserver(root: machine.root)
    return observer.burden(of: [nic, hba], in: try observer.inventory(.full))
  }

  @Test func `a partition's mount is told with the way down to the disk`() throws {
    let machine = machine()
    machine.file(
      "proc/self/mountinfo",
      "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        + "30 22 8:3 / /srv/with\\040blank rw - xfs /dev/sda3 rw\n31 22 0:5 / /dev rw - devtmpfs udev rw\n")
    let carried = try burden(machine).of(hba)
    #expect(
      carried == [
        Carried(hba, .mount(source: "/dev/sda1", at: "/", type: "ext4"), via: ["sda", "sda1"]),
        Carried(hba, .mount(source: "/dev/sda3", at: "/srv/with blank", type: "xfs"), via: ["sda", "sda3"]),
      ])
  }

  @Test func `an idle disk is a disk and nothing else`() throws {
    #expect(try burden(machine()).of(hba) == [Carried(hba, .disk("sda"), via: ["sda"])])
  }

  @Test func `encrypted volumes and arrays are followed up to what is mounted`() throws {
    let machine = machine()
    let host = "\(below)/0000:02:02.0/host2/target2:0:0/2:0:0:0/block/sda"
    machine.link("\(host)/sda2/holders/dm-0", to: "../../dm-0")
    block(machine, "dm-0", at: "sys/devices/virtual/block/dm-0", number: "253:0", holders: ["dm-1"])
    machine.file("sys/devices/virtual/block/dm-0/dm/name", "crypt\n")
    block(machine, "dm-1", at: "sys/devices/virtual/block/dm-1", number: "253:1")
    machine.file("sys/devices/virtual/block/dm-1/dm/name", "vg-home\n")
    machine.file("proc/self/mountinfo", "30 22 253:1 / /home rw - ext4 /dev/mapper/vg-home rw\n")
    let way = ["sda", "sda2", "dm-0", "dm-1"]
    let home = Carried(hba, .mount(source: "/dev/mapper/vg-home", at: "/home", type: "ext4"), via: way)
    #expect(try burden(machine).of(hba) == [home])
    machine.file("proc/self/mountinfo", "")
    #expect(
      try burden(machine).of(hba) == [
        Carried(hba, .member(of: "crypt", kind: "volume"), via: ["sda", "sda2"]),
        Carried(hba, .member(of: "vg-home", kind: "volume"), via: ["sda", "sda2", "dm-0"]),
      ])
  }

  @Test func `swap on a partition and in a file both count`() throws {
    let machine = machine()
    machine.file("proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n")
    machine.file(
      "proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 99 0 -2\n/swap\\040file file 1 0 -3\n")
    let swaps = try burden(machine).of(hba).compactMap { carried -> String? in
      if case .swap(let path) = carried.what { path + " " + carried.via.joined(separator: "/") } else { nil }
    }
    #expect(swaps == ["/swap file sda/sda1", "/dev/sda2 sda/sda2"])
  }

  @Test func `btrfs over several disks stands on each of them`() throws {
    let machine = machine()
    machine.directory("sys/fs/btrfs/7f31/devices/sda3")
    machine.directory("sys/fs/btrfs/7f31/devices/sdb1")
    machine.file("proc/self/mountinfo", "30 22 0:40 /@ /data rw - btrfs /dev/sdb1 rw\n")
    let host = "sys/devices/platform/elsewhere/block/sdb"
    block(machine, "sdb", at: host, number: "8:16")
    block(machine, "sdb1", at: host + "/sdb1", number: "8:17")
    let mount = Carried.What.mount(source: "/dev/sdb1", at: "/data", type: "btrfs")
    #expect(try burden(machine).of(hba) == [Carried(hba, mount, via: ["sda", "sda3"])])
  }

  @Test func `bcachefs over several disks names them all in one source`() throws {
    let machine = machine()
    block(machine, "sdb", at: "sys/devices/platform/elsewhere/block/sdb", number: "8:16")
    machine.file("proc/self/mountinfo", "30 22 0:40 / / rw - bcachefs /dev/sda3:/dev/sdb rw\n")
    let mount = Carried.What.mount(source: "/dev/sda3:/dev/sdb", at: "/", type: "bcachefs")
    #expect(try burden(machine).of(hba) == [Carried(hba, mount, via: ["sda", "sda3"])])
  }

  @Test func `a member of a ZFS pool is known by what udev found on it`() throws {
    let machine = machine()
    machine.file("run/udev/data/b8:1", "S:disk/by-id/x\nE:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=tank\n")
    #expect(
      try burden(machine).of(hba) == [Carried(hba, .member(of: "tank", kind: "ZFS pool"), via: ["sda", "sda1"])])
    machine.file(
      "proc/self/mountinfo", "30 22 0:40 / /tank rw - zfs tank/set rw\n31 22 0:41 / /t2 rw - zfs tanker rw\n")
    let mount = Carried.What.mount(source: "tank/set", at: "/tank", type: "zfs")
    #expect(try burden(machine).of(hba) == [Carried(hba, mount, via: ["sda", "sda1"])])
  }

  @Test func `ZFS without udev is unknown, never fine`() throws {
    let machine = machine()
    machine.directory("sys/module/zfs")
    #expect(try burden(machine).unknown.contains(.init(hba, .pools, .notRecorded)))
  }

  @Test func `an image without mounts says that they were not recorded`() throws {
    let machine = machine()
    machine.unlink("proc/self/mountinfo")
    #expect(try burden(machine).unknown.contains(.init(hba, .mounts, .notRecorded)))
  }

  @Test func `a route through a bridge counts for the interface below a bond below it`() throws {
    let machine = machine()
    interface(machine, "eth0", at: "\(below)/0000:02:01.0/net/eth0", above: ["bond0"])
    interface(machine, "bond0", at: "sys/devices/virtual/net/bond0", above: ["br0"])
    interface(machine, "br0", at: "sys/devices/virtual/net/br0", above: [])
    machine.file(
      "proc/net/route", "Iface\tDestination\tGateway\nbr0\t00000000\t0101A8C0\nbr0\t0001A8C0\t00000000\n")
    let interfaces = try burden(machine).of(nic).filter { if case .interface = $0.what { true } else { false } }
    #expect(
      interfaces == [
        Carried(nic, .interface("eth0", isUp: true, addresses: [], routes: 0), via: ["eth0"]),
        Carried(nic, .interface("br0", isUp: true, addresses: [], routes: 2), via: ["eth0", "bond0", "br0"]),
      ])
  }

  private func interface(_ machine: Fixture, _ name: String, at path: String, above: [String]) {
    machine.file(path + "/flags", "0x1003\n")
    for upper in above { machine.link("\(path)/upper_\(upper)", to: "../\(upper)") }
    machine.link("sys/class/net/" + name, to: "../../../" + path)
  }

  @Test func `behind Open vSwitch nobody knows what a port carries`() throws {
    let machine = machine()
    interface(machine, "eth0", at: "\(below)/0000:02:01.0/net/eth0", above: ["ovs-system"])
    interface(machine, "ovs-system", at: "sys/devices/virtual/net/ovs-system", above: [])
    interface(machine, "br0", at: "sys/devices/virtual/net/br0", above: [])
    machine.file("proc/net/route", "Iface\tDestination\tGateway\nbr0\t00000000\t0101A8C0\n")
    #expect(try burden(machine).unknown.contains(.init(nic, .openVSwitch, .notRead)))
  }

  @Test func `a login to a link-local address comes through the link that it names`() throws {
    let machine = machine()
    interface(machine, "eth0", at: "\(below)/0000:02:01.0/net/eth0", above: [])
    let root = try Root(machine.root)
    func carried(_ zone: String, _ connections: String) -> [Carried] {
      var (logins, ports, burden) = (Logins(root), Set<UInt16>([22]), Burden())
      logins.note(environment: "A=b\0SSH_CONNECTION=fe80::2%\(zone) 50000 fe80::1%\(zone) 22\0", &ports)
      logins.note(connections: connections, ports)
      var network = NetworkUse(root, logins)
      network.note(addresses: "eth0 192.0.2.5\neth0 fe80::1\neth1 fe80::1\n")
      network.tell(nic, isCard: true, isRecorded: true, into: &burden)
      return burden.carried
    }
    let eth0 = Carried(nic, .interface("eth0", isUp: true, addresses: ["192.0.2.5"], routes: 0), via: ["eth0"])
    let login = Carried(nic, .login(interface: "eth0", from: "fe80::2"), via: ["eth0"])
    let connections = """
        sl  local_address rem_address   st tx_queue
         0: 000080FE000000000000000001000000:0016 000080FE000000000000000002000000:C350 01 00000000:00000000
      """
    #expect(carried("eth0", "") == [eth0, login])
    #expect(carried("eth0", connections) == [eth0, login], "the same one, seen twice")
    #expect(carried("eth1", "") == [eth0])
    #expect(carried("eth1", connections) == [eth0, login], "a connection does not name its link")
  }

  @Test func `connections to the secure shell are logins, others are not`() throws {
    let machine = machine()
    var logins = Logins(try Root(machine.root))
    logins.note(
      connections: """
          sl  local_address rem_address   st tx_queue
           0: 0500A8C0:0016 0900A8C0:C350 01 00000000:00000000
           1: 0500A8C0:0016 00000000:0000 0A 00000000:00000000
           2: 0500A8C0:0050 0900A8C0:C351 01 00000000:00000000
        """, [22])
    #expect(logins.found == [.init(from: "192.168.0.9", to: "192.168.0.5")])
    #expect(Logins.address("0000000000000000FFFF00000500A8C0"[...]) == "192.168.0.5")
    #expect(Logins.address("B80D0120000000000000000001000000"[...]) == "2001:db8::1")
    #expect(Logins.address("xyz"[...]) == nil)
  }

  @Test func `the first display and the only keyboard are somebody's seat`() throws {
    let machine = machine()
    machine.file("\(below)/0000:02:01.0/boot_vga", "1\n")
    let place = "/devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:02.0/usb1/1-1/input/input5"
    let keyboard = """
      I: Bus=0003 Vendor=046d
      N: Name="USB Keyboard"
      S: Sysfs=\(place)
      H: Handlers=sysrq kbd event3 leds

      N: Name="Power Button"
      S: Sysfs=/devices/LNXSYSTM:00/LNXPWRBN:00/input/input0
      H: Handlers=kbd event0


      """
    machine.file("proc/bus/input/devices", keyboard)
    var burden = try burden(machine)
    #expect(burden.of(nic).contains(Carried(nic, .display("boot_vga"))))
    #expect(burden.of(hba).contains(Carried(hba, .keyboard("USB Keyboard", isOnly: true))))
    machine.file(
      "proc/bus/input/devices", keyboard + "N: Name=\"AT\"\nS: Sysfs=/devices/platform/i8042\nH: Handlers=sysrq kbd\n\n"
    )
    burden = try self.burden(machine)
    #expect(burden.of(hba).contains(Carried(hba, .keyboard("USB Keyboard", isOnly: false))))
  }

  @Test func `no keyboard stays where all of them leave, however many there are`() throws {
    let machine = machine()
    func keyboard(_ name: String, below function: String) -> String {
      "N: Name=\"\(name)\"\nS: Sysfs=/devices/pci0000:00/\(function)/usb1/input/input5\nH: Handlers=sysrq kbd\n\n"
    }
    let one = keyboard("Keys", below: "0000:02:02.0") + keyboard("Keys Consumer Control", below: "0000:02:02.0")
    machine.file("proc/bus/input/devices", one)
    let names = ["Keys", "Keys Consumer Control"]
    #expect(try burden(machine).of(hba).suffix(2) == names.map { Carried(hba, .keyboard($0, isOnly: true)) }[...])
    machine.file("proc/bus/input/devices", one + keyboard("Second", below: "0000:02:01.0"))
    #expect(try burden(machine).of(nic).contains(Carried(nic, .keyboard("Second", isOnly: true))))
    let observer = try SysfsObserver(root: machine.root)
    let alone = observer.burden(of: [hba], in: try observer.inventory(.full))
    #expect(alone.carried.suffix(2) == names.map { Carried(hba, .keyboard($0, isOnly: false)) }[...])
  }

  @Test func `without a driver a function carries nothing`() throws {
    let machine = machine()
    machine.bind("0000:02:02.0", at: "pci0000:00/0000:00:01.0/0000:01:00.0", to: nil)
    #expect(try burden(machine).of(hba).isEmpty)
  }

  @Test func `virtual functions and a sleeping function are told`() throws {
    let machine = machine()
    let place = "pci0000:00/0000:00:01.0/0000:01:00.0"
    machine.function("0000:02:03.0", at: place, ids: "8086:1572", driver: "iavf", group: 9)
    machine.link("sys/devices/\(place)/0000:02:03.0/physfn", to: "../0000:02:01.0")
    machine.file("sys/devices/\(place)/0000:02:02.0/power/runtime_status", "suspended\n")
    let burden = try burden(machine)
    #expect(burden.of(nic).contains(Carried(nic, .virtualFunctions([address("0000:02:03.0")]))))
    #expect(burden.of(hba).contains(Carried(hba, .suspended)))
  }
}
