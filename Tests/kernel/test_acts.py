"""Release, assign, attach and restore on real kernels, and what list, check and watch say before and after."""
from acts import HBA, NIC, Background, act, attach, copy, entries, models, override, result, same, sums
from bench import test
from test_live import Watch


def listed(bench, number):
    groups = bench.guest.viable("list", "--json").json()["groups"]
    return next(group["state"] for group in groups if group["id"] == number)


def group_is(bench, when, state, code, blockers):
    """What list and check say of group 5, and that the kernel's links say the same of the drivers."""
    found, checked = result(bench, "group:5")
    bench.equal("%s: list" % when, listed(bench, 5), state)
    bench.equal("%s: check" % when, (found, checked["viable"]), (code, code == 0))
    bench.equal("%s: who blocks" % when, {b["address"]: b["driver"] for b in checked["blockers"]}, blockers)


@test("seed")
def the_seed_scene_is_handed_over_and_back(bench):
    """The whole way: refused with the HBA bound, previewed, bound, attached, kept from host drivers, and restored with
    the disk's contents intact; the live view follows all of it."""
    before, contents = copy(bench), sums(bench)
    group_is(bench, "at first", "host-owned", 1, {NIC: "e1000", HBA: "sym53c8xx"})
    bench.equal("what to type next", result(bench, "group:5")[1]["next"], ["sudo viable assign group:5"])
    with Watch(bench) as watch:
        act(bench, "assign", NIC, "--only-named", "--yes")
        group_is(bench, "NIC alone", "blocked", 1, {HBA: "sym53c8xx"})
        for model in models(bench):
            refused_by_hba(bench, model)
        writes = ['write "vfio-pci\\n" > /sys/bus/pci/devices/%s/driver_override' % HBA,
                  'write "%s" > /sys/bus/pci/drivers/sym53c8xx/unbind' % HBA,
                  'write "%s" > /sys/bus/pci/drivers_probe' % HBA]
        shown = act(bench, "assign", "group:5", "--dry-run").out.splitlines()
        bench.equal("preview", [line for line in shown if not line.startswith("#")], writes)
        bench.equal("which does nothing", bench.drivers()[HBA], "sym53c8xx")
        act(bench, "assign", "group:5", "--yes")
        group_is(bench, "assigned", "viable", 0, {})
        bench.equal("drivers", [bench.drivers()[a] for a in (NIC, HBA)], ["vfio-pci"] * 2)
        for model in models(bench):
            for selector in (NIC, "group:5"):
                code, said = attach(bench, selector, model)
                bench.equal("attach %s, %s" % (selector, model),
                            (code, said["outcome"], said["as_before"]), (0, "attached", True))
        group_is(bench, "given back by attach", "viable", 0, {})
        act(bench, "restore", "group:5", "--yes")
        for address, driver in ((NIC, "e1000"), (HBA, "sym53c8xx")):
            for end in ({"from": driver}, {"to": "vfio-pci"}, {"from": "vfio-pci"}, {"to": driver}):
                watch.tells("%s %s" % (address, end), event="driver-changed", address=address, group=5, **end)
        watch.tells("attach's group node", source="inotify", group=5)
    group_is(bench, "at the end", "host-owned", 1, {NIC: "e1000", HBA: "sym53c8xx"})
    bench.equal("contents of the disk", sums(bench), contents)
    same(bench, "equals its copy", copy(bench), before)


def refused_by_hba(bench, model):
    """attach with the HBA on its host driver: the kernel's errno, with the HBA named beside it."""
    code, said = attach(bench, NIC, model)
    bench.equal("%s with the HBA bound" % model, (code, said["outcome"]), (1, "refused"))
    call = said["calls"][-1]
    name = "SET_CONTAINER" if model == "explicit" else "BIND"
    bench.check("%s answers EPERM" % name, name in call["call"] and call["errno"] == "EPERM", call)
    bench.check("and names the HBA", "02:02.0" in str(call["why"]) and "sym53c8xx" in str(call["why"]), call)
    bench.check("everything is as it was", said["as_before"], said)


@test("seed")
def no_host_driver_gets_in_while_it_is_attached(bench):
    """attach --hold in the background: the group is owned, the HBA's driver is kept out, restore is refused with the
    holder named; Enter's end of input gives everything back."""
    before = copy(bench)
    act(bench, "assign", NIC, "--only-named", "--yes")
    act(bench, "release", HBA, "--only-named", "--yes")
    group_is(bench, "before", "viable", 0, {})
    for model in models(bench):
        held = Background(bench, "viable attach %s --model %s --hold" % (NIC, model))
        bench.check("%s holds" % model, held.says("holding"), held.said())
        code, checked = result(bench, "group:5")
        bench.equal("%s: check" % model, (code, checked["viable"], listed(bench, 5)), (1, False, "owned"))
        named = [b.get("process") for b in checked["blockers"]]
        bench.check("%s: who" % model, held.pid in named, checked["blockers"])
        bound = bench.guest.sh("echo %s >/sys/bus/pci/drivers/sym53c8xx/bind" % HBA)
        bench.check("%s: bind" % model, bound.code and "Device or resource busy" in bound.err, bound)
        failed = act(bench, "restore", HBA, "--only-named", "--yes", code=1)
        bench.check("%s: restore says who" % model, str(held.pid) in failed.err + failed.out, failed)
        bench.equal("%s: the HBA is free" % model, bench.drivers()[HBA], None)
        held.signal("INT")
        bench.check("%s lets go" % model, held.ends() and "everything is as it was" in held.said(), held.said())
    act(bench, "restore", "--all", "--yes")
    bench.appears("/dev/sda")
    same(bench, "equals its copy", copy(bench), before)


@test("seed")
def what_a_device_carries_asks_for_consent(bench):
    """A mounted disk and an interface with an address: medium, refused without the group's number, done with it."""
    before = copy(bench)
    sums(bench)
    bench.guest.must("mount -t ext2 -o ro /dev/sda /mnt/disk; ip addr add 10.9.0.1/24 dev eth0")
    findings = {f["kind"]: f for f in bench.guest.viable("plan", "assign", "group:5").json()["findings"]}
    bench.equal("how grave", {kind: findings.get(kind, {}).get("severity") for kind in ("file-system", "network")},
                {"file-system": "medium", "network": "medium"})
    bench.check("the mount point", "/mnt/disk" in str(findings.get("file-system")), findings)
    bench.check("the address", "10.9.0.1" in str(findings.get("network")), findings)
    state = bench.state()
    for words in (("--yes",), (), ("--consent", "6")):
        refused = act(bench, "assign", "group:5", *words, code=1)
        bench.check("%s: what to add" % " ".join(words), "--consent 5" in refused.err, refused)
    same(bench, "nothing was changed", bench.state(), state)
    bench.equal("nothing was recorded", entries(bench), [])
    act(bench, "assign", "group:5", "--consent", "5")
    group_is(bench, "consented to", "viable", 0, {})
    bench.guest.must("umount /mnt/disk")
    act(bench, "restore", "--all", "--yes")
    bench.appears("/dev/sda")
    same(bench, "equals its copy", copy(bench), before)


@test("seed", kernels=("stock",))
def swap_is_a_lockout(bench):
    """Swap on the HBA's disk: no flag consents to that, and nothing is changed."""
    sums(bench)
    bench.guest.must("mount -t ext2 /dev/sda /mnt/disk; dd if=/dev/zero of=/mnt/disk/swap bs=64k count=8 2>/dev/null; "
                     "mkswap /mnt/disk/swap; swapon /mnt/disk/swap")
    state = bench.state()
    document = bench.guest.viable("plan", "assign", "group:5").json()
    bench.equal("severity", document["severity"], "lockout")
    refused = act(bench, "assign", "group:5", "--yes", "--consent", "5", code=1)
    bench.check("says so", "terminal" in refused.err, refused)
    same(bench, "nothing was changed", bench.state(), state)
    bench.guest.must("swapoff /mnt/disk/swap; rm /mnt/disk/swap; umount /mnt/disk")


@test("seed")
def who_may_act(bench):
    """Not a user, not --read-only: told what to do instead, with nothing changed."""
    state = bench.state()
    user = bench.guest.viable("assign", "group:5", "--yes", user="guest")
    bench.check("a user ends with 77", user.code == 77 and "sudo" in user.err, user)
    act(bench, "assign", "group:5", "--yes", "--read-only", code=1)
    act(bench, "restore", NIC, "--yes", code=1)
    act(bench, "assign", "0000:01:00.0", "--yes", code=1)
    same(bench, "nothing was changed", bench.state(), state)
    bench.equal("nothing was recorded", entries(bench), [])


@test("seed")
def a_release_leaves_the_override(bench):
    """Released: no driver, the same override; without a record of its own a device on vfio-pci goes to what matches."""
    before = copy(bench)
    act(bench, "release", "group:5", "--yes")
    group_is(bench, "released", "viable", 0, {})
    bench.equal("drivers", [bench.drivers()[a] for a in (NIC, HBA)], [None] * 2)
    bench.equal("override", override(bench, NIC), "(null)")
    act(bench, "restore", "--all", "--yes")
    bench.appears("/dev/sda")
    same(bench, "equals its copy", copy(bench), before)
    bench.to_vfio(NIC)
    ran = act(bench, "restore", NIC, "--only-named", "--yes")
    bench.equal("not on record", (bench.drivers()[NIC], override(bench, NIC)), ("e1000", "(null)"))
    bench.check("its only write to the override clears it", 'vfio-pci\\n" >' not in ran.out, ran)
    same(bench, "equals its copy again", copy(bench), before)
