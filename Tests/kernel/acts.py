"""Acts of the program in a guest: what tests of them have in common."""
import json
import re
import time

from bench import DEVICES
from guest import PATIENCE

NIC, HBA = "0000:02:01.0", "0000:02:02.0"

# What comes and goes by itself, or changes by looking.
RESTLESS = ("power", "runtime_status", "power_state")


def copy(bench):
    """The machine as far as an act could change it: drivers and overrides, nodes, what the program lists of each
    function, and the journal, which has no entries when nothing is to be taken back."""
    said = bench.guest.viable("list", "--full", "--json").out
    # The kernel numbers its vfio devices in the order in which they are bound.
    listed = json.loads(re.sub(r"\bvfio\d+", "vfioN", said))
    devices = {device["address"]: {key: value for key, value in device.items() if key not in RESTLESS}
               for device in listed["devices"]}
    return {"kernel": bench.state(), "groups": listed["groups"], "devices": devices, "journal": entries(bench)}


def differs(found, expected):
    """The parts that differ, shortly."""
    if isinstance(found, dict) and isinstance(expected, dict):
        return {key: differs(found.get(key), expected.get(key)) for key in {**found, **expected}
                if found.get(key) != expected.get(key)}
    return (found, expected)


def settled(bench, expected, found=None, seconds=15):
    """The machine once it equals its copy. A host driver finds its disks some time after it was bound, and a process
    that was ended is gone a moment later: that is waited for."""
    look = copy if "kernel" in expected else type(bench).state
    deadline = time.monotonic() + seconds * PATIENCE
    found = found or look(bench)
    while found != expected and time.monotonic() < deadline:
        time.sleep(0.5)
        found = look(bench)
    return found


def same(bench, name, found, expected):
    """The machine equals its copy, or a state of its drivers; at the end of a wait, if need be."""
    found = settled(bench, expected, found)
    bench.check(name, found == expected, differs(found, expected))


def entries(bench, state="/var/lib/viable"):
    """The names of the journal's entries."""
    return bench.guest.sh("ls %s/journal 2>/dev/null | grep entry$" % state).out.split()


def act(bench, *words, code=0, seconds=120):
    """Runs an act and checks its exit code."""
    ran = bench.guest.viable(*words, seconds=seconds)
    bench.check("%s ends with %d" % (" ".join(words), code), ran.code == code, ran)
    return ran


def attach(bench, address, model):
    """`attach --json`: what it ended with, and the document."""
    ran = bench.guest.viable("attach", address, "--model", model, "--json")
    return ran.code, ran.json()


def result(bench, selector):
    """`check`: the exit code, and its only result."""
    ran = bench.guest.viable("check", selector, "--json")
    return ran.code, ran.json()["results"][0]


def models(bench):
    """The uAPIs of the kernel."""
    return ("explicit", "iommufd") if bench.kernel.iommufd else ("explicit",)


def number_of(bench, address):
    return str(bench.group_of(address))


class Background:
    """A command that runs in the guest beside the test, its output kept in a file."""

    def __init__(self, bench, command, name="background"):
        self.bench, self.file = bench, "/run/" + name
        self.pid = int(bench.guest.must("rm -f %s; %s >%s 2>&1 </run/fifo & echo $!" % (self.file, command, self.file)
                                        if self._fifo() else ""))

    def _fifo(self):
        """An input that stays open and never ends."""
        self.bench.guest.must("[ -p /run/fifo ] || { mkfifo /run/fifo; setsid sleep 100000 >/run/fifo "
                              "2>/dev/null & }")
        return True

    def said(self):
        return self.bench.guest.must("cat " + self.file)

    def says(self, what, seconds=60):
        """Waits until it has said something; whether it did."""
        end = time.monotonic() + seconds * PATIENCE
        while time.monotonic() < end:
            if what in self.said():
                return True
            if not self.is_there():
                return what in self.said()
            time.sleep(0.2)
        return False

    def is_there(self):
        return self.bench.guest.sh("kill -0 %d" % self.pid).code == 0

    def signal(self, name):
        self.bench.guest.must("kill -%s %d" % (name, self.pid))

    def ends(self, seconds=60):
        end = time.monotonic() + seconds * PATIENCE
        while self.is_there():
            if time.monotonic() > end:
                return False
            time.sleep(0.2)
        return True


def sums(bench):
    """The disk's contents, as a checksum."""
    bench.appears("/dev/sda")
    return bench.guest.must("mkdir -p /mnt/disk && mount -t ext2 -o ro /dev/sda /mnt/disk && "
                            "cat /mnt/disk/file* | md5sum; umount /mnt/disk")


def override(bench, address):
    return bench.guest.must("cat %s/%s/driver_override" % (DEVICES, address)).strip()


def plan(bench, *words):
    """`viable plan`: the document."""
    ran = bench.guest.viable("plan", *words)
    if ran.code:
        raise AssertionError(str(ran))
    return json.loads(ran.out)
