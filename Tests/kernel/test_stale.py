"""Plans that the machine has outrun, and records of other boots and other cards: refused and void, never replayed."""
import os

from acts import HBA, NIC, act, copy, entries, same
from bench import DEVICES, test
from guest import Guest

SLOT = "0000:01:00.0"


@test("seed")
def a_plan_is_applied_while_it_is_true(bench):
    """`plan`, then a driver changes: `apply` is refused, names device and difference, and changes nothing. Back as it
    was, the same plan is applied, and taken back."""
    before = copy(bench)
    bench.guest.must("viable plan assign group:5 >/run/plan.json")
    bench.unbind(HBA)
    state = bench.state()
    refused = act(bench, "apply", "/run/plan.json", "--yes", code=1)
    bench.check("names the HBA", "02:02.0" in refused.err and "sym53c8xx" in refused.err, refused)
    same(bench, "nothing was changed", bench.state(), state)
    bench.to_host(HBA)
    bench.guest.must("echo pci-stub >%s/%s/driver_override" % (DEVICES, NIC))
    refused = act(bench, "apply", "/run/plan.json", "--yes", code=1)
    bench.check("names the override", "02:01.0" in refused.err and "pci-stub" in refused.err, refused)
    bench.guest.must("echo >%s/%s/driver_override" % (DEVICES, NIC))
    act(bench, "apply", "/run/plan.json", "--yes")
    bench.equal("applied", [bench.drivers()[a] for a in (NIC, HBA)], ["vfio-pci"] * 2)
    act(bench, "apply", "/run/plan.json", "--yes", code=1)
    act(bench, "restore", "--all", "--yes")
    bench.appears("/dev/sda")
    same(bench, "equals its copy", copy(bench), before)


@test("seed")
def the_script_does_what_the_plan_does(bench):
    """--dry-run --script, run by the shell: the same end, and refused where the machine is another one."""
    before = copy(bench)
    bench.guest.must("viable assign group:5 --dry-run --script >/run/script.sh")
    bench.unbind(HBA)
    refused = bench.guest.sh("sh /run/script.sh")
    bench.check("refused", refused.code and HBA in refused.err and bench.drivers()[NIC] == "e1000", refused)
    bench.to_host(HBA)
    ran = bench.guest.sh("sh /run/script.sh")
    bench.check("runs", ran.code == 0, ran)
    bench.equal("drivers", [bench.drivers()[a] for a in (NIC, HBA)], ["vfio-pci"] * 2)
    again = bench.guest.sh("sh /run/script.sh")
    bench.check("once", again.code, again)
    bench.to_host(NIC)
    bench.to_host(HBA)
    bench.appears("/dev/sda")
    same(bench, "equals its copy", copy(bench), before)


def plug(bench, driver):
    bench.guest.monitor("device_add", driver=driver, bus="rp1", id="new")
    bench.appears("%s/%s/config" % (DEVICES, SLOT))


def pull(bench):
    bench.guest.monitor("device_del", id="new")
    bench.guest.must("for n in $(seq 200); do [ -e %s/%s ] || exit 0; usleep 100000; done; exit 1" % (DEVICES, SLOT), 60)


@test("hotplug")
def another_card_in_the_slot_is_told(bench):
    """Assigned, pulled, and another model plugged into its slot: the record is void and nothing is written to it."""
    state = bench.state()
    plug(bench, "e1000e")
    bench.appears("%s/%s/driver" % (DEVICES, SLOT))
    bench.guest.must("viable plan release %s >/run/plan.json" % SLOT)
    act(bench, "assign", SLOT, "--yes")
    pull(bench)
    gone = act(bench, "restore", "--all", "--yes")
    bench.check("gone: nothing to do", "01:00.0" in gone.out, gone)
    plug(bench, "e1000e")
    bench.appears("%s/%s/driver" % (DEVICES, SLOT))
    act(bench, "assign", SLOT, "--yes")
    pull(bench)
    plug(bench, "virtio-rng-pci")
    found = bench.state()
    told = act(bench, "restore", SLOT, "--yes", code=1)
    bench.check("by name it is refused", "01:00.0" in told.err and "8086:10d3" in told.err, told)
    bench.equal("and kept", len(entries(bench)), 1)
    told = act(bench, "restore", "--all", "--yes")
    bench.check("--all tells", "01:00.0" in told.out and "8086:10d3" in told.out, told)
    bench.equal("and forgets", entries(bench), [])
    applied = act(bench, "apply", "/run/plan.json", "--yes", code=1)
    bench.check("a plan for the old one", "8086:10d3" in applied.err, applied)
    same(bench, "nothing was written", bench.state(), found)
    pull(bench)
    bench.guest.must("rm -r /var/lib/viable")
    same(bench, "as before", bench.state(), state)


@test("hotplug", alone=True)
def a_record_of_another_boot_is_void(bench):
    """The journal of this boot in the next one: told, and nothing is replayed, by --all or by name."""
    address = "0000:02:00.0"
    act(bench, "assign", address, "--yes")
    packed = bench.guest.must("tar -cz -C /var/lib viable | base64")
    kept = entries(bench)
    bench.equal("an entry", len(kept), 1)
    folder = os.path.join(bench.guest.folder, "next")
    with Guest(bench.kernel, bench.scene, bench.guest.initramfs, folder) as following:
        following.must("mkdir -p /var/lib; base64 -d <<'END' | tar -xz -C /var/lib\n%sEND" % packed)
        told = following.viable("restore", "--all", "--yes")
        bench.check("--all tells", told.code == 0 and "another boot" in told.err, told)
        refused = following.viable("restore", address, "--yes")
        bench.check("by name it is refused", refused.code == 1, refused)
        driver = following.must("readlink %s/%s/driver" % (DEVICES, address)).strip().split("/")[-1]
        bench.equal("its driver", driver, "e1000e")
        done = following.viable("assign", address, "--yes")
        back = following.viable("restore", "--all", "--yes")
        driver = following.must("readlink %s/%s/driver" % (DEVICES, address)).strip().split("/")[-1]
        bench.check("acts of this boot go on beside it", (done.code, back.code, driver) == (0, 0, "e1000e"),
                    "%s\n%s" % (done, back))
    act(bench, "restore", "--all", "--yes")
    bench.equal("the boot that it was made in", bench.drivers()[address], "e1000e")
