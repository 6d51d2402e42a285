import HostAccess
import Testing
import Topology

@testable import HostLinux

/// What others have configured, read below a directory.
@Suite struct ConfiguredTests {
  private let nic = address("0000:02:01.0")

  private static let domain = """
    <!-- <hostdev type='pci' managed='yes'><source><address bus='1' slot='0' function='0'/></source></hostdev> -->
    <domain type='kvm'>
      <name>win "11"</name>
      <devices>
        <hostdev mode='subsystem' type='usb' managed='yes'><source><address bus='1' device='2'/></source></hostdev>
        <hostdev mode='subsystem' type='pci' managed='yes'>
          <driver name='vfio'/>
          <source>
            <address domain='0x0000' bus='0x02' slot='0x01' function='0x0'/>
          </source>
          <address type='pci' domain='0x0000' bus='0x06' slot='0x00' function='0x0'/>
        </hostdev>
        <hostdev type="pci" managed="no"><source><address bus="3" slot="0" function="1"/></source></hostdev>
      </devices>
    </domain>

    """

  private static func machine() -> Fixture {
    let machine = Fixture.seed()
    machine.file("usr/sbin/driverctl", "#!/bin/bash\n")
    machine.file("etc/driverctl.d/pci-0000:02:01.0", "vfio-pci\n")
    machine.file("etc/driverctl.d/usb-1-1", "none\n")
    machine.file(
      "etc/modprobe.d/vfio.conf",
      "# options vfio-pci ids=1:2\n\noptions vfio_pci disable_vga=1 \\\n  ids=10de:1c82,10de:0fb9:1:2\nblacklist nouveau\n"
        + "softdep nvidia pre: vfio-pci drm post: x\nsoftdep y post: z\noptions kvm ignore_msrs=1\n")
    machine.file("usr/lib/modprobe.d/vfio.conf", "blacklist hidden\n")
    machine.file("lib/modprobe.d/other.conf", "blacklist seen\n")
    machine.file("etc/modprobe.d/readme", "blacklist no\n")
    machine.file("etc/libvirt/qemu/win.xml", domain)
    machine.file("etc/initramfs-tools/modules", "# none\nvfio-pci\n  nvme x=1\n")
    machine.file(
      "proc/cmdline", "root=/dev/sda1 intel_iommu=on,sm_on iommu=pt vfio-pci.ids=8086:100e pci=noaer,config_acs=1@1:0\n"
    )
    return machine
  }

  @Test func `of what the distribution ships only what concerns this machine matters`() throws {
    let machine = Self.machine()
    machine.file(
      "lib/modprobe.d/other.conf", "blacklist seen\nblacklist e1000\nsoftdep x pre: vfio_pci\nsoftdep x pre: y\n")
    let observer = try SysfsObserver(root: machine.root)
    let found = observer.configured(state: "/var/lib/viable")
    let mattering = found.mattering(on: try observer.inventory(.listing))
    let shipped = mattering.filter { $0.source.path == "/lib/modprobe.d/other.conf" }.map(\.what)
    #expect(shipped == [Configured.What.blacklist("e1000"), .softdep("x", before: ["vfio_pci"])])
    #expect(mattering.contains { $0.what == .blacklist("nouveau") }, "what an administrator wrote matters")
    #expect(found.statements.contains { $0.what == .blacklist("seen") })
  }

  @Test func `every source is read, with its line`() throws {
    let machine = Self.machine()
    let card = Assigned(
      address: nic, identity: Identity(vendor: 1, device: 2, classCode: ClassCode(0x020000)), path: "sys/x y",
      driver: "vfio-pci")
    machine.file("var/lib/viable/assignments/0000:02:01.0", card.text)
    let found = try SysfsObserver(root: machine.root).configured(state: "/var/lib/viable")
    #expect(found.driverctl == "/usr/sbin/driverctl")
    #expect(found.earlyModules == .value(["vfio-pci", "nvme"]))
    #expect(found.unread.isEmpty)
    func ids(_ texts: String...) -> Configured.What { .vfioIDs(texts.compactMap { IDPattern($0) }) }
    let expected: [(Configured.What, String)] = [
      (.override(nic, "vfio-pci"), "/etc/driverctl.d/pci-0000:02:01.0"),
      (ids("10de:1c82", "10de:0fb9:1:2"), "/etc/modprobe.d/vfio.conf:3"),
      (.blacklist("nouveau"), "/etc/modprobe.d/vfio.conf:5"),
      (.softdep("nvidia", before: ["vfio-pci", "drm"]), "/etc/modprobe.d/vfio.conf:6"),
      (.blacklist("seen"), "/lib/modprobe.d/other.conf"), (ids("8086:100e"), "/proc/cmdline"),
      (.option("intel_iommu=on,sm_on"), "/proc/cmdline"), (.option("iommu=pt"), "/proc/cmdline"),
      (.option("pci=config_acs=1@1:0"), "/proc/cmdline"),
      (.hostdev(nic, domain: "win \"11\"", isManaged: true), "/etc/libvirt/qemu/win.xml:6"),
      (.hostdev(address("0000:03:00.1"), domain: "win \"11\"", isManaged: false), "/etc/libvirt/qemu/win.xml:13"),
      (.assigned(card), "/var/lib/viable/assignments/0000:02:01.0"),
    ]
    #expect(found.statements.map(\.what) == expected.map(\.0))
    let sources = found.statements.map { "\($0.source)" }
    #expect(sources == expected.map { $0.1 == "/lib/modprobe.d/other.conf" ? $0.1 + ":1" : $0.1 })
  }

  @Test func `a file that says nothing that is understood is named, and links lead nowhere`() throws {
    let machine = Self.machine()
    machine.file("etc/driverctl.d/pci-0000:02:02.0", "\n")
    machine.file("var/lib/viable/assignments/0000:02:01.0", "something else\n")
    machine.link("etc/modprobe.d/loop.conf", to: "loop.conf")
    machine.fifo("etc/modprobe.d/pipe.conf")
    let found = try SysfsObserver(root: machine.root).configured(state: "/var/lib/viable")
    let paths = Set(found.unread.map(\.path))
    #expect(paths.isSuperset(of: ["/etc/driverctl.d/pci-0000:02:02.0", "/var/lib/viable/assignments/0000:02:01.0"]))
    #expect(found.statements.contains { $0.what == .blacklist("nouveau") })
  }

  @Test func `whatever stands in a domain, reading it ends`() {
    let text = Self.domain
    for count in 0..<text.utf8.count {
      let cut = String(decoding: text.utf8.prefix(count), as: UTF8.self)
      #expect(DomainText.statements(cut, at: "/x").count <= 2)
    }
    #expect(DomainText.statements(text, at: "/x").count == 2)
    #expect(DomainText.statements(String(repeating: "<hostdev type='pci'><source>", count: 5000), at: "/x").isEmpty)
    let wrong = "<hostdev type='pci'><source><address bus='0x100' slot='0' function='0'/></source></hostdev>"
    #expect(DomainText.statements(wrong, at: "/x").isEmpty)
  }

  @Test func `a snapshot keeps what is configured, at the same lines, and no more of those files`() throws {
    let machine = Self.machine()
    let copy = Fixture()
    _ = try Snapshot.write(from: machine.root, to: copy.path("image"))
    func seen(_ root: String) throws -> Configured {
      try SysfsObserver(root: root).configured(state: "/var/lib/viable")
    }
    let (before, after) = (try seen(machine.root), try seen(copy.path("image")))
    #expect(after.driverctl == before.driverctl && after.earlyModules == before.earlyModules)
    #expect(after.initramfs == before.initramfs && after.initramfs == [.initramfsTools])
    #expect(after.statements.count == before.statements.count)
    for (old, new) in zip(before.statements, after.statements) {
      if case .hostdev(let address, _, let isManaged) = old.what {
        #expect(new == .init(.hostdev(address, domain: "domain", isManaged: isManaged), old.source))
      } else {
        #expect(new == old)
      }
    }
    #expect(!copy.text("image/etc/modprobe.d/vfio.conf").contains("ignore_msrs"))
    #expect(!copy.text("image/etc/libvirt/qemu/win.xml").contains("win"))
  }

  @Test(arguments: [
    (["usr/sbin/mkinitramfs", "etc/dracut.conf"], [InitramfsTool.initramfsTools]),
    (["usr/bin/dracut", "etc/initramfs-tools/initramfs.conf", "usr/sbin/update-initramfs"], [.dracut]),
    (["etc/mkinitcpio.conf"], [.mkinitcpio]), (["usr/bin/mkinitcpio", "usr/bin/dracut"], [.dracut, .mkinitcpio]),
    (["etc/dracut.conf.d/10.conf"], [.dracut]), ([], []),
  ])
  func `what makes the initramfs is told by its program, else by its settings`(
    files: [String], tools: [InitramfsTool]
  ) throws {
    let machine = Fixture.seed()
    for file in files { machine.file(file, "x\n") }
    #expect(try SysfsObserver(root: machine.root).configured(state: "/var/lib/viable").initramfs == tools)
  }

  @Test func `an interface that is a host device is one, and names are as people write them`() {
    let text = """
      <domain><name>R&amp;D &lt;1&gt; &#x41;&#66;&unknown; &amp</name><devices>
      <interface type='network'><source network='default'/></interface>
      <interface type='hostdev' managed='yes'>
        <source><address type='pci' domain='0x0000' bus='0x02' slot='0x01' function='0x0'/></source>
        <address type='pci' domain='0x0000' bus='0x07' slot='0x00' function='0x0'/>
      </interface>
      <interface type='bridge'><source><address bus='1' slot='1' function='1'/></source></interface>
      </devices></domain>
      """
    let name = "R&D <1> AB&unknown; &amp"
    #expect(
      DomainText.statements(text, at: "/x") == [
        Configured.Statement(.hostdev(nic, domain: name, isManaged: true), Configured.Source("/x", line: 3))
      ])
    #expect(DomainText.unescaped(DomainText.escaped(name)) == name)
  }

  @Test func `what keeps a module from being loaded in another way is told like a blacklist`() throws {
    let text = "install e1000 /bin/false\ninstall igb /bin/true\ninstall ixgbe /sbin/modprobe --ignore-install ixgbe\n"
    #expect(ModprobeText.statements(text, at: "/x").map(\.what) == [.blacklist("e1000"), .blacklist("igb")])
    let machine = Fixture.seed()
    machine.file("proc/cmdline", "modprobe.blacklist=nouveau,e1000 module_blacklist=igb quiet\n")
    let found = try SysfsObserver(root: machine.root).configured(state: "/var/lib/viable")
    #expect(found.statements.map(\.what) == ["nouveau", "e1000", "igb"].map { .blacklist($0) })
    #expect(found.statements.allSatisfy { $0.source.path == "/proc/cmdline" })
  }
}
