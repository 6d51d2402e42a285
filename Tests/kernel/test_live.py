"""The live view: what `watch` tells of changes that others make."""
import json
import time

from bench import DEVICES, test
from guest import PATIENCE

NIC = "0000:02:01.0"


class Watch:
    """`viable watch --json` in the guest, from its first line on until the end of the `with`."""

    def __init__(self, bench, *words):
        self.bench, self.words = bench, words

    def __enter__(self):
        said = self.bench.guest.must("viable watch --json >/run/watched 2>&1 </dev/null & echo $!")
        self.pid = int(said)
        self.until(lambda event: event["event"] == "watching")
        return self

    def __exit__(self, *_):
        self.bench.let_go(self.pid)

    def events(self):
        lines = self.bench.guest.must("cat /run/watched").splitlines()
        return [json.loads(line) for line in lines if line.endswith("}")]

    def until(self, wanted, seconds=20):
        """Waits for an event; all events up to now when it does not come."""
        end = time.monotonic() + seconds * PATIENCE
        while time.monotonic() < end:
            found = [event for event in self.events() if wanted(event)]
            if found:
                return found[-1]
            time.sleep(0.1)
        return None

    def tells(self, name, source="uevent", **fields):
        """Checks that an event with these fields comes, from that source. What a uevent tells the slow look may see
        first: the link to a driver is there before its probe ends, and the uevent comes after that."""
        def wanted(event):
            return all(event.get(key) == value for key, value in fields.items()) and (
                event["source"] == source or (source, event["source"]) == ("uevent", "poll"))
        found = self.until(wanted)
        self.bench.check(name, found, "" if found else "\n".join(map(str, self.events())))


@test("seed")
def drivers_come_and_go(bench):
    """Unbind, bind to vfio-pci and back, each told once the kernel has told it."""
    with Watch(bench) as watch:
        bench.to_vfio(NIC)
        watch.tells("e1000 lets go", event="driver-changed", address=NIC, group=5, **{"from": "e1000"})
        watch.tells("vfio-pci takes it", event="driver-changed", address=NIC, group=5, to="vfio-pci")
        watch.tells("the override", event="override-changed", address=NIC, to="vfio-pci")
        bench.to_host(NIC)
        watch.tells("vfio-pci lets go", event="driver-changed", address=NIC, **{"from": "vfio-pci"})
        watch.tells("e1000 is back", event="driver-changed", address=NIC, to="e1000")


@test("seed")
def an_opened_node_is_noticed(bench):
    """No uevent tells that somebody opened the group: inotify on /dev/vfio does."""
    bench.to_vfio(NIC)
    with Watch(bench) as watch:
        said, pid = bench.hold("open", "/dev/vfio/5")
        watch.tells("opened", source="inotify", group=5)
        before = len(watch.events())
        bench.let_go(pid)
        watch.until(lambda event: len(watch.events()) > before)
        bench.check("and closed", len(watch.events()) > before, watch.events())
    bench.to_host(NIC)


@test("hotplug")
def a_device_is_plugged_and_pulled(bench):
    """A NIC that QEMU plugs into an empty slot appears with its group and driver, and goes again."""
    with Watch(bench) as watch:
        bench.guest.monitor("device_add", driver="e1000e", bus="rp1", id="new")
        watch.tells("plugged", event="device-added", address="0000:01:00.0")
        bench.appears(DEVICES + "/0000:01:00.0/driver")
        watch.tells("with its driver", event="driver-changed", address="0000:01:00.0", to="e1000e")
        listed = bench.guest.viable("list", "--json").json()
        bench.equal("groups", {g["id"]: sorted(g["members"]) for g in listed["groups"]}, bench.groups())
        bench.guest.monitor("device_del", id="new")
        watch.tells("pulled", event="device-removed", address="0000:01:00.0")
        bench.equal("gone", bench.guest.viable("list", "0000:01:00.0").code, 66)


@test("sriov")
def virtual_functions_come_and_go(bench):
    """Four VFs made and removed, each told by its address."""
    virtual = ["0000:01:00.%d" % number for number in (1, 2, 3, 4)]
    with Watch(bench) as watch:
        bench.guest.must("echo 4 >%s/0000:01:00.0/sriov_numvfs" % DEVICES, 120)
        for address in virtual:
            watch.tells("%s made" % address, event="device-added", address=address)
        bench.guest.must("echo 0 >%s/0000:01:00.0/sriov_numvfs" % DEVICES, 120)
        for address in virtual:
            watch.tells("%s removed" % address, event="device-removed", address=address)
