"""What the program says of a machine, beside what the kernel itself says of it."""
import os

from bench import DEVICES, test


@test()
def the_list_is_the_kernels(bench):
    """Groups, members and drivers are the kernel's, in every scene; the scene's own groups are as it promises."""
    listed = bench.guest.viable("list", "--json").json()
    groups = bench.groups()
    bench.equal("groups and members", {group["id"]: sorted(group["members"]) for group in listed["groups"]}, groups)
    bench.equal("drivers", {device["address"]: device["driver"] for device in listed["devices"]}, bench.drivers())
    bench.equal("each device's group", {device["address"]: device["group"] for device in listed["devices"]},
                {address: number for number, members in groups.items() for address in members})
    for promised in bench.scene.groups:
        bench.check("group of %s" % promised[0], sorted(promised) in groups.values(), "groups are %s" % groups)
    bench.equal("the kernel's release", listed["host"]["kernel"], bench.kernel.release)
    bench.equal("the IOMMU", (listed["host"]["iommu"], listed["host"]["iommus"]), ("on", ["dmar0"]))


@test()
def a_group_of_host_drivers_is_not_viable(bench):
    """Exit 1 and the culprits named; a group without a host driver is exit 0."""
    for members in bench.scene.groups:
        hosts = {address: bench.scene.hosts[address] for address in members if address in bench.scene.hosts}
        checked = bench.guest.viable("check", members[0], "--json")
        result = checked.json()["results"][0]
        bench.equal("check %s" % members[0], (checked.code, result["viable"]), (1, False))
        bench.equal("who blocks %s" % members[0], {b["address"]: b["driver"] for b in result["blockers"]}, hosts)
        said = bench.guest.viable("check", members[0]).out
        named = [address in said and driver in said for address, driver in hosts.items()]
        bench.check("words name them", all(named), said)
    free = bench.guest.viable("check", "00:00.0", "--json")
    bench.equal("a group that nobody drives", (free.code, free.json()["results"][0]["viable"]), (0, True))


@test("seed", "acs-redir", "switch", "multifunction", "sriov", "dmi")
def the_verdict_is_what_the_kernel_answers(bench):
    """In every group that has an endpoint on a host driver: SET_CONTAINER and BIND_IOMMUFD say what `check` says, with
    a sibling on its host driver and without."""
    for members in bench.scene.groups:
        first, *others = [address for address in members if address in bench.scene.hosts]
        bench.to_vfio(first)
        if others:
            agrees(bench, first, others, "sibling on its host driver")
        for address in others:
            bench.unbind(address)
        agrees(bench, first, [], "siblings free")
        for address in [first] + others:
            bench.to_host(address)


def agrees(bench, address, blockers, when):
    """The program and the kernel, asked the same."""
    checked = bench.guest.viable("check", address, "--json")
    result = checked.json()["results"][0]
    viable = not blockers
    bench.equal("%s, %s: check" % (address, when), (checked.code, result["viable"]), (0 if viable else 1, viable))
    named = sorted(blocker["address"] for blocker in result["blockers"])
    bench.equal("%s, %s: blockers" % (address, when), named, sorted(blockers))
    group = bench.group_of(address)
    said, pid = bench.hold("group", str(group), address)
    expected = "holding" if viable else "SET_CONTAINER EPERM"
    bench.equal("%s, %s: container" % (address, when), said[-1], expected)
    if pid:
        bench.let_go(pid)
    if bench.kernel.iommufd:
        said, pid = bench.hold("cdev", node(bench, address))
        bench.equal("%s, %s: iommufd" % (address, when), said[-1], "holding" if viable else "BIND_IOMMUFD EPERM")
        if pid:
            bench.let_go(pid)


def node(bench, address):
    """/dev/vfio/devices/vfioX of a device."""
    return "/dev/vfio/devices/" + os.path.basename(bench.guest.must("ls %s/%s/vfio-dev" % (DEVICES, address)).strip())


@test("seed")
def the_seed_scene_names_the_hba(bench):
    """NIC asked for, HBA on its driver: the group is blocked by 02:02.0 and sym53c8xx, and by nothing else; what its
    disk is called is said; with the HBA free it is viable."""
    bench.appears("/dev/sda")
    bench.to_vfio("0000:02:01.0")
    blocked = bench.guest.viable("check", "02:01.0")
    bench.equal("exit", blocked.code, 1)
    for word in ("NOT VIABLE", "0000:02:02.0 SCSI HBA (sym53c8xx)", "sda"):
        bench.check("says %s" % word, word in blocked.out, blocked.out)
    group = listed_group(bench, 5)
    bench.equal("state", (group["state"], group["viable"]), ("blocked", False))
    bench.equal("every selector of it", [bench.guest.viable("check", word).code for word in (
        "group:5", "/dev/vfio/5", "02:02.0", "8086:100e", "pci_0000_02_01_0", "/dev/sda")], [1] * 6)
    bench.unbind("0000:02:02.0")
    bench.equal("without its driver", bench.guest.viable("check", "02:01.0").code, 0)
    bench.equal("state without it", listed_group(bench, 5)["state"], "viable")
    for address in ("0000:02:01.0", "0000:02:02.0"):
        bench.to_host(address)
    bench.equal("state at the end", listed_group(bench, 5)["state"], "host-owned")


def listed_group(bench, number):
    return next(g for g in bench.guest.viable("list", "--json").json()["groups"] if g["id"] == number)


@test("seed")
def doctor_knows_which_uapi_works(bench):
    """Containers on both kernels, iommufd on the built one only."""
    report = bench.guest.viable("doctor", "--json").json()
    status = {capability["subject"]: capability["status"] for capability in report["capabilities"]}
    expected = dict.fromkeys(("pci", "iommu", "interrupt-remapping", "vfio-pci", "uevents", "inotify", "container"),
                             "works")
    expected["iommufd"] = "works" if bench.kernel.iommufd else "missing"
    bench.equal("what works", {subject: status.get(subject) for subject in expected}, expected)
    remedies = [c for c in report["capabilities"] if c["status"] == "missing" and not c["remedy"]]
    bench.equal("a remedy for what is missing", remedies, [])


@test("seed", "sriov", "switch")
def anybody_may_look(bench):
    """An unprivileged user sees the same groups, drivers and verdicts."""
    def seen(user):
        listed = bench.guest.viable("list", "--json", user=user).json()
        return ({g["id"]: (g["members"], g["state"], g["viable"]) for g in listed["groups"]},
                {d["address"]: (d["driver"], d["state"]) for d in listed["devices"]})
    bench.equal("list", seen("guest"), seen(None))
    first = bench.scene.groups[0][0]
    bench.equal("check", bench.guest.viable("check", first, user="guest").code, 1)


@test("sriov")
def virtual_functions_are_seen(bench):
    """Enabled VFs are listed with their physical function, each in the group that the kernel gave it."""
    physical = "0000:01:00.0"
    bench.guest.must("echo 4 >%s/%s/sriov_numvfs" % (DEVICES, physical), 120)
    groups = bench.groups()
    listed = bench.guest.viable("list", "--json").json()
    bench.equal("groups", {g["id"]: sorted(g["members"]) for g in listed["groups"]}, groups)
    virtual = [device["address"] for device in listed["devices"] if device["kind"] == "vf"]
    bench.equal("virtual functions", virtual, ["0000:01:00.%d" % number for number in (1, 2, 3, 4)])
    shown = bench.guest.viable("show", virtual[0], "--json").json()["devices"][0]
    bench.equal("belongs to", shown["physical_function"], physical)
    bench.image("vfs")
    bench.guest.must("echo 0 >%s/%s/sriov_numvfs" % (DEVICES, physical), 120)
    bench.equal("and gone again", bench.guest.viable("list", virtual[0]).code, 66)
