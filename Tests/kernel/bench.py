"""What the tests are written with: which guests a test runs in, and what it is given there."""
import os
import re
import shutil
import subprocess
import time

import kernels
import userland
from guest import PATIENCE

TESTS = []
DEVICES = "/sys/bus/pci/devices"


# Without the shell's loops: a process that is started costs an emulated processor more than what it does.
LIST_DRIVERS = "cd %s; ls -d *; ls -l */driver" % DEVICES


def driven(listed):
    """Of LIST_DRIVERS: every function and its driver, None without one."""
    found = {line: None for line in listed.splitlines() if " " not in line}
    found.update(re.findall(r" (\S+)/driver -> \S*/([^/\s]+)$", listed, re.M))
    return found


class Test:
    def __init__(self, function, scenes, kernels, alone):
        self.function, self.scenes, self.kernels, self.alone = function, scenes, kernels, alone
        self.name = "%s.%s" % (function.__module__.removeprefix("test_"), function.__name__)

    def runs_in(self, kernel, scene):
        return kernel in self.kernels and (scene.common if self.scenes is None else scene.name in self.scenes)


def test(*scenes, kernels=("stock", "built"), alone=False):
    """Marks a test: the scenes it runs in (all common ones, when none is named), the kernels, and whether it needs a guest of its
    own. Tests that share a guest leave the machine as they found it; the runner looks after each of them."""
    def marked(function):
        TESTS.append(Test(function, scenes or None, kernels, alone))
        return function
    return marked


class Bench:
    """What a test is given: the guest, and the checks."""

    def __init__(self, guest, binary, images, report):
        self.guest, self.binary, self.images, self.report = guest, binary, images, report
        self.scene, self.kernel = guest.scene, guest.kernel

    def check(self, name, holds, detail=""):
        """One line of the report. A failed check does not end its test."""
        self.report(name, bool(holds), detail)

    def equal(self, name, found, expected):
        self.check(name, found == expected, "found    %r\nexpected %r" % (found, expected))

    # the kernel's own words, read without the program

    def groups(self):
        """The kernel's groups: number to addresses."""
        members = {}
        said = self.guest.must("ls -d /sys/kernel/iommu_groups/*/devices/*")
        for number, address in re.findall(r"iommu_groups/(\d+)/devices/(\S+)", said):
            members.setdefault(int(number), []).append(address)
        return {number: sorted(addresses) for number, addresses in sorted(members.items())}

    def group_of(self, address):
        return int(os.path.basename(self.guest.must("readlink %s/%s/iommu_group" % (DEVICES, address)).strip()))

    def drivers(self):
        """Every function and its driver, None without one."""
        return driven(self.guest.must(LIST_DRIVERS))

    def state(self):
        """What a test must leave as it was: drivers and overrides, nodes, and who still runs."""
        said = self.guest.must(LIST_DRIVERS + "; echo more; grep -H -v null */driver_override; find /dev/vfio | sort; "
                               "ps -o args | grep -E '^(viable|hold) '; true")
        drivers, _, more = said.partition("more\n")
        return {"drivers": driven(drivers), "more": more.splitlines()}

    def settled(self, expected, seconds=15):
        """The state once it is as expected: what was set going ends in its own time. As it is when that does not come."""
        end = time.monotonic() + seconds * PATIENCE
        found = self.state()
        while found != expected and time.monotonic() < end:
            time.sleep(0.5)
            found = self.state()
        return found

    def put_back(self, state):
        """After a test that came to grief: ends what it left running and gives devices back, so that the next test
        has a fair start. Whether that worked."""
        self.guest.sh("killall -KILL hold viable; sleep 1; cd %s; for count in */sriov_numvfs; do "
                      "[ ! -e $count ] || [ $(cat $count) = 0 ] || echo 0 >$count; done" % DEVICES)
        for address, driver in state["drivers"].items():
            if driver and self.drivers().get(address) != driver:
                self.to_host(address)
        return self.settled(state) == state

    def appears(self, path, seconds=20):
        """Waits for what the kernel makes in its own time, a disk for one."""
        self.appear([path], seconds)

    def appear(self, paths, seconds=20):
        """Waits for all of them."""
        absent = " || ".join("[ ! -e %s ]" % path for path in paths)
        self.guest.must("for n in $(seq %d); do if %s; then usleep 100000; else exit 0; fi; done; echo not all of %s; "
                        "exit 1" % (10 * seconds * PATIENCE, absent, " ".join(paths)), seconds + 10)

    def at_rest(self):
        """Waits for what booting, or the test before, set going: some drivers probe on their own time, and a host
        driver finds its disks some time after it was bound."""
        drivers = ["%s/%s/driver" % (DEVICES, address) for address in self.scene.hosts]
        self.appear(drivers + ["/dev/sda"] * self.scene.disk)

    # moving devices by hand

    def unbind(self, address):
        self.guest.must("echo %s >%s/%s/driver/unbind" % (address, DEVICES, address))

    def to_vfio(self, address):
        """The safe recipe: override, unbind, probe, and look."""
        self.guest.must("cd %s/%s; echo vfio-pci >driver_override; [ ! -e driver ] || echo %s >driver/unbind; "
                        "echo %s >/sys/bus/pci/drivers_probe; readlink driver | grep -q vfio-pci"
                        % (DEVICES, address, address, address))

    def to_host(self, address):
        """Back to whichever driver takes it."""
        self.guest.must("cd %s/%s; [ ! -e driver ] || echo %s >driver/unbind; echo >driver_override; "
                        "echo %s >/sys/bus/pci/drivers_probe; [ -e driver ]" % (DEVICES, address, address, address))

    # holding

    def hold(self, *words):
        """Starts hold.c in the guest; what it said until it held or ended, and its process or None."""
        said = self.guest.must(
            "rm -f /run/held; hold %s >/run/held 2>&1 & pid=$!; "
            "until grep -q holding /run/held || ! kill -0 $pid 2>/dev/null; do usleep 20000; done; "
            "cat /run/held; kill -0 $pid 2>/dev/null && echo pid $pid; true" % " ".join(words))
        *lines, last = said.splitlines() or [""]
        return (lines, int(last[4:])) if last.startswith("pid ") else (lines + [last], None)

    def let_go(self, pid):
        self.guest.must("kill %d; while kill -0 %d 2>/dev/null; do usleep 20000; done" % (pid, pid))

    # images

    def image(self, state=""):
        """Takes an image of the guest with the program, and brings it out; where it is."""
        name = "-".join(word for word in (self.kernel.name, self.scene.name, state) if word)
        path = os.path.join(self.images, name)
        self.guest.must("rm -rf /tmp/image; viable snapshot /tmp/image", 120)
        self.guest.fetch("/tmp/image", path)
        self.guest.must("rm -rf /tmp/image")
        return path

    def outside(self, *words):
        """Runs the program on this machine, on an image that came out of a guest."""
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TZ": "UTC", "HOME": "/nonexistent"}
        return subprocess.run([self.binary, *words], env=environment, capture_output=True, text=True, timeout=60)


def root(folder, scene):
    """The disk with the userland: the one of the cache, which no guest changes, or a copy of it that lasts."""
    image = userland.image()
    if not scene.keeps:
        return image
    path = os.path.join(folder, "root")
    kernels.run(["cp", "--sparse=always", image, path], folder)
    return path


def disk(folder):
    """A disk for the HBA: an ext2 file system with contents that can be known again. Its path."""
    contents = os.path.join(folder, "contents")
    os.makedirs(contents)
    for number in range(8):
        with open(os.path.join(contents, "file%d" % number), "wb") as file:
            file.write(b"contents of the seed disk %d\n" % number * 4096)
    path = os.path.join(folder, "disk")
    kernels.run(["/sbin/mke2fs", "-q", "-t", "ext2", "-L", "seed", "-d", contents, path, "16M"], folder)
    shutil.rmtree(contents)
    return path
