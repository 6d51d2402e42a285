import HostAccess
import Topology

extension Finding {
  /// What an initramfs says holds only once it is made anew.
  static func earlyBoot(_ address: Address) -> Finding {
    Finding(
      .low, address, .earlyBoot,
      "its own driver may come before the system's disk is there: for the next boot the initramfs has to be made anew "
        + "afterwards, with update-initramfs -u")
  }
}
