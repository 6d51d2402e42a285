#!/bin/sh
# viable assign 0000:03:00.0 --persist
set -eu
devices=/sys/bus/pci/devices
die() { printf '%s\n' "$1" >&2; exit 1; }
driver() { if [ -L "$devices/$1/driver" ]; then basename "$(readlink "$devices/$1/driver")"; fi; }
same() {
  [ "$(LC_ALL=C ls "/sys/kernel/iommu_groups/$1/devices" | tr '\n' ' ')" = "$2" ] || die "group $1 has other members"
}
put() { printf '%s' "$1" > "$2" || die "cannot write to $2"; }
is() { [ "$(driver "$1")" = "$2" ] || die "$1 is not bound to '$2'"; }
has() { [ "$(cat "$devices/$1/$2")" = "$3" ] || die "$1: $2 is not $3"; }
holds() { [ -f "$1" ] && [ ! -L "$1" ] && printf '%s' "$2" | cmp -s - "$1" || die "$1 has another text"; }
lacks() { [ ! -e "$1" ] && [ ! -L "$1" ] || die "$1 is there already"; }
file() {
  mkdir -p "$(dirname "$1")" && [ ! -L "$1" ] || die "cannot write $1"
  rm -f "$1.new" && (set -C; printf '%s' "$3" > "$1.new") && chmod "$2" "$1.new" && sync "$1.new" &&
    mv -f "$1.new" "$1" && holds "$1" "$3" || die "cannot write $1"
}
belongs() {
  [ -c "$1" ] && [ ! -L "$1" ] && [ "$(stat -c '%u:%g 0%a' "$1")" = "$2 $3" ] || die "$1 is not $2 $3"
}
give() { chown -h "$2" "$1" && chmod "$3" "$1" && belongs "$1" "$2" "$3" || die "cannot give $1"; }
same 0 '0000:03:00.0 '
has 0000:03:00.0 vendor 0x10de
has 0000:03:00.0 device 0x1c82
is 0000:03:00.0 'nouveau'
has 0000:03:00.0 driver_override '(null)'
lacks '/var/lib/viable/assignments/0000:03:00.0'
lacks '/etc/udev/rules.d/05-viable-0000:03:00.0.rules'
lacks '/etc/modprobe.d/viable-0000:03:00.0.conf'
lacks '/etc/initramfs-tools/hooks/viable'
printf '%s\n' 'vfio-pci' > '/sys/bus/pci/devices/0000:03:00.0/driver_override' || die 'cannot write to /sys/bus/pci/devices/0000:03:00.0/driver_override'
has 0000:03:00.0 driver_override 'vfio-pci'
put '0000:03:00.0' '/sys/bus/pci/drivers/nouveau/unbind'
is 0000:03:00.0 ''
put '0000:03:00.0' '/sys/bus/pci/drivers_probe'
is 0000:03:00.0 'vfio-pci'
file '/var/lib/viable/assignments/0000:03:00.0' 0644 'viable-assignment 1
address 0000:03:00.0
card 10de:1c82:0000:0000:030000
path sys/devices/pci0000:00/0000:03:00.0
driver vfio-pci
'
file '/etc/udev/rules.d/05-viable-0000:03:00.0.rules' 0644 '# viable: 0000:03:00.0, the card 10de:1c82, is handed to user space. Written by: viable assign --persist
# To end that: viable restore 0000:03:00.0 --persist
ACTION!="add", GOTO="viable_end"
SUBSYSTEM!="pci", GOTO="viable_end"
KERNEL!="0000:03:00.0", GOTO="viable_end"
ATTR{vendor}!="0x10de", GOTO="viable_end"
ATTR{device}!="0x1c82", GOTO="viable_end"
ATTR{subsystem_vendor}!="0x0000", GOTO="viable_end"
ATTR{subsystem_device}!="0x0000", GOTO="viable_end"
ATTR{driver_override}="vfio-pci"
RUN{builtin}+="kmod load vfio-pci"
DRIVER=="?*", DRIVER!="vfio-pci", RUN+="/bin/sh -c '\''echo %k > /sys$env{DEVPATH}/driver/unbind'\''"
RUN+="/bin/sh -c '\''echo %k > /sys/bus/pci/drivers_probe'\''"
LABEL="viable_end"
'
udevadm control --reload || true
file '/etc/modprobe.d/viable-0000:03:00.0.conf' 0644 '# viable: 0000:03:00.0 is handed to user space, so its own driver comes second. Written by: viable assign --persist
softdep nouveau pre: vfio-pci
'
file '/etc/initramfs-tools/hooks/viable' 0755 '#!/bin/sh
# viable: devices that are handed to user space are aimed at VFIO before their own drivers come.
# Written by: viable assign --persist
case "$1" in
prereqs) exit 0 ;;
esac
. /usr/share/initramfs-tools/hook-functions
manual_add_modules vfio-pci vfio_iommu_type1
for rule in /etc/udev/rules.d/05-viable-*.rules; do
  [ -f "$rule" ] || continue
  manual_add_modules $(sed -n '\''s/^RUN{builtin}+="kmod load \([A-Za-z0-9_-]*\)"$/\1/p'\'' "$rule")
  mkdir -p "$DESTDIR/etc/udev/rules.d"
  cp -p "$rule" "$DESTDIR/etc/udev/rules.d/"
done
'
# To take it back, last step first:
# rm -f '/etc/initramfs-tools/hooks/viable' && lacks '/etc/initramfs-tools/hooks/viable'
# rm -f '/etc/modprobe.d/viable-0000:03:00.0.conf' && lacks '/etc/modprobe.d/viable-0000:03:00.0.conf'
# rm -f '/etc/udev/rules.d/05-viable-0000:03:00.0.rules' && lacks '/etc/udev/rules.d/05-viable-0000:03:00.0.rules'
# udevadm control --reload || true
# rm -f '/var/lib/viable/assignments/0000:03:00.0' && lacks '/var/lib/viable/assignments/0000:03:00.0'
# put '0000:03:00.0' '/sys/bus/pci/drivers/vfio-pci/unbind'
# is 0000:03:00.0 ''
# printf '%s\n' 'nouveau' > '/sys/bus/pci/devices/0000:03:00.0/driver_override' || die 'cannot write to /sys/bus/pci/devices/0000:03:00.0/driver_override'
# has 0000:03:00.0 driver_override 'nouveau'
# put '0000:03:00.0' '/sys/bus/pci/drivers_probe'
# is 0000:03:00.0 'nouveau'
# printf '%s\n' '' > '/sys/bus/pci/devices/0000:03:00.0/driver_override' || die 'cannot write to /sys/bus/pci/devices/0000:03:00.0/driver_override'
# has 0000:03:00.0 driver_override '(null)'
