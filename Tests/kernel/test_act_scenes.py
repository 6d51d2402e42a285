"""Every scene's groups handed over and back."""
from acts import act, attach, copy, models, number_of, result, same
from bench import DEVICES, test

PHYSICAL = "0000:01:00.0"


@test("acs-redir", "switch", "multifunction", "sriov", "dmi", "hotplug")
def every_group_is_handed_over_and_back(bench):
    """Each group of the scene by its number: host-owned before, viable once assigned, attached by every uAPI of the
    kernel, and afterwards as it was. Bridges and ports keep their drivers."""
    before = copy(bench)
    for members in bench.scene.groups:
        hosts = [address for address in members if address in bench.scene.hosts]
        group = number_of(bench, hosts[0])
        drivers = bench.drivers()
        bench.equal("group %s before" % group, result(bench, "group:" + group)[0], 1)
        act(bench, "assign", "group:" + group, "--consent", group)
        expected = {**drivers, **dict.fromkeys(hosts, "vfio-pci")}
        bench.equal("group %s: drivers" % group, bench.drivers(), expected)
        code, checked = result(bench, "group:" + group)
        bench.equal("group %s assigned" % group, (code, checked["viable"], checked["blockers"]), (0, True, []))
        for model in models(bench):
            for selector in [hosts[0], "group:" + group]:
                code, said = attach(bench, selector, model)
                bench.equal("group %s: attach %s, %s" % (group, selector, model),
                            (code, said["outcome"], said["as_before"]), (0, "attached", True))
        act(bench, "restore", "group:" + group, "--yes")
        bench.equal("group %s: drivers back" % group, bench.drivers(), drivers)
    same(bench, "equals its copy", copy(bench), before)


@test("switch", "multifunction", "dmi")
def a_sibling_left_behind_refuses(bench):
    """One function alone: attach is EPERM and names each sibling that still has its driver."""
    before = copy(bench)
    members = max(bench.scene.groups, key=len)
    first, *others = [address for address in members if address in bench.scene.hosts]
    act(bench, "assign", first, "--only-named", "--yes")
    for model in models(bench):
        code, said = attach(bench, first, model)
        call = said["calls"][-1]
        bench.equal("%s is refused" % model, (code, call["errno"]), (1, "EPERM"))
        missing = [address for address in others if address[5:] not in str(call["why"])]
        bench.equal("%s names the siblings" % model, missing, [])
    act(bench, "restore", "--all", "--yes")
    same(bench, "equals its copy", copy(bench), before)


@test("sriov")
def virtual_functions_are_handed_over(bench):
    """A VF alone is given and taken back while its PF keeps its driver; the PF with VFs of it is not taken away."""
    bench.guest.must("echo 2 >%s/%s/sriov_numvfs" % (DEVICES, PHYSICAL), 120)
    virtual = "0000:01:00.1"
    before = copy(bench)
    group = number_of(bench, virtual)
    ran = act(bench, "assign", virtual, "--consent", group)
    bench.equal("drivers", [bench.drivers()[a] for a in (PHYSICAL, virtual)], ["nvme", "vfio-pci"])
    for model in models(bench):
        code, said = attach(bench, virtual, model)
        bench.equal("attach, %s" % model, (code, said["outcome"]), (0, "attached"))
    refused = act(bench, "assign", PHYSICAL, "--consent", number_of(bench, PHYSICAL), code=1)
    bench.check("the PF's VFs are named", "01:00.1" in refused.err + refused.out, refused)
    bench.equal("the PF keeps its driver", bench.drivers()[PHYSICAL], "nvme")
    act(bench, "restore", "--all", "--yes")
    same(bench, "equals its copy", copy(bench), before)
    bench.check("something was previewed", "STEPS" in ran.out, ran)
    bench.guest.must("echo 0 >%s/%s/sriov_numvfs" % (DEVICES, PHYSICAL), 120)


@test("hotplug")
def what_is_plugged_in_is_handed_over(bench):
    """A NIC plugged in while the program watches is assigned, attached, given back, and pulled."""
    bench.guest.monitor("device_add", driver="e1000e", bus="rp1", id="new")
    address = "0000:01:00.0"
    bench.appears(DEVICES + "/%s/driver" % address)
    before = copy(bench)
    act(bench, "assign", address, "--yes")
    for model in models(bench):
        bench.equal("attach, %s" % model, attach(bench, address, model)[0], 0)
    act(bench, "restore", address, "--yes")
    same(bench, "equals its copy", copy(bench), before)
    bench.guest.monitor("device_del", id="new")
    bench.guest.must("for n in $(seq 200); do [ -e %s/%s ] || exit 0; usleep 100000; done; exit 1"
                     % (DEVICES, address), 60)
