"""What outlasts a boot: driverctl's store, and what the program writes to it."""
import time

from acts import HBA, NIC
from bench import DEVICES, test
from guest import PATIENCE


def comes_to(bench, address, driver, seconds=90):
    """Waits until a device has a driver: udev and systemd see to it in their own time. What it has in the end."""
    end = time.monotonic() + seconds * PATIENCE
    found = None
    while time.monotonic() < end:
        found = bench.drivers().get(address)
        if found == driver:
            break
        time.sleep(0.5)
    return found


@test("reboot", kernels=("stock",))
def driverctls_store_lasts(bench):
    """driverctl alone, as Debian has it: set, listed, still there after a boot, and unset."""
    bench.guest.must("driverctl set-override %s vfio-pci" % NIC, 120)
    bench.equal("set", bench.drivers()[NIC], "vfio-pci")
    bench.equal("its file", bench.guest.must("cat /etc/driverctl.d/pci-%s" % NIC), "vfio-pci\n")
    bench.guest.reboot()
    bench.equal("after a boot", comes_to(bench, NIC, "vfio-pci"), "vfio-pci")
    bench.equal("its sibling's driver", comes_to(bench, HBA, "sym53c8xx"), "sym53c8xx")
    bench.equal("listed", bench.guest.must("driverctl list-overrides"), "%s vfio-pci\n" % NIC)
    bench.guest.must("driverctl unset-override %s" % NIC, 120)
    bench.equal("unset", comes_to(bench, NIC, "e1000"), "e1000")
    bench.check("its file is gone", bench.guest.sh("ls /etc/driverctl.d/pci-%s" % NIC).code, "")
    bench.guest.reboot()
    bench.equal("after another boot", comes_to(bench, NIC, "e1000"), "e1000")
    bench.appears("/dev/sda")
    bench.equal("no override", bench.guest.must("cat %s/%s/driver_override" % (DEVICES, NIC)), "(null)\n")
