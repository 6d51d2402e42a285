#!/bin/sh
# viable assign 0000:02:01.0
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
same 5 '0000:02:01.0 x'\''; rm -rf / #
`$(reboot)`\ '
has 0000:02:01.0 vendor 0x0001
has 0000:02:01.0 device 0x0002
is 0000:02:01.0 'x'\''; rm -rf / #
`$(reboot)`\'
has 0000:02:01.0 driver_override 'x'\''; rm -rf / #
`$(reboot)`\'
printf '%s\n' 'x'\''; rm -rf / #
`$(reboot)`\' > '/sys/bus/pci/devices/0000:02:01.0/driver_override' || die 'cannot write to /sys/bus/pci/devices/0000:02:01.0/driver_override'
has 0000:02:01.0 driver_override 'x'\''; rm -rf / #
`$(reboot)`\'
# To take it back, last step first:
# printf '%s\n' 'x'\''; rm -rf / #
# `$(reboot)`\' > '/sys/bus/pci/devices/0000:02:01.0/driver_override' || die 'cannot write to /sys/bus/pci/devices/0000:02:01.0/driver_override'
# has 0000:02:01.0 driver_override 'x'\''; rm -rf / #
# `$(reboot)`\'
