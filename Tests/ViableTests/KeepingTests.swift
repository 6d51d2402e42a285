import Goldens
import HostAccess
import Testing
import Topology

@testable import Assignment

/// Assignments over reboots, and what is configured, by the real program on an image.
@Suite struct KeepingTests {
  @Test func `what is configured is told, and what is assigned for good is shown, kept and ended`() throws {
    let text = try Shell.run(
      """
      cd $(mktemp -d); cp -a '\(Shell.package)/Tests/images/seed' seed; cd seed
      mkdir -p etc/modprobe.d etc/libvirt/qemu etc/driverctl.d var/lib/viable/assignments usr/sbin
      : > usr/sbin/driverctl
      echo 'options vfio-pci ids=8086:100e' > etc/modprobe.d/vfio.conf
      echo "<domain><name>win</name><hostdev type='pci' managed='yes'><source><address bus='0x02' slot='1' \\
        function='0'/></source></hostdev></domain>" > etc/libvirt/qemu/win.xml
      echo vfio-pci > etc/driverctl.d/pci-0000:02:02.0
      printf 'viable-assignment 1\\naddress 0000:02:02.0\\ncard 1000:0012:1af4:ffff:010000\\npath x\\ndriver vfio-pci\\n' \\
        > var/lib/viable/assignments/0000:02:02.0
      for it in 'check 02:02.0' 'show 02:01.0 --json' '--rehearse assign 02:01.0 --only-named --persist --consent 5' \\
        '--rehearse restore 02:02.0 --only-named --persist --yes' '--rehearse restore 02:01.0 --persist' \\
        '--rehearse plan release 02:01.0 --persist'; do
        echo "== $it"; viable --root . $it 2>&1; echo "exit $?"
      done
      echo '== doctor'; viable --root . doctor | sed -n '/^$/,$p'
      """
    ).text
    let outcome = Golden.check(text, "keeping.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `a member without a driver that nothing keeps so is named`() throws {
    let outcome = try Shell.run("viable --scenario released-hba assign 02:01.0 --persist 2>&1 </dev/null")
    #expect(
      outcome.text.contains("02:02.0 SCSI HBA has no driver, and nothing keeps it without one"), "\(outcome.text)")
  }

  @Test func `the hook adds every module that a rule loads, and the rules`() throws {
    let identity = Identity(vendor: 0x15b3, device: 0x101e, classCode: ClassCode(0x020000))
    let cards = try [("0000:03:00.0", "vfio-pci"), ("0000:04:00.2", "mlx5_vfio_pci")].map { text, driver in
      Assigned(address: try #require(Address(text)), identity: identity, path: "sys/x", driver: driver)
    }
    func quoted(_ text: String) -> String {
      "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
    let rules = cards.map { "printf %s \(quoted(KeepingText.rule($0))) > $at/05-viable-\($0.address).rules" }
    let outcome = try Shell.run(
      """
      set -e; cd $(mktemp -d); mkdir rules; at=rules; DESTDIR=$PWD/out; export DESTDIR
      printf 'manual_add_modules() { for it; do echo "module $it"; done; }\\n' > functions
      \(rules.joined(separator: "\n"))
      printf %s \(quoted(KeepingText.hook)) | sed -e "s,/usr/share/initramfs-tools/hook-functions,$PWD/functions," \\
        -e "s,in /etc/udev/rules.d/,in $PWD/rules/," > hook
      sh ./hook prereqs; sh ./hook; ls $DESTDIR/etc/udev/rules.d
      """)
    #expect(
      outcome.text == """
        module vfio-pci
        module vfio_iommu_type1
        module vfio-pci
        module mlx5_vfio_pci
        05-viable-0000:03:00.0.rules
        05-viable-0000:04:00.2.rules

        """, "\(outcome)")
  }
}
