#!/bin/sh
# viable assign group:5
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
same 5 '0000:01:00.0 0000:02:01.0 0000:02:02.0 '
has 0000:01:00.0 vendor 0x1b36
has 0000:01:00.0 device 0x000c
is 0000:01:00.0 'shpchp'
has 0000:01:00.0 driver_override '(null)'
has 0000:02:01.0 vendor 0x8086
has 0000:02:01.0 device 0x100e
is 0000:02:01.0 'e1000'
has 0000:02:01.0 driver_override '(null)'
has 0000:02:02.0 vendor 0x1000
has 0000:02:02.0 device 0x0012
is 0000:02:02.0 'sym53c8xx'
has 0000:02:02.0 driver_override '(null)'
modprobe -- 'vfio-pci'
put '0000:01:00.0' '/sys/bus/pci/drivers/shpchp/unbind'
is 0000:01:00.0 ''
printf '%s\n' 'vfio-pci' > '/sys/bus/pci/devices/0000:02:01.0/driver_override' || die 'cannot write to /sys/bus/pci/devices/0000:02:01.0/driver_override'
has 0000:02:01.0 driver_override 'vfio-pci'
put '0000:02:01.0' '/sys/bus/pci/drivers/e1000/unbind'
is 0000:02:01.0 ''
put '0000:02:01.0' '/sys/bus/pci/drivers_probe'
is 0000:02:01.0 'vfio-pci'
printf '%s\n' 'vfio-pci' > '/sys/bus/pci/devices/0000:02:02.0/driver_override' || die 'cannot write to /sys/bus/pci/devices/0000:02:02.0/driver_override'
has 0000:02:02.0 driver_override 'vfio-pci'
put '0000:02:02.0' '/sys/bus/pci/drivers/sym53c8xx/unbind'
is 0000:02:02.0 ''
put '0000:02:02.0' '/sys/bus/pci/drivers_probe'
is 0000:02:02.0 'vfio-pci'
# To take it back, last step first:
# put '0000:02:02.0' '/sys/bus/pci/drivers/vfio-pci/unbind'
# is 0000:02:02.0 ''
# printf '%s\n' 'sym53c8xx' > '/sys/bus/pci/devices/0000:02:02.0/driver_override' || die 'cannot write to /sys/bus/pci/devices/0000:02:02.0/driver_override'
# has 0000:02:02.0 driver_override 'sym53c8xx'
# put '0000:02:02.0' '/sys/bus/pci/drivers_probe'
# is 0000:02:02.0 'sym53c8xx'
# printf '%s\n' '' > '/sys/bus/pci/devices/0000:02:02.0/driver_override' || die 'cannot write to /sys/bus/pci/devices/0000:02:02.0/driver_override'
# has 0000:02:02.0 driver_override '(null)'
# put '0000:02:01.0' '/sys/bus/pci/drivers/vfio-pci/unbind'
# is 0000:02:01.0 ''
# printf '%s\n' 'e1000' > '/sys/bus/pci/devices/0000:02:01.0/driver_override' || die 'cannot write to /sys/bus/pci/devices/0000:02:01.0/driver_override'
# has 0000:02:01.0 driver_override 'e1000'
# put '0000:02:01.0' '/sys/bus/pci/drivers_probe'
# is 0000:02:01.0 'e1000'
# printf '%s\n' '' > '/sys/bus/pci/devices/0000:02:01.0/driver_override' || die 'cannot write to /sys/bus/pci/devices/0000:02:01.0/driver_override'
# has 0000:02:01.0 driver_override '(null)'
# printf '%s\n' 'shpchp' > '/sys/bus/pci/devices/0000:01:00.0/driver_override' || die 'cannot write to /sys/bus/pci/devices/0000:01:00.0/driver_override'
# has 0000:01:00.0 driver_override 'shpchp'
# put '0000:01:00.0' '/sys/bus/pci/drivers_probe'
# is 0000:01:00.0 'shpchp'
# printf '%s\n' '' > '/sys/bus/pci/devices/0000:01:00.0/driver_override' || die 'cannot write to /sys/bus/pci/devices/0000:01:00.0/driver_override'
# has 0000:01:00.0 driver_override '(null)'
