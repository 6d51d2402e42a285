import HostAccess
import Testing
import Topology

@testable import HostLinux

/// What disks carry through overlays, loop devices and caches, and what cards carry that nobody sees from here.
@Suite struct LayerTests {
  private let nic = address("0000:02:01.0")
  private let hba = address("0000:02:02.0")
  private let below = "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0"
  private let virtual = "sys/devices/virtual/block/"

  /// The seed scene: a disk with one partition on the HBA, and an interface of the NIC.
  private func machine() -> Fixture {
    let machine = Fixture.seed()
    let disk = "\(below)/0000:02:02.0/host2/target2:0:0/2:0:0:0/block/sda"
    block(machine, "sda", at: disk, number: "8:0")
    block(machine, "sda1", at: disk + "/sda1", number: "8:1")
    machine.file("proc/swaps", "Filename\n")
    interface(machine, "eth0", of: "0000:02:01.0")
    return machine
  }

  private func block(_ machine: Fixture, _ name: String, at path: String, number: String) {
    machine.file(path + "/dev", number + "\n")
    machine.directory(path + "/holders")
    machine.link("sys/class/block/" + name, to: "../../../" + path)
  }

  private func loop(_ machine: Fixture, _ number: Int, _ file: String) {
    block(machine, "loop\(number)", at: virtual + "loop\(number)", number: "7:\(number)")
    machine.file(virtual + "loop\(number)/loop/backing_file", file + "\n")
  }

  private func interface(_ machine: Fixture, _ name: String, of function: String) {
    machine.file("\(below)/\(function)/net/\(name)/flags", "0x1003\n")
    machine.link("sys/class/net/" + name, to: "../../../\(below)/\(function)/net/\(name)")
  }

  private func burden(_ machine: Fixture) throws -> Burden {
    let observer = try SysfsObserver(root: machine.root)
    return observer.burden(of: [nic, hba], in: try observer.inventory(.full))
  }

  /// Where each thing is mounted that stands on the HBA, with the way up to it.
  private func mounts(_ machine: Fixture) throws -> [String] {
    try burden(machine).of(hba).compactMap { carried in
      guard case .mount(_, let point, _) = carried.what else { return nil }
      return ([point] + carried.via).joined(separator: " ")
    }.sorted()
  }

  private func hasGap(_ machine: Fixture) throws -> Bool {
    try burden(machine).unknown.contains { $0.address == hba && $0.what == .layers }
  }

  @Test func `the root of a live system stands on the disk with its medium`() throws {
    let machine = machine()
    loop(machine, 0, "/run/live/medium/live/filesystem.squashfs")
    machine.file(
      "proc/self/mountinfo",
      """
      20 1 0:25 / / rw - overlay overlay rw,lowerdir=/run/live/rootfs/x/,upperdir=/run/live/rw,workdir=/run/live/work
      21 20 8:1 / /run/live/medium ro - ext4 /dev/sda1 ro
      22 20 7:0 / /run/live/rootfs ro - squashfs /dev/loop0 ro
      23 20 0:26 / /run/live rw - tmpfs tmpfs rw

      """)
    #expect(
      try mounts(machine) == [
        "/ sda sda1 loop0", "/run/live/medium sda sda1", "/run/live/rootfs sda sda1 loop0",
      ])
    #expect(try !hasGap(machine))
    machine.file("proc/swaps", "Filename\n/swap.img file 1 0 -2\n")
    #expect(try burden(machine).of(hba).contains(Carried(hba, .swap("/swap.img"), via: ["sda", "sda1", "loop0"])))
  }

  @Test func `layers that only an initramfs saw are looked for on the medium, and are not sure`() throws {
    let machine = machine()
    loop(machine, 0, "/cdrom/casper/minimal.squashfs")
    let table = "20 1 0:25 / / rw - overlay /cow rw,lowerdir=/a.squashfs:/b.squashfs,upperdir=/cow/upper\n"
    machine.file("proc/self/mountinfo", table + "21 20 8:1 / /cdrom ro - iso9660 /dev/sda1 ro\n")
    #expect(try mounts(machine) == ["/ sda sda1 loop0", "/cdrom sda sda1"])
    #expect(try hasGap(machine))
    machine.file("proc/self/mountinfo", table)
    #expect(try mounts(machine).isEmpty && hasGap(machine))
  }

  @Test func `an overlay over what it is made of stands on what it covers`() throws {
    let machine = machine()
    machine.file(
      "proc/self/mountinfo",
      """
      20 1 8:1 / / rw - ext4 /dev/sda1 rw
      21 20 0:30 / /run rw - tmpfs tmpfs rw
      22 20 0:40 / /usr ro - overlay overlay ro,lowerdir=/run/ext\\072a\\134:b:/usr
      23 20 0:41 / /merged ro - overlay overlay ro,lowerdir+=/usr/share,datadir+=/merged
      24 20 0:42 / /box rw - overlay overlay rw,lowerdir=l/AB:l/CD,upperdir=ab/diff

      """)
    #expect(try mounts(machine) == ["/ sda sda1", "/merged sda sda1", "/usr sda sda1"])
    #expect(try !hasGap(machine))
  }

  @Test func `colons and commas in the names of layers are read as they were meant`() {
    let line = #"20 1 0:25 / / rw - overlay overlay rw,lowerdir=/a\054b\134:c:/d\040e::/f,upperdir=/u,redirect_dir=on"#
    #expect(MountTable(line).mounts.first?.layers == ["/a,b:c", "/d e", "/f", "/u"])
    #expect(MountTable("20 1 8:1 / / rw - ext4 /dev/sda1 rw,lowerdir=/a").mounts.first?.layers == nil)
  }

  @Test func `a file in memory has no disk below it, and one that lies on itself ends the search`() throws {
    let machine = machine()
    loop(machine, 0, "/dev/shm/file")
    let memory = "21 20 0:30 / /dev/shm rw - tmpfs tmpfs rw\n"
    machine.file("proc/self/mountinfo", memory + "20 1 7:0 / / ro - squashfs /dev/loop0 ro\n")
    #expect(try mounts(machine).isEmpty && !hasGap(machine))
    loop(machine, 1, "/two")
    machine.file(
      "proc/self/mountinfo",
      memory + "20 1 7:1 / / rw - ext4 /dev/loop1 rw\n22 20 8:1 / /two/up rw - ext4 /dev/sda1 rw\n"
    )
    #expect(try mounts(machine) == ["/two/up sda sda1"])
    #expect(try hasGap(machine))
  }

  @Test func `an idle cache and what nobody has a name for are no free disks`() throws {
    let machine = machine()
    machine.file("proc/self/mountinfo", "")
    for (number, name, kind) in [(0, "bcache0", "cached disk"), (1, "drbd1", "device")] {
      block(machine, name, at: virtual + name, number: "25\(number):0")
      let holder = "\(below)/0000:02:02.0/host2/target2:0:0/2:0:0:0/block/sda/holders/" + name
      machine.link(holder, to: "../../" + name)
      #expect(try burden(machine).of(hba) == [Carried(hba, .member(of: name, kind: kind), via: ["sda"])])
      machine.unlink(holder)
    }
  }

  @Test func `a card without an interface may be in use where nobody sees it from here`() throws {
    let machine = machine()
    machine.file("proc/self/mountinfo", "")
    let gap = Burden.Gap(nic, .elsewhere, .notRecorded)
    #expect(try !burden(machine).unknown.contains(gap))
    machine.unlink("sys/class/net/eth0")
    #expect(try burden(machine).unknown == [gap])
    for driver in ["pci-stub", "vfio-pci", nil] {
      machine.bind("0000:02:01.0", at: "pci0000:00/0000:00:01.0/0000:01:00.0", to: driver)
      #expect(try burden(machine).unknown.isEmpty, "\(driver ?? "none")")
    }
  }

  @Test func `whoever drives a card by himself is not told by interfaces`() throws {
    let machine = machine()
    machine.file("proc/self/mountinfo", "")
    machine.unlink("sys/class/net/eth0")
    machine.bind("0000:02:01.0", at: "pci0000:00/0000:00:01.0/0000:01:00.0", to: "uio_pci_generic")
    #expect(try burden(machine).unknown == [Burden.Gap(nic, .holders, .notRecorded)])
    let root = try Root(machine.root)
    let function = Function(address: nic, parent: .root("pci0000:00"), driver: .value("uio_pci_generic"))
    func told() throws -> Burden {
      var burden = Burden()
      try #require(UserspaceIO(of: function, root)).tell(
        nic, ["/dev/uio0", "/dev/uio1"].map { Holder(process: 7, command: "testpmd", node: $0) }, into: &burden)
      return burden
    }
    #expect(try told() == Burden(unknown: [Burden.Gap(nic, .holders, .notRead)]))
    machine.directory("\(below)/0000:02:01.0/uio/uio1")
    let holder = Carried(nic, .holder(Holder(process: 7, command: "testpmd", node: "/dev/uio1")))
    #expect(try told() == Burden(carried: [holder]))
  }
}
