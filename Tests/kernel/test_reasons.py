"""Why the kernel made the groups that it made: on an image of each guest the program works the groups out from
registers alone, comes to the kernel's own, and gives the reason that the scene was built for."""
import json

from bench import test

BRIDGE = [("conventional-bus", "01:00.0")]
CHIP = [("multifunction", "00:1f.0")]
# What the command line took from the second root port ties what is below it.
REDIRECT = {"00:03.0 03:00.0": [("acs-off", "00:03.0")], "01:00.0 02:01.0 02:02.0": BRIDGE}

# For each scene the groups of more than one function, and their reasons in order. Everybody else is alone; the ICH9's
# functions, which every guest has, are one chip.
REASONS = {
    "seed": {"01:00.0 02:01.0 02:02.0": BRIDGE},
    "acs-redir": REDIRECT,
    "acs-config": REDIRECT,
    "switch": {
        "02:00.0 03:00.0": [("no-acs", "02:00.0")],
        "02:01.0 04:00.0": [("no-acs", "02:01.0")],
        "06:00.0 06:00.1 07:00.0 08:00.0": [
            ("multifunction", "06:00.0"), ("no-acs", "06:00.0"), ("no-acs", "06:00.1")],
    },
    "multifunction": {"01:00.0 01:00.1": [("multifunction", "01:00.0")]},
    "sriov": {},
    "dmi": {"00:1e.0 01:01.0 01:02.0 02:01.0": [("conventional-bus", "00:1e.0"), ("conventional-bus", "01:01.0")]},
    "hotplug": {},
}
CHIPSET = "00:1f.0 00:1f.2 00:1f.3"


def short(addresses):
    """Addresses as the tables above have them."""
    return " ".join(address.removeprefix("0000:") for address in addresses)


def expected(scene, groups):
    """The reasons of every group, by its members."""
    tied = dict(REASONS[scene], **{CHIPSET: CHIP})
    return {members: tied.get(members, [("alone", members)]) for members in map(short, groups)}


def check(bench, why, scene, groups):
    """What `why --all --json` said of an image, against the kernel's groups and the scene's reasons."""
    said = json.loads(why.stdout)["groups"]
    bench.equal("exit", (why.returncode, why.stderr), (0, ""))
    bench.equal("groups", sorted(short(group["members"]) for group in said), sorted(map(short, groups)))
    bench.equal("worked out from registers", [short(group["predicted"] or []) for group in said],
                [short(group["members"]) for group in said])
    bench.equal("agrees", {group["agrees"] for group in said}, {True})
    bench.equal("nothing has another cause", {group["cause"] for group in said}, {None})
    bench.equal("reasons", {short(group["members"]): [(reason["kind"], short([reason["at"]]))
                                                      for reason in group["reasons"]] for group in said},
                expected(scene, groups))
    untold = [reason["sentence"] for group in said for reason in group["reasons"]
              if not reason["evidence"] and reason["kind"] != "alone"]
    bench.equal("reasons without evidence", untold, [])


def image(bench, state):
    """An image of the guest with the registers of whoever sleeps, brought out; where it is."""
    path = "%s/%s-%s-%s" % (bench.images, bench.kernel.name, bench.scene.name, state)
    bench.guest.must("rm -rf /tmp/reasons; viable snapshot --wake /tmp/reasons", 120)
    bench.guest.fetch("/tmp/reasons", path)
    bench.guest.must("rm -rf /tmp/reasons")
    return path


@test()
def every_group_has_the_reason_that_its_scene_was_built_for(bench):
    """All that is asleep is woken: what decides may be in its registers."""
    groups = bench.groups()
    path = image(bench, "reasons")
    check(bench, bench.outside("--root", path, "why", "--all", "--json"), bench.scene.name, groups.values())


@test("sriov")
def virtual_functions_are_groups_of_their_own(bench):
    """Below a port that isolates; none of them is tied to its physical function."""
    device = "/sys/bus/pci/devices/0000:01:00.0"
    bench.guest.must("cd %s; echo 0 >sriov_drivers_autoprobe; echo 4 >sriov_numvfs" % device, 60)
    groups = bench.groups()
    path = image(bench, "vf-reasons")
    bench.guest.must("cd %s; echo 0 >sriov_numvfs; echo 1 >sriov_drivers_autoprobe" % device, 60)
    bench.check("there are four more", sum(short(members).startswith("01:00.") for members in groups.values()) == 5,
                groups)
    check(bench, bench.outside("--root", path, "why", "--all", "--json"), bench.scene.name, groups.values())
    apart = bench.outside("--root", path, "why", "01:00.0", "01:00.1", "--json")
    said = json.loads(apart.stdout)
    bench.equal("a virtual function and its physical one", (apart.returncode, said["path"], said["apart"]["alarm"]),
                (1, None, False))


@test("multifunction", kernels=("stock",))
def a_device_that_sleeps_is_explained_once_it_is_woken(bench):
    """vfio-pci lets an idle device fall asleep; asked to, the kernel wakes it for a read and lets it sleep again."""
    address, sibling = "0000:01:00.0", "0000:01:00.1"
    status = "/sys/bus/pci/devices/%s/power/runtime_status" % address
    bench.to_vfio(address)
    bench.to_vfio(sibling)
    asleep = "for n in $(seq 100); do [ $(cat %s) = suspended ] && exit; usleep 100000; done; cat %s; exit 1" % (
        status, status)
    bench.guest.must(asleep)
    for words, size in (("", 0), ("--wake ", 4096)):
        bench.guest.must("rm -rf /tmp/sleepy; viable snapshot %s/tmp/sleepy" % words, 120)
        found = bench.guest.must("cat /tmp/sleepy/sys/bus/pci/devices/%s/config 2>/dev/null | wc -c" % address)
        bench.equal("configuration space in 'snapshot %s'" % words.strip(), int(found), size)
    bench.guest.must(asleep)
    bench.check("it sleeps again", True)
    bench.equal("power/control", bench.guest.must("cat /sys/bus/pci/devices/%s/power/control" % address).strip(), "auto")
    for words, agrees in (([], None), (["--wake"], True)):
        said = bench.guest.viable("why", address, "--json", *words).json()["groups"][0]
        bench.equal("why %s" % " ".join(words), said["agrees"], agrees)
    bench.guest.must("rm -rf /tmp/sleepy")
    bench.to_host(address)
    bench.to_host(sibling)
