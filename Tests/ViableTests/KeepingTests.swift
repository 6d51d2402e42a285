import Goldens
import Testing

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
}
