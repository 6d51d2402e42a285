/// A program that makes the initramfs: each takes in modules and rules in its own way.
public enum InitramfsTool: String, Hashable, Sendable, CaseIterable {
  /// Debian's and Ubuntu's (initramfs-tools(7)); runs the hooks below /etc/initramfs-tools.
  case initramfsTools = "initramfs-tools"
  /// Fedora's, SUSE's and others' (dracut.conf(5)); copies modprobe.d, and of udev's rules those that it knows.
  case dracut
  /// Arch's (mkinitcpio(8)); its hook modconf copies modprobe.d.
  case mkinitcpio

  /// Where the program itself stands, below the machine's root.
  public var programs: [String] {
    switch self {
    // update-initramfs would not tell: dracut's package has one too.
    case .initramfsTools: ["usr/sbin/mkinitramfs", "sbin/mkinitramfs"]
    case .dracut: ["usr/bin/dracut", "usr/sbin/dracut", "sbin/dracut"]
    case .mkinitcpio: ["usr/bin/mkinitcpio"]
    }
  }

  /// Where its settings stand, which outlast the program on some systems.
  public var settings: [String] {
    switch self {
    case .initramfsTools: ["etc/initramfs-tools"]
    case .dracut: ["etc/dracut.conf.d", "etc/dracut.conf"]
    case .mkinitcpio: ["etc/mkinitcpio.conf"]
    }
  }
}
