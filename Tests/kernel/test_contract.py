"""The contract suite: generated sequences of calls on the kernel and in the rules, which have to agree.

`viable contract` prints a line for each sequence, one for each difference that is known and explained (LISTED), and
one for each pair of a call and an errno that was reached. Here a group is brought into each state that matters, and the
pairs that were once seen on a kernel have to be reached again.
"""
import re

from bench import test

NIC, HBA = "0000:02:01.0", "0000:02:02.0"

# What each way of handing out has to answer at least once, over all states of the group.
EXPLICIT = {
    "open(group)": "0 ENOENT EBUSY", "VFIO_GROUP_GET_STATUS": "0 EFAULT EINVAL",
    "VFIO_GROUP_SET_CONTAINER": "0 EPERM EINVAL EBADF EBADFD EFAULT", "VFIO_GROUP_UNSET_CONTAINER": "0 EINVAL EBUSY",
    "VFIO_CHECK_EXTENSION": "0", "VFIO_SET_IOMMU": "0 EINVAL ENODEV",
    "VFIO_IOMMU_MAP_DMA": "0 EINVAL EEXIST EFAULT", "VFIO_IOMMU_UNMAP_DMA": "0 EINVAL",
    "VFIO_GROUP_GET_DEVICE_FD": "0 EINVAL ENODEV", "VFIO_DEVICE_GET_INFO": "0", "unknown": "ENOTTY EINVAL",
    "VFIO_DEVICE_PCI_HOT_RESET": "0 EINVAL",
    "close": "0 EBADF",
}
IOMMUFD = {
    "VFIO_DEVICE_BIND_IOMMUFD": "0 EPERM EBUSY EINVAL EBADFD", "VFIO_DEVICE_ATTACH_IOMMUFD_PT": "0 EINVAL ENOENT ENOTTY",
    "VFIO_DEVICE_DETACH_IOMMUFD_PT": "0 EINVAL", "IOMMU_DESTROY": "0 ENOENT EBUSY",
    "IOMMU_IOAS_ALLOC": "0 EINVAL EOPNOTSUPP E2BIG", "IOMMU_IOAS_MAP": "0 ENOENT EEXIST EINVAL",
    "IOMMU_IOAS_UNMAP": "0 ENOENT", "IOMMU_HWPT_ALLOC": "ENOENT EINVAL", "IOMMU_VFIO_IOAS": "0 ENODEV",
    "VFIO_SET_IOMMU": "ENODEV EINVAL", "VFIO_GROUP_GET_DEVICE_FD": "EPERM", "open(group)": "EBUSY",
    "VFIO_DEVICE_PCI_HOT_RESET": "0 EINVAL", "open(device)": "0 ENOENT", "read": "EINVAL", "mmap": "EINVAL", "unknown": "ENOTTY",
}
# Seen with a limit on locked memory, and where nothing confines interrupts.
LIMITED = {"explicit": {"VFIO_IOMMU_MAP_DMA": "0 ENOMEM EEXIST"}, "iommufd": {"IOMMU_IOAS_MAP": "0 EEXIST"}}
UNSAFE = {"explicit": {"VFIO_SET_IOMMU": "EPERM"}, "iommufd": {"VFIO_DEVICE_BIND_IOMMUFD": "EPERM"}}
STATES = ((1, "the HBA on its host driver", 60), (1000, "the HBA without a driver", 220), (2000, "both on vfio-pci", 240))


def sequences(bench, model, expected, states=STATES, before="", user=None):
    """Runs the sequences in every state of the group, and looks at what they reached."""
    group = bench.group_of(NIC)
    reached = {}
    bench.to_vfio(NIC)
    for seed, state, count in states:
        if state.endswith("a driver"):
            bench.unbind(HBA)
        elif state.startswith("both"):
            bench.to_vfio(HBA)
        if user:
            bench.guest.must("chown %s /dev/vfio/%d; [ ! -e /dev/iommu ] || chown %s /dev/iommu /dev/vfio/devices/*"
                             % (user, group, user))
        command = "%s viable contract --seed %d --count %d --model %s --group %d" % (before, seed, count, model, group)
        ran = bench.guest.sh(command if user is None else "su %s -c '%s'" % (user, command), 900)
        differing = [line for line in ran.out.splitlines() if " DIFFERS " in line]
        total = re.search(r"^CONTRACT total sequences=(\d+) calls=(\d+) differing=(\d+)$", ran.out, re.M)
        bench.check("%s, %s: %d sequences end as the rules say" % (model, state, count),
                    total and total.group(1, 3) == (str(count), "0") and ran.code == 0,
                    "\n".join(differing[:20]) or str(ran))
        for call, errno, times in re.findall(r"^REACHED (\S+) (\S+) (\d+)$", ran.out, re.M):
            reached[call, errno] = reached.get((call, errno), 0) + int(times)
        for line in re.findall(r"^LISTED .*$", ran.out, re.M):
            print("%s %s, %s: %s" % (bench.guest, model, state, line))
    for (call, errno), times in sorted(reached.items()):
        print("%s %s reached %-32s %-10s %d times" % (bench.guest, model, call, errno, times))
    missed = ["%s %s" % (call, errno) for call, errnos in expected.items() for errno in errnos.split()
              if (call, errno) not in reached]
    bench.equal("%s: every answer that is known was reached" % model, missed, [])
    bench.to_host(HBA)
    bench.to_host(NIC)


@test("seed")
def containers(bench):
    sequences(bench, "explicit", EXPLICIT)


@test("seed", kernels=("built",))
def device_nodes(bench):
    sequences(bench, "iommufd", IOMMUFD)


@test("seed")
def a_limited_user(bench):
    """A user who was given the nodes, and may lock little. With iommufd as much as no sequence needs: what a table of
    pages locks when it is made is not in the rules, and test_calls reaches that limit by hand."""
    for model, limit in (("explicit", 8), ("iommufd", 32)) if bench.kernel.iommufd else (("explicit", 8),):
        states = ((3000, "%d KiB, the HBA without a driver" % limit, 150),)
        sequences(bench, model, LIMITED[model], states, "ulimit -l %d;" % limit, "guest")
        bench.guest.must("[ ! -e /dev/iommu ] || chown root /dev/iommu")


@test("no-remapping")
def unsafe_interrupts(bench):
    """Where nothing confines interrupts nobody gets further than EPERM, unless the module allows it."""
    for model in ("explicit", "iommufd") if bench.kernel.iommufd else ("explicit",):
        sequences(bench, model, UNSAFE[model], ((4000, "no remapping, the HBA without a driver", 80),))


@test("seed")
def attach(bench):
    """The NIC is attached through each uAPI that the kernel has, once the HBA is out of the way."""
    ran = bench.guest.viable("attach", NIC, "--model", "explicit", "--json")
    bench.equal("a NIC on its host driver is refused", (ran.code, ran.json()["outcome"]), (1, "refused"))
    bench.to_vfio(NIC)
    for model in ("explicit", "iommufd") if bench.kernel.iommufd else ("explicit",):
        said = bench.guest.viable("attach", NIC, "--model", model, "--json").json()
        last = said["calls"][-1]
        bench.equal("%s with the HBA bound is EPERM" % model, (last["errno"], said["outcome"]), ("EPERM", "refused"))
        bench.check("%s names the HBA and its driver" % model, "02:02.0 (sym53c8xx)" in last["why"], str(last))
    if not bench.kernel.iommufd:
        ran = bench.guest.viable("attach", NIC, "--model", "iommufd")
        bench.equal("iommufd is missing", ran.code, 69)
        bench.check("and named", "There is no /dev/iommu" in ran.err, str(ran))
    bench.unbind(HBA)
    for model in ("explicit", "iommufd") if bench.kernel.iommufd else ("explicit",):
        ran = bench.guest.viable("attach", NIC, "--model", model, "--json")
        said = ran.json()
        bench.equal("%s attaches" % model, (ran.code, said["outcome"], said["as_before"]), (0, "attached", True))
        bench.equal("%s: the kernel did as the rules say" % model, said["differences"], [])
        bench.check("%s: the page was locked and let go" % model,
                    sum(said["memory"]["attached"].values()) == 4 and sum(said["memory"]["after"].values()) == 0,
                    str(said["memory"]))
        hit = [member["address"] for member in said["facts"][0]["reset_set"]]
        bench.equal("%s: a bus reset hits both" % model, hit, [NIC, HBA])
    bench.to_host(HBA)
    bench.to_host(NIC)


@test("seed")
def held(bench):
    """--hold gives everything back on a signal."""
    bench.to_vfio(NIC)
    bench.unbind(HBA)
    said = bench.guest.must(
        "mkfifo /run/hold-in; viable attach %s --model explicit --hold </run/hold-in >/run/hold-out 2>&1 & pid=$!; "
        "exec 9>/run/hold-in; until grep -q holding /run/hold-out; do usleep 20000; done; "
        "kill -TERM $pid; wait $pid; echo ended $?; cat /run/hold-out; rm /run/hold-in" % NIC, 90)
    bench.check("SIGTERM ends it with 143", "ended 143" in said, said)
    bench.check("after giving everything back", "everything is as it was" in said, said)
    bench.to_host(HBA)
    bench.to_host(NIC)
