import Glibc
import Goldens
import HostAccess
import Testing

@testable import HostLinux

@Suite struct CapabilityTests {
  /// What `doctor` says of images, sentence by sentence: of nothing at all, of a machine without VFIO, of one whose
  /// kernel lacks what is missing, and of one that has everything.
  private static let images: [(String, @Sendable (Fixture) -> Void)] = [
    ("bare", { _ in }),
    ("plain", { $0.function("0000:00:05.0", group: 3) }),
    (
      "lacking",
      { machine in
        machine.function("0000:00:05.0", group: 3)
        machine.file("proc/sys/kernel/osrelease", "6.12.95\n")
        machine.file("boot/config-6.12.95", "CONFIG_PCI=y\n")
        machine.file("proc/interrupts", "  0:  36  IO-APIC  2-edge  timer\n")
        machine.directory("sys/class/vfio-dev/vfio0")
      }
    ),
    (
      "module",
      { machine in
        machine.file("proc/sys/kernel/osrelease", "6.12.95\n")
        machine.file("boot/config-6.12.95", "CONFIG_VFIO_PCI=m\n")
        machine.file("lib/modules/6.12.95/kernel/drivers/vfio/pci/vfio-pci.ko.xz", "")
        machine.file("proc/interrupts", "  0:  36  GICv3  27  arch_timer\n")
      }
    ),
    (
      "complete",
      { machine in
        machine.function("0000:00:05.0", group: 3)
        machine.function("0000:00:06.0", group: 4)
        machine.directory("sys/class/iommu/dmar0")
        machine.directory("sys/bus/pci/drivers/vfio-pci")
        for node in ["vfio/vfio", "vfio/devices/vfio0", "iommu"] { machine.file("dev/" + node, "") }
        machine.file("proc/interrupts", "  0:  36  IR-IO-APIC  2-edge  timer\n")
      }
    ),
  ]

  @Test func `what doctor says of an image is its golden`() throws {
    var text = ""
    for (name, make) in Self.images {
      let machine = Fixture()
      make(machine)
      text += "== \(name)\n"
      for one in try SysfsObserver(root: machine.root).capabilities() {
        text += "\(one.status.rawValue) \(one.subject.rawValue): \(one.finding)\n"
        if !one.remedy.isEmpty { text += "  \(one.remedy)\n" }
      }
    }
    let outcome = Golden.check(text, "capabilities.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `nodes that are not root's alone are told of`() throws {
    let machine = Fixture()
    for node in ["vfio/vfio", "vfio/5", "vfio/devices/vfio0", "iommu"] { machine.file("dev/" + node, "") }
    func owners() throws -> Capability? {
      try SysfsObserver(root: machine.root).capabilities().first { $0.subject == .nodeOwners }
    }
    for node in ["vfio/5", "vfio/devices/vfio0", "iommu"] { _ = unsafe chmod(machine.path("dev/" + node), 0o600) }
    let owner = getuid()
    #expect(try owners()?.status == (owner == 0 ? nil : .works))
    _ = unsafe chmod(machine.path("dev/vfio/5"), 0o666)
    let found = try #require(try owners())
    #expect(found.status == .missing && found.finding.hasPrefix("Everybody may open /dev/vfio/5 (0666): "))
    #expect(found.remedy.hasPrefix("Give it to one user: viable grant group:5 --user NAME"))
    guard owner == 0 else { return }
    _ = unsafe chmod(machine.path("dev/vfio/5"), 0o600)
    _ = unsafe chown(machine.path("dev/vfio/5"), 1000, 0)
    #expect(
      try owners()?.finding
        == "Given to users: /dev/vfio/5 (user 1000). 'viable grant DEVICE --revoke' takes them back.")
  }

  @Test func `every subject is reported once, with what to do about what is missing`() throws {
    for root in ["/", Fixture.seed().root] {
      guard let observer = try? SysfsObserver(root: root) else { continue }
      let found = observer.capabilities()
      #expect(found.map(\.subject) == Capability.Subject.allCases.filter { $0 != .nodeOwners })
      for capability in found {
        #expect(capability.finding.hasSuffix("."), "\(capability.subject)")
        #expect(capability.status != .missing || !capability.remedy.isEmpty, "\(capability.subject)")
      }
    }
  }

  @Test func `a missing iommufd names the option that is off`() throws {
    let machine = Fixture.seed()
    machine.file("proc/sys/kernel/osrelease", "6.12.95\n")
    machine.file("boot/config-6.12.95", "# CONFIG_IOMMUFD is not set\nCONFIG_VFIO_PCI=m\n")
    machine.file("lib/modules/6.12.95/kernel/drivers/vfio/pci/vfio-pci.ko.xz", "")
    let found = try SysfsObserver(root: machine.root).capabilities()
    let iommufd = found.first { $0.subject == .iommufd }
    #expect(iommufd?.finding == "There is no /dev/iommu: CONFIG_IOMMUFD is not set in /boot/config-6.12.95.")
    let driver = found.first { $0.subject == .vfioDriver }
    #expect(driver?.status == .missing && driver?.remedy == "Run modprobe vfio-pci.")
  }

  @Test func `remapped interrupts are seen below a heading of hundreds of processors`() throws {
    let machine = Fixture.seed()
    let heading = (0..<8192).map { " CPU\($0)     " }.joined() + "\n"
    #expect(heading.utf8.count > Root.fileLimit)
    for (chip, status) in [("IR-PCI-MSI", Capability.Status.works), ("PCI-MSI", .missing), ("GICv3", .unknown)] {
      machine.file("proc/interrupts", heading + " 24:  0  \(chip)  0-edge  PCIe PME\n")
      #expect(try SysfsObserver(root: machine.root).interruptRemapping().status == status, "\(chip)")
    }
  }

  @Test func `remapped interrupts are seen in their names`() throws {
    let machine = Fixture.seed()
    machine.file("proc/interrupts", "  0:  36  IR-IO-APIC  2-edge  timer\n")
    let found = try SysfsObserver(root: machine.root).capabilities()
    #expect(found.first { $0.subject == .interruptRemapping }?.status == .works)
    machine.file("proc/interrupts", "  0:  36  IO-APIC  2-edge  timer\n")
    let off = try SysfsObserver(root: machine.root).capabilities()
    #expect(off.first { $0.subject == .interruptRemapping }?.status == .missing)
  }
}
