"""The nodes of devices given to one user, taken back, and given again after a boot."""
import json
import re

from acts import HBA, NIC, act, copy, entries, models, result, same
from bench import test

RULE = "/etc/udev/rules.d/72-viable-grant-%s.rules" % NIC


def owners(bench, *nodes):
    """Owner and mode of nodes, None for one that is not there."""
    said = bench.guest.must("for node in %s; do stat -c '%%u %%a' $node 2>/dev/null || echo none; done" % " ".join(nodes))
    return [None if line == "none" else line for line in said.splitlines()]


def nodes(bench, address, number):
    """The nodes by which a device can be had, on this kernel."""
    found = ["/dev/vfio/%d" % number]
    if bench.kernel.iommufd:
        name = bench.guest.must("ls /sys/bus/pci/devices/%s/vfio-dev" % address).strip()
        found += ["/dev/vfio/devices/" + name, "/dev/iommu"]
    return found


def takes(bench, model):
    """Whether the user can take the NIC: attach's exit code."""
    return bench.guest.viable("attach", NIC, "--model", model, user="guest").code


@test("seed")
def a_user_takes_a_device_that_was_given(bench):
    """Refused before, attached after, refused again once it was taken back; nobody else is let in."""
    before = copy(bench)
    act(bench, "assign", "group:5", "--yes")
    assigned, mine = copy(bench), nodes(bench, NIC, 5)
    start = owners(bench, *mine)
    for model in models(bench):
        bench.equal("%s: before" % model, takes(bench, model), 77)
    ran = act(bench, "grant", NIC, "--user", "guest", "--yes", code=1)
    bench.check("the HBA comes with the group's node, and takes consent", "guest can open 02:02.0 as well" in ran.out
                and "--consent 5" in ran.err, ran)
    bench.equal("nothing was changed", owners(bench, *mine), start)
    act(bench, "grant", NIC, "--user", "guest", "--consent", "5")
    bench.equal("owners", owners(bench, *mine), ["1000 600"] + ["1000 600", "1000 660"] * (len(mine) == 3))
    for model in models(bench):
        bench.equal("%s: given" % model, takes(bench, model), 0)
    again = act(bench, "grant", NIC, "--user", "guest", "--yes")
    bench.check("given twice is given once", "Nothing has to be done" in again.out, again)
    act(bench, "grant", NIC, "--revoke", "--yes")
    bench.equal("taken back", owners(bench, *mine), start)
    for model in models(bench):
        bench.equal("%s: taken back" % model, takes(bench, model), 77)
    act(bench, "grant", "group:5", "--user", "guest", "--persist", "--yes")
    bench.check("the rule", "TEST" in bench.guest.must("cat " + RULE))
    act(bench, "restore", "--all", "--yes")
    bench.equal("no rule is left", bench.guest.sh("ls /etc/udev/rules.d 2>/dev/null").out, "")
    bench.equal("and no record", entries(bench), [])
    same(bench, "equals its copy", copy(bench), before)
    bench.check("while it was assigned nothing else changed", assigned["kernel"]["drivers"][HBA] == "vfio-pci")


@test("seed")
def a_node_that_is_open_to_everybody_is_closed(bench):
    """0666 by hand, as people do: said, and not kept."""
    act(bench, "assign", "group:5", "--yes")
    bench.guest.must("chmod 666 /dev/vfio/5")
    ran = act(bench, "grant", "group:5", "--user", "guest", "--yes")
    bench.check("said", "open to everybody (0666)" in ran.out, ran)
    bench.equal("closed", owners(bench, "/dev/vfio/5"), ["1000 660"])
    refused = bench.guest.viable("grant", NIC, "--user", "1001", "--yes")
    bench.check("it is not taken from its user", refused.code == 1 and "belongs to user 1000" in refused.err, refused)
    refused = bench.guest.viable("grant", NIC, "--user", "guest", "--yes", user="guest")
    bench.check("users give nothing", refused.code == 77 or "Nothing has to be done" in refused.out, refused)
    act(bench, "restore", "--all", "--yes")


@test("seed")
def what_has_no_node_is_refused_by_name(bench):
    """Before it is assigned there is nothing to give, but a rule for later."""
    ran = act(bench, "grant", NIC, "--user", "guest", "--yes", code=1)
    bench.check("the next step", "e1000" in ran.err and "viable assign " + NIC in ran.err, ran)
    act(bench, "grant", NIC, "--user", "nobody-there", "--yes", code=66)
    said = act(bench, "grant", NIC, "--user", "guest", "--persist", "--dry-run", "--json").json()
    bench.equal("one file", [step["effect"][:2] for step in said["steps"]], [["file", RULE]])
    bench.check("limits are told", any(finding["kind"] == "memory-limit" for finding in said["findings"]),
                json.dumps(said["findings"]))
    bench.equal("nothing was changed", result(bench, "group:5")[0], 1)


def appears_for_vfio(bench):
    """The NIC on vfio-pci, and udev done with its nodes."""
    bench.guest.must("modprobe vfio-pci")
    bench.to_vfio(NIC)
    bench.guest.must("udevadm settle", 60)


@test("reboot", kernels=("stock",))
def a_grant_lasts(bench):
    """udev gives the group's node whenever it appears, whatever its number, to this card alone; until it is revoked."""
    number = bench.group_of(NIC)
    act(bench, "grant", NIC, "--user", "guest", "--persist", "--yes")
    appears_for_vfio(bench)
    bench.equal("when it appears", owners(bench, "/dev/vfio/%d" % number), ["1000 600"])
    bench.to_host(NIC)
    bench.guest.reboot()
    number = bench.group_of(NIC)
    appears_for_vfio(bench)
    bench.equal("after a boot", owners(bench, "/dev/vfio/%d" % number), ["1000 600"])
    act(bench, "grant", NIC, "--revoke", "--yes")
    bench.equal("revoked", owners(bench, "/dev/vfio/%d" % number), ["0 600"])
    bench.to_host(NIC)
    rule = bench.guest.must("ls /etc/udev/rules.d")
    bench.check("no rule is left", not re.search("viable-grant", rule), rule)
    appears_for_vfio(bench)
    bench.equal("and it is root's", owners(bench, "/dev/vfio/%d" % number), ["0 600"])
    bench.to_host(NIC)
