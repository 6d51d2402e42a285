"""Devices handed to those that people hand them to: DPDK's testpmd and QEMU, in a Debian userland in the guest, by root
and by a user who was given the nodes."""
import re

from acts import HBA, NIC, act, copy, same
from bench import test

# What testpmd asks the kernel for with --no-huge, and QEMU for a guest of 64 MiB: both lock all of it.
MEMORY = 160


def to_group(bench):
    """All of the group is VFIO's."""
    act(bench, "assign", "group:%d" % bench.group_of(NIC), "--yes")


def give(bench, user):
    """The group's node for a user; root has it already."""
    if user != "root":
        act(bench, "grant", NIC, "--user", user, "--consent", str(bench.group_of(NIC)))


def as_user(user, command):
    """A command line for root or for a user whose limit on locked memory suffices."""
    if user == "root":
        return command
    return "ulimit -l %d; mkdir -p /tmp/run; chown %s /tmp/run; su %s -c 'XDG_RUNTIME_DIR=/tmp/run %s'" % (
        MEMORY * 1024, user, user, command)


def testpmd(address, *options):
    """Its command line. It would lock all that it ever maps, and fail at the user's limit when it loads libgcc to end."""
    return " ".join(["dpdk-testpmd --no-huge -m 64 --iova-mode=va -l 0-1 --no-telemetry -a", address, *options,
                     "-- --total-num-mbufs=2048 --no-lsc-interrupt --nb-cores=1 --no-mlockall"])


@test("hand-over")
def testpmd_starts_the_nic(bench):
    """DPDK finds the NIC through VFIO, starts it, and lets it go; as root, and as a user who was given the group."""
    before = copy(bench)
    refused = bench.guest.sh(testpmd(NIC), 120)
    bench.check("not before it is assigned", "No probed ethernet devices" in refused.out + refused.err, refused)
    to_group(bench)
    for user in ("root", "guest"):
        give(bench, user)
        ran = bench.guest.sh(as_user(user, testpmd(NIC)), 180)
        said = ran.out + ran.err
        bench.check("%s: probed by its driver" % user, re.search(r"Probe PCI driver: net_e1000_em .*%s" % NIC, said), ran)
        bench.check("%s: its port is started" % user, re.search(r"Port 0: ([0-9A-F]{2}:){5}", said), ran)
        bench.check("%s: and stopped" % user, ran.code == 0 and "Bye..." in said, ran)
    act(bench, "restore", "--all", "--yes")
    same(bench, "equals its copy", copy(bench), before)


class Monitor:
    """QEMU in the guest, its processor never started, and its monitor."""

    def __init__(self, bench, user, arguments):
        self.bench, self.user = bench, user
        self.command = as_user(user, "qemu-system-x86_64 -S -M q35 -accel tcg -m 64 -display none -nodefaults "
                               "-monitor stdio %s" % arguments)

    def says(self, *commands):
        lines = "".join("echo %s; sleep 1; " % command for command in (*commands, "quit"))
        return self.bench.guest.sh("(sleep 3; %s) | (%s)" % (lines, self.command), 180)


@test("hand-over")
def qemu_realises_what_is_exported(bench):
    """QEMU takes the arguments that `export` wrote, and its monitor shows the devices; as root, and as a user."""
    before = copy(bench)
    to_group(bench)
    for user in ("root", "guest"):
        give(bench, user)
        arguments = bench.guest.viable("export", NIC, "--as", "qemu", "--bare").out.split()
        bench.equal("%s: every endpoint, and no bridge" % user, arguments[1::2],
                    ["vfio-pci,host=" + address for address in (NIC, HBA)])
        ran = Monitor(bench, user, " ".join(arguments)).says("info pci")
        bench.check("%s: it has the NIC and the HBA" % user,
                    ran.code == 0 and "8086:100e" in ran.out and "1000:0012" in ran.out, ran)
        bench.check("%s: without a complaint" % user, "vfio" not in ran.err, ran)
    act(bench, "restore", "--all", "--yes")
    same(bench, "equals its copy", copy(bench), before)
