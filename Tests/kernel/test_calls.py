"""Calls and errnos that generated sequences do not reach: made by hand on the kernel. What the program says of the
same situation stands beside them where it says something."""
import struct

from acts import HBA, NIC, attach, models
from bench import DEVICES, test
from calls import (ATTACH, BIND, DEVICE_RESET, GET_INFO, HOT_RESET, HOT_RESET_INFO, IOAS_ALLOC, IOVA_RANGES, MINUS_ONE,
                   NO_IOMMU, OPTION, SET_CONTAINER, SET_IOMMU, TYPE1V2, Calls)
from test_look import node

RLIMIT_MODE, HUGE_PAGES, SET, GET = 0, 1, 0, 1


def words(packed, place=0):
    """The words of 32 bits of a struct, from a byte on."""
    return list(struct.unpack_from("<%dI" % ((len(packed) - place) // 4), packed, place))


@test("seed", kernels=("built",))
def ranges_and_options(bench):
    """IOMMU_IOAS_IOVA_RANGES and IOMMU_OPTION need no device."""
    calls = Calls(bench)
    context = calls.open("/dev/iommu")

    def option(number, what, to, on=0, expected="0"):
        calls.struct("IOMMU_OPTION", context, OPTION, 24, number, (16, what), (16, 0), on, (64, to), expected=expected)
    option(RLIMIT_MODE, GET, 0)
    option(RLIMIT_MODE, SET, 2, expected="EINVAL")
    option(RLIMIT_MODE, SET, 1)
    option(99, GET, 0, expected="EOPNOTSUPP")
    option(HUGE_PAGES, GET, 0, on=7, expected="ENOENT")
    space = calls.struct("IOMMU_IOAS_ALLOC", context, IOAS_ALLOC, 12, 0, 0) + ".8"
    option(RLIMIT_MODE, SET, 0, expected="EBUSY")
    option(HUGE_PAGES, GET, 0, on=space)
    for room, expected in ((0, "EMSGSIZE"), (1, "0")):
        calls.struct("IOMMU_IOAS_IOVA_RANGES", context, IOVA_RANGES, 32, space, room, 0, (64, "memory"), (64, 0),
                     expected=expected)
    answers = calls.run("iommufd")
    bench.equal("how many ranges it wants room for", words(answers[-2])[2], 1)
    bench.guest.must("chown guest /dev/iommu")
    try:
        calls = Calls(bench)
        context = calls.open("/dev/iommu")
        option(RLIMIT_MODE, SET, 1, expected="EPERM")
        calls.run("iommufd of a user", user="guest")
    finally:
        bench.guest.must("chown root /dev/iommu")


@test("seed")
def a_users_memory_is_limited(bench):
    """64 KiB can be mapped and no page more, in containers and in iommufd."""
    bench.to_vfio(NIC)
    bench.unbind(HBA)
    bench.guest.must("chown guest /dev/vfio/5; [ ! -e /dev/iommu ] || chown guest /dev/iommu /dev/vfio/devices/*")
    try:
        calls = Calls(bench)
        container, _ = calls.container(5)
        calls.map(container, 0, pages=16)
        calls.map(container, 16, expected="ENOMEM")
        calls.map(container, 15, expected="EEXIST")
        calls.run("a user's container", user="guest", limit=64)
        if bench.kernel.iommufd:
            calls = Calls(bench)
            context, device, space = calls.context(node(bench, NIC))
            calls.struct("VFIO_DEVICE_ATTACH_IOMMUFD_PT", device, ATTACH, 12, 0, space)
            calls.map_into(context, space, 0, pages=16)
            calls.map_into(context, space, 16, expected="ENOMEM")
            calls.map_into(context, space, 15, expected="EEXIST")
            calls.run("a user's iommufd", user="guest", limit=64)
    finally:
        bench.guest.must("[ ! -e /dev/iommu ] || chown root /dev/iommu")
    bench.to_host(HBA)
    bench.to_host(NIC)


def reset_info(calls, device, room, expected="0"):
    return calls.struct("VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, room for %d" % room, device, HOT_RESET_INFO,
                        12 + 8 * room, 0, 0, *[0] * 2 * room, expected=expected)


def hot_reset(calls, device, *groups, expected="0"):
    calls.struct("VFIO_DEVICE_PCI_HOT_RESET", device, HOT_RESET, 12 + 4 * len(groups), 0, len(groups), *groups,
                 expected=expected)


@test("seed")
def a_bus_is_reset_by_its_groups(bench):
    """Hot reset through a group: all that is on the bus must be VFIO's, and every group be shown."""
    bench.to_vfio(NIC)
    bench.unbind(HBA)
    for both in (False, True):
        if both:
            bench.to_vfio(HBA)
        calls = Calls(bench)
        container, group = calls.container(5)
        device = calls.device(group, NIC)
        calls.device(group, NIC + " odd=1", expected="EINVAL")
        calls.device(group, NIC + " vf_token=00000000-0000-0000-0000-000000000001", expected="EINVAL")
        reset_info(calls, device, 0, expected="ENOSPC")
        full = len(calls.lines)
        reset_info(calls, device, 2)
        hot_reset(calls, device, expected="EINVAL")
        hot_reset(calls, device, container, expected="EINVAL")
        hot_reset(calls, device, MINUS_ONE, expected="EBADF")
        hot_reset(calls, device, group, expected="0" if both else "EINVAL")
        hot_reset(calls, device, group, group, group, expected="EINVAL")
        when = "both on vfio-pci" if both else "the HBA without a driver"
        answers = calls.run(when)
        bench.equal("%s: what it wants room for" % when, words(answers[full - 1])[2], 2)
        bench.equal("%s: groups that a reset hits" % when, words(answers[full])[1:4:2] + words(answers[full])[5:6],
                    [0, 5, 5])
    bench.to_host(HBA)
    bench.to_host(NIC)


@test("seed", kernels=("built",))
def a_bus_is_reset_by_its_context(bench):
    """Hot reset through a device's own node: a sibling must be VFIO's, and need not be opened."""
    bench.to_vfio(NIC)
    bench.unbind(HBA)
    for both in (False, True):
        if both:
            bench.to_vfio(HBA)
        calls = Calls(bench)
        _, device, _ = calls.context(node(bench, NIC))
        asked = len(calls.lines)
        reset_info(calls, device, 2)
        hot_reset(calls, device, device, expected="EINVAL")
        hot_reset(calls, device, expected="0" if both else "EINVAL")
        when = "both on vfio-pci" if both else "the HBA without a driver"
        told = words(calls.run(when)[asked])
        bench.equal("%s: by device numbers, all owned" % when, told[1], 3 if both else 1)
        bench.equal("%s: whose each is" % when, told[3:6:2], [1, 0 if both else MINUS_ONE])
    bench.to_host(HBA)
    bench.to_host(NIC)


@test("seed")
def a_function_resets_if_it_says_so(bench):
    """VFIO_DEVICE_RESET answers as the device's flags promise."""
    for group, address in ((5, NIC), (bench.group_of("0000:03:00.0"), "0000:03:00.0")):
        bench.to_vfio(address)
        if group == 5:
            bench.unbind(HBA)
        calls = Calls(bench)
        _, file = calls.container(group)
        device = calls.device(file, address)
        calls.struct("VFIO_DEVICE_GET_INFO", device, GET_INFO, 24, 0, 0, 0, 0, 0)
        flags = words(calls.run(address)[-1])[1]
        calls = Calls(bench)
        _, file = calls.container(group)
        device = calls.device(file, address)
        calls.value("VFIO_DEVICE_RESET", device, DEVICE_RESET, 0, expected="0" if flags & 1 else "EINVAL")
        calls.run("%s, flags %d" % (address, flags))
        bench.to_host(address)
    bench.to_host(HBA)


@test("sriov")
def a_token_joins_physical_and_virtual(bench):
    """A physical function of vfio-pci's and its virtual one: who has the one is kept from the other without a token."""
    physical, virtual = "0000:01:00.0", "0000:01:00.1"
    secret, other = "0b5ca1e5-0000-4000-8000-00000000000%d" % 1, "0b5ca1e5-0000-4000-8000-00000000000%d" % 2
    # Virtual functions of a physical one that nobody drives are nothing for a host driver: it would wait for minutes.
    autoprobe = "%s/%s/sriov_drivers_autoprobe" % (DEVICES, physical)
    bench.guest.must("echo Y >/sys/module/vfio_pci/parameters/enable_sriov; echo 0 >" + autoprobe)
    bench.to_vfio(physical)
    bench.guest.must("echo 1 >%s/%s/sriov_numvfs" % (DEVICES, physical), 120)
    bench.to_vfio(virtual)
    calls = Calls(bench)
    container, group = calls.container(bench.group_of(virtual))
    calls.device(group, virtual, expected="EACCES")
    calls.device(group, "%s vf_token=%s" % (virtual, other), expected="EACCES")
    parent = calls.open("/dev/vfio/%d" % bench.group_of(physical))
    calls.struct("VFIO_GROUP_SET_CONTAINER", parent, SET_CONTAINER, container)
    calls.device(parent, "%s vf_token=%s" % (physical, secret))
    device = calls.device(group, "%s vf_token=%s" % (virtual, secret))
    calls.device(parent, physical, expected="EACCES")
    # It is on the physical function's bus, which could be reset, and is nobody's sibling in that.
    reset_info(calls, device, 2)
    hot_reset(calls, device, group, expected="EINVAL")
    calls.run("tokens")
    bench.guest.must("echo 0 >%s/%s/sriov_numvfs; echo N >/sys/module/vfio_pci/parameters/enable_sriov; echo 1 >%s"
                     % (DEVICES, physical, autoprobe), 120)
    bench.to_host(physical)


@test("no-remapping")
def interrupts_that_nothing_confines(bench):
    """EPERM for another reason than a host driver, from both uAPIs, and the program tells them apart; the module's
    parameter lets it pass."""
    bench.to_vfio(NIC)
    bench.unbind(HBA)
    modules = {"explicit": "vfio_iommu_type1", "iommufd": "iommufd"}
    calls = Calls(bench)
    container, group = calls.open("/dev/vfio/vfio"), calls.open("/dev/vfio/5")
    calls.struct("VFIO_GROUP_SET_CONTAINER", group, SET_CONTAINER, container)
    calls.value("VFIO_SET_IOMMU", container, SET_IOMMU, TYPE1V2, expected="EPERM")
    calls.run("container")
    if bench.kernel.iommufd:
        calls = Calls(bench)
        context, device = calls.open("/dev/iommu"), calls.open(node(bench, NIC))
        calls.struct("VFIO_DEVICE_BIND_IOMMUFD", device, BIND, 16, 0, context, 0, expected="EPERM")
        calls.run("iommufd")
    for model in models(bench):
        code, said = attach(bench, NIC, model)
        call = said["calls"][-1]
        bench.equal("%s: refused as the rules say" % model, (code, call["errno"], said["differences"]), (1, "EPERM", []))
        bench.check("%s: interrupts are named, no driver is" % model,
                    "interrupt" in call["why"] and "sym53c8xx" not in call["why"], call)
        parameter = "/sys/module/%s/parameters/allow_unsafe_interrupts" % modules[model]
        bench.guest.must("echo Y >" + parameter)
        code, said = attach(bench, NIC, model)
        bench.equal("%s: allowed, it attaches" % model, (code, said["outcome"], said["differences"]), (0, "attached", []))
        bench.guest.must("echo N >" + parameter)
    bench.to_host(HBA)
    bench.to_host(NIC)


@test("no-iommu", kernels=("built",))
def a_group_that_vfio_made_up(bench):
    """Without an IOMMU VFIO makes up a group for whoever asks for none: root may have it, a user may not."""
    refused = bench.guest.viable("attach", NIC, "--model", "explicit")
    bench.check("attach without any group", refused.code == 69 and NIC in refused.err, refused)
    bench.guest.must("echo Y >/sys/module/vfio/parameters/enable_unsafe_noiommu_mode")
    bench.to_vfio(NIC)
    calls = Calls(bench)
    container, group = calls.open("/dev/vfio/vfio"), calls.open("/dev/vfio/noiommu-0")
    calls.struct("VFIO_GROUP_SET_CONTAINER", group, SET_CONTAINER, container)
    calls.value("VFIO_SET_IOMMU", container, SET_IOMMU, TYPE1V2, expected="ENODEV")
    calls.value("VFIO_SET_IOMMU", container, SET_IOMMU, NO_IOMMU)
    calls.device(group, NIC)
    calls.run("root")
    bench.guest.must("chown guest /dev/vfio/noiommu-0")
    calls = Calls(bench)
    calls.open("/dev/vfio/noiommu-0", expected="EPERM")
    calls.run("a user", user="guest")
    seen = bench.guest.viable("check", NIC, "--json")
    bench.check("to the program it is none", seen.code != 0 and '"group":null' in seen.out.replace(" ", "") + seen.err
                or "no IOMMU" in seen.err, seen)
    bench.to_host(NIC)
    bench.guest.must("echo N >/sys/module/vfio/parameters/enable_unsafe_noiommu_mode")
