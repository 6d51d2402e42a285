"""What outlasts a boot: driverctl's store, and what the program writes to it."""
import dataclasses
import time

from acts import HBA, NIC, act
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


RECORD = "/var/lib/viable/assignments/" + NIC
RULE = "/etc/udev/rules.d/05-viable-%s.rules" % NIC


def is_there(bench, path):
    return bench.guest.sh("[ -e %s ]" % path).code == 0


@test("reboot", kernels=("stock",), alone=True)
def an_assignment_lasts_by_driverctls_store(bench):
    """`assign --persist` writes what driverctl reads: it lists it, keeps it over a boot, and undoes it; what is left of
    it then is the record, which `restore --persist` ends."""
    act(bench, "assign", NIC, "--only-named", "--persist", "--yes")
    bench.equal("bound", bench.drivers()[NIC], "vfio-pci")
    bench.equal("the store", bench.guest.must("cat /etc/driverctl.d/pci-%s" % NIC), "vfio-pci\n")
    bench.check("the record, and no rule", is_there(bench, RECORD) and not is_there(bench, RULE))
    bench.equal("driverctl lists it", bench.guest.must("driverctl list-overrides"), "%s vfio-pci\n" % NIC)
    bench.guest.reboot()
    bench.equal("after a boot", comes_to(bench, NIC, "vfio-pci"), "vfio-pci")
    bench.equal("its sibling's driver", comes_to(bench, HBA, "sym53c8xx"), "sym53c8xx")
    bench.guest.must("driverctl unset-override %s" % NIC, 120)
    bench.equal("driverctl undoes it", comes_to(bench, NIC, "e1000"), "e1000")
    act(bench, "restore", NIC, "--persist", "--yes")
    bench.check("nothing is left", not is_there(bench, RECORD) and not is_there(bench, "/etc/driverctl.d/pci-" + NIC))


@test("reboot", kernels=("stock",), alone=True)
def an_assignment_lasts_by_a_rule_and_knows_its_card(bench):
    """Without driverctl a rule of udev's keeps it, for this card alone: another one in the slot gets its own driver, and
    is reported."""
    bench.guest.must("mkdir /root/away; for file in /usr/sbin/driverctl /sbin/driverctl /usr/lib/udev/rules.d/*driverctl* "
                     "/lib/udev/rules.d/*driverctl*; do [ ! -e $file ] || mv $file /root/away/; done")
    act(bench, "assign", NIC, "--only-named", "--persist", "--yes")
    bench.check("the rule and the record, and no store",
                is_there(bench, RULE) and is_there(bench, RECORD) and not is_there(bench, "/etc/driverctl.d/pci-" + NIC))
    bench.guest.reboot()
    bench.equal("after a boot", comes_to(bench, NIC, "vfio-pci"), "vfio-pci")
    bench.equal("its sibling's driver", comes_to(bench, HBA, "sym53c8xx"), "sym53c8xx")
    said = bench.guest.viable("doctor").out
    bench.check("doctor is content", RULE in said and "another card" not in said, said)

    here = bench.guest.scene
    other = tuple(device.replace("e1000,bus=br1", "e1000-82544gc,bus=br1") for device in here.devices)
    bench.guest.reboot(dataclasses.replace(here, devices=other))
    bench.equal("another card gets its own driver", comes_to(bench, NIC, "e1000"), "e1000")
    said = bench.guest.viable("doctor").out
    bench.check("doctor reports it", "assigned for another card" in said and "8086:100e" in said, said)
    ran = bench.guest.viable("check", NIC)
    bench.check("check reports it", "assigned for another card" in ran.out, ran)
    act(bench, "restore", NIC, "--persist", "--yes")
    bench.check("nothing is left", not is_there(bench, RULE) and not is_there(bench, RECORD))
