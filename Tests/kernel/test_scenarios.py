"""The shipped scenarios on a real kernel: what the simulator says that a story's calls answer, call by call.

`viable demo --json` tells the story under a uAPI, as traces; every line of it is made on the kernel here, and has to get
the answer that stands behind it. The seed scene's hardware is the scenarios' own; other scenes have other addresses.
Left out are those for which QEMU has no hardware: third-card (a hot-plugged card on a conventional bus), acs-override
(a kernel patch), vdpa, the half of eperm-lookalikes with firmware's own mapping (the other half is
calls.interrupts_that_nothing_confines), and unplugged-in-use, whose removal blocks until the end.
"""
import json
import re

import calls as uapi
from acts import models
from bench import DEVICES, test
from calls import Calls
from test_calls import words
from test_look import node

SEED = ("nic-and-hba", "released-hba", "both-joined", "two-vms", "naive-vmm", "dpdk-one-address", "success-path",
        "nic-reaches-disk", "shared-requester", "host-driver-returns", "killed-owner", "permissions",
        "legacy-and-cdev", "partial-group")
# Where a scenario's devices are in another scene.
ELSEWHERE = {
    "multifunction": {"dual-function": {"03:00.0": "01:00.0", "03:00.1": "01:00.1"},
                      "taken-back": {"03:00.0": "01:00.0", "03:00.1": "01:00.1"}},
    "switch": {"stub-and-port": {"03:00.0": "07:00.0", "04:00.0": "08:00.0"}},
}
# Who is not root, and what was given to him before the story begins, by kind of node.
USERS = {"alice": 1000}
GIVEN = {"permissions": ("/dev/iommu", "02:01.0")}


class Story:
    """One scenario under one uAPI, its lines turned into calls."""

    def __init__(self, bench, scenario, model, places):
        self.bench, self.places, self.calls = bench, places, Calls(bench)
        told = json.loads(bench.outside("demo", scenario, "--models", model, "--json").stdout)
        self.steps = [step["answers"][model] for step in told["steps"] if step["answers"].get(model)]
        listed = json.loads(bench.outside("--scenario", scenario, "list", "--json").stdout)["devices"]
        self.start = {self.real(device["address"]): device["driver"] for device in listed
                      if self.real(device["address"]) in bench.scene.hosts}
        self.scenario = scenario
        # (user, number in the story) and (user, path in the story) to a line of calls.c; what each answer has to hold.
        self.files, self.opened, self.values, self.page, self.space = {}, {}, {}, 0, "0"

    def real(self, address):
        """The address in this scene, whole; the story's own where it is the same."""
        short = address.removeprefix("0000:")
        return "0000:" + self.places.get(short, short)

    def prepare(self):
        """Drivers as at the story's start. Overrides go again: they would keep a driver from being bound by hand."""
        for address, driver in self.start.items():
            if driver is None:
                self.bench.unbind(address)
            elif driver != self.bench.scene.hosts[address]:
                self.bench.guest.must(
                    "modprobe -q %s; cd %s/%s; echo %s >driver_override; echo %s >driver/unbind; echo %s >/sys/bus/pci/drivers_probe; "
                    "readlink driver | grep -q %s; echo >driver_override" % (
                        driver, DEVICES, address, driver, address, address, driver))
        self.assigned = sorted(address for address, driver in self.start.items() if driver == "vfio-pci")
        for given in GIVEN.get(self.scenario, ()):
            self.bench.guest.must("[ ! -e /dev/iommu ] || chown 1000 " + (
                given if given.startswith("/") or not self.bench.kernel.iommufd else node(self.bench, "0000:" + given)))

    def path(self, path):
        """A node of the story in this guest."""
        if path.startswith("/dev/vfio/devices/vfio"):
            return node(self.bench, self.assigned[int(path.removeprefix("/dev/vfio/devices/vfio"))])
        if re.fullmatch(r"/dev/vfio/\d+", path):
            return "/dev/vfio/%d" % self.bench.group_of(self.assigned[0])
        return path

    def read(self):
        """Turns every line into a call."""
        user = 0
        for step in self.steps:
            wanted = USERS.get(step["as"], 0)
            if wanted != user:
                self.calls.administer("as %d" % wanted)
                user = wanted
            self.line(step["as"], step["on"], step["trace"])

    def line(self, who, on, trace):
        said = re.fullmatch(r"([\w ]*?)(?:\((.*?)\))? ?= ?(?:-1 )?(\S.*)", trace)
        if trace.startswith("echo "):
            address, driver, verb, answer = re.fullmatch(r"echo (\S+) > (\S+)/(\w+) = (\w+)", trace).groups()
            return self.calls.administer("write /sys/bus/pci/drivers/%s/%s %s" % (driver, verb, self.real(address)),
                                         "0" if answer == "ok" else answer)
        if trace.startswith("chown "):
            return self.calls.administer("own %s %s" % (self.path(on), trace.split()[1]))
        if trace.startswith(("exit ", "kill -9 ")):
            name = on
            for owner, number in sorted(key for key in self.files if key[0] == name):
                self.calls.close(self.files.pop((owner, number)))
            return None
        name, inside, answer = said.groups()
        errno = answer if re.fullmatch("E[A-Z0-9]+", answer) else "0"
        number = len(self.calls.lines)
        file = getattr(self, "make_" + name.lower())(who, on, (inside or "").split(","), errno)
        if errno == "0" and name in ("open", "GET_DEVICE_FD"):
            self.files[who, int(answer)] = file
            self.opened[who, inside if name == "open" else None] = file
        self.values[number] = (trace, self.holds(name, answer)) if errno == "0" else (trace, None)
        return None

    @staticmethod
    def holds(name, answer):
        """The word of the struct that the answer tells, and what it has to be."""
        if name == "GET_STATUS":
            return 1, sum({"VIABLE": 1, "CONTAINER_SET": 2}[flag] for flag in re.findall(r"\w+", answer))
        if name == "BIND":
            return 3, int(re.search(r"devid=(\d+)", answer)[1])
        if name == "IOAS_ALLOC":
            return 2, int(answer)
        if name == "ATTACH":
            return 2, int(re.search(r"pt_id=(\d+)", answer)[1])
        return None

    # a method for each call of a trace: (user, node, what stands in brackets, errno)

    def make_open(self, who, on, inside, errno):
        return self.calls.open(self.path(inside[0]), errno)

    def make_close(self, who, on, inside, errno):
        return self.calls.close(self.files.pop((who, int(inside[0]))), errno)

    def make_get_status(self, who, on, inside, errno):
        return self.calls.struct("GET_STATUS", self.opened[who, on], uapi.GET_STATUS, 8, 0, expected=errno)

    def make_set_container(self, who, on, inside, errno):
        return self.calls.struct("SET_CONTAINER", self.opened[who, on], uapi.SET_CONTAINER,
                                 self.opened[who, "/dev/vfio/vfio"], expected=errno)

    def make_set_iommu(self, who, on, inside, errno):
        return self.calls.value("SET_IOMMU", self.opened[who, on], uapi.SET_IOMMU, uapi.TYPE1V2, errno)

    def make_map_dma(self, who, on, inside, errno):
        self.page += 1
        return self.calls.map(self.opened[who, on], self.page, expected=errno)

    def make_get_device_fd(self, who, on, inside, errno):
        return self.calls.device(self.opened[who, on], self.real(inside[0]), errno)

    def make_bind(self, who, on, inside, errno):
        device, context = (self.files[who, int(number)] for number in inside)
        return self.calls.struct("BIND", device, uapi.BIND, 16, 0, context, 0, expected=errno)

    def make_ioas_alloc(self, who, on, inside, errno):
        made = self.calls.struct("IOAS_ALLOC", self.opened[who, on], uapi.IOAS_ALLOC, 12, 0, 0, expected=errno)
        self.space = made + ".8"
        return made

    def make_map(self, who, on, inside, errno):
        self.page += 1
        return self.calls.map_into(self.opened[who, on], self.space, self.page, expected=errno)

    def make_attach(self, who, on, inside, errno):
        device = self.files[who, int(inside[0])]
        return self.calls.struct("ATTACH", device, uapi.ATTACH, 12, 0, int(inside[1]), expected=errno)

    def make_detach(self, who, on, inside, errno):
        return self.calls.struct("DETACH", self.files[who, int(inside[0])], uapi.DETACH, 8, 0, expected=errno)

    def play(self, name):
        """Makes the calls; one check for the whole of it, which shows every line that went otherwise."""
        answers = self.calls.answers()
        wrong = []
        for number, (errno, packed) in enumerate(answers):
            trace, holds = self.values.get(number, (self.calls.names[number], None))
            if errno != self.calls.expected[number]:
                wrong.append("%s: the kernel answers %s" % (trace, errno))
            elif holds and words(packed)[holds[0]] != holds[1]:
                wrong.append("%s: the kernel says %s" % (trace, words(packed)))
        self.bench.check("%s: %d calls answer as the simulator does" % (name, len(answers)),
                         not wrong and len(answers) == len(self.calls.lines) > 3, "\n".join(wrong) or answers)


def played(bench, scenarios):
    for scenario, places in scenarios.items():
        for model in models(bench):
            story = Story(bench, scenario, model, places)
            story.prepare()
            story.read()
            story.play("%s, %s" % (scenario, model))
            for address in story.start:
                bench.to_host(address)
            bench.guest.must("[ ! -e /dev/iommu ] || chown root /dev/iommu")


@test("seed")
def on_the_seed_scene(bench):
    """Fourteen stories of the NIC and the HBA."""
    played(bench, dict.fromkeys(SEED, {}))


@test("multifunction", "switch")
def on_other_scenes(bench):
    """Two functions of one card, and two cards behind ports without ACS."""
    played(bench, ELSEWHERE[bench.scene.name])
