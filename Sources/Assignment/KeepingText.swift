import HostAccess
import Topology

/// The texts of the files that keep a function assigned.
enum KeepingText {
  /// A udev rule that aims the card, and no other one in its slot, at a driver before its modules are loaded.
  ///
  /// Assigning to ATTR happens while the rules are read, loading by alias after all of them
  /// (systemd, src/udev/udev-rules.c and 80-drivers.rules). A driver that has the card already lets go of it; then the
  /// card is probed, for a vfio driver that was there before does not look again.
  static func rule(_ card: Assigned) -> String {
    let identity = card.identity
    func id(_ value: UInt16) -> String { "0x" + Hex.text(value, atLeast: 4) }
    let driver = card.driver
    let device = "/sys$env{DEVPATH}"
    return """
      # viable: \(card.address), the card \(identity.ids), is handed to user space. Written by: viable assign --persist
      # To end that: viable restore \(card.address) --persist
      ACTION!="add", GOTO="viable_end"
      SUBSYSTEM!="pci", GOTO="viable_end"
      KERNEL!="\(card.address)", GOTO="viable_end"
      ATTR{vendor}!="\(id(identity.vendor))", GOTO="viable_end"
      ATTR{device}!="\(id(identity.device))", GOTO="viable_end"
      ATTR{subsystem_vendor}!="\(id(identity.subsystemVendor))", GOTO="viable_end"
      ATTR{subsystem_device}!="\(id(identity.subsystemDevice))", GOTO="viable_end"
      ATTR{driver_override}="\(driver)"
      RUN{builtin}+="kmod load \(driver)"
      DRIVER=="?*", DRIVER!="\(driver)", RUN+="/bin/sh -c 'echo %k > \(device)/driver/unbind'"
      RUN+="/bin/sh -c 'echo %k > /sys/bus/pci/drivers_probe'"
      LABEL="viable_end"

      """
  }

  /// modprobe loads the vfio driver before the card's own one, wherever that is asked for first.
  static func options(_ card: Assigned, host: DriverName) -> String {
    """
    # viable: \(card.address) is handed to user space, so its own driver comes second. Written by: viable assign --persist
    softdep \(host) pre: \(card.driver)

    """
  }

  /// What an initramfs needs so that the rules hold there: the rules themselves, and the modules, among them those that
  /// each rule loads, which may be variants made for a card. modprobe.d is copied by mkinitramfs(8) anyway.
  static let hook = """
    #!/bin/sh
    # viable: devices that are handed to user space are aimed at VFIO before their own drivers come.
    # Written by: viable assign --persist
    case "$1" in
    prereqs) exit 0 ;;
    esac
    . /usr/share/initramfs-tools/hook-functions
    manual_add_modules vfio-pci vfio_iommu_type1
    for rule in /etc/udev/rules.d/05-viable-*.rules; do
      [ -f "$rule" ] || continue
      manual_add_modules $(sed -n 's/^RUN{builtin}+="kmod load \\([A-Za-z0-9_-]*\\)"$/\\1/p' "$rule")
      mkdir -p "$DESTDIR/etc/udev/rules.d"
      cp -p "$rule" "$DESTDIR/etc/udev/rules.d/"
    done

    """
}
