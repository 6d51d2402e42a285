"""Devices that a process holds open: who it is, and what happens to those who want them."""
from bench import test

NIC, HBA = "0000:02:01.0", "0000:02:02.0"


def holding(bench, *words):
    said, pid = bench.hold(*words)
    if pid is None:
        raise AssertionError("nothing is held: %s" % said)
    return pid


@test("seed")
def the_holder_is_named(bench):
    """A group node that a process has open: the group is owned, and the process is named."""
    bench.to_vfio(NIC)
    bench.unbind(HBA)
    pid = holding(bench, "group", "5", NIC)
    checked = bench.guest.viable("check", "02:01.0", "--json")
    result = checked.json()["results"][0]
    bench.equal("check", (checked.code, result["viable"]), (1, False))
    bench.check("who has it", any(b.get("process") == pid and b.get("command") == "hold" for b in result["blockers"]),
                result["blockers"])
    bench.check("in words", "hold (pid %d)" % pid in bench.guest.viable("check", "02:01.0").out)
    bench.let_go(pid)
    bench.equal("afterwards", bench.guest.viable("check", "02:01.0").code, 0)
    bench.to_host(NIC)
    bench.to_host(HBA)


@test("seed", kernels=("built",))
def the_holder_of_a_cdev_is_named(bench):
    """The same through iommufd; the group's node is then busy."""
    bench.to_vfio(NIC)
    bench.unbind(HBA)
    pid = holding(bench, "cdev", "/dev/vfio/devices/vfio0")
    result = bench.guest.viable("check", "02:01.0", "--json").json()["results"][0]
    bench.check("who has it", any(b.get("process") == pid for b in result["blockers"]), result["blockers"])
    bench.equal("the group's node", bench.hold("open", "/dev/vfio/5")[0], ["open /dev/vfio/5 EBUSY"])
    bench.let_go(pid)
    bench.equal("afterwards", bench.guest.viable("check", "02:01.0").code, 0)
    bench.to_host(NIC)
    bench.to_host(HBA)


@test("seed")
def a_host_driver_cannot_take_a_member_of_an_owned_group(bench):
    """The kernel refuses both ways, and the program shows the device without a driver."""
    bench.to_vfio(NIC)
    bench.unbind(HBA)
    pid = holding(bench, "group", "5", NIC)
    bound = bench.guest.sh("echo %s >/sys/bus/pci/drivers/sym53c8xx/bind" % HBA)
    bench.check("bind", bound.code and "Device or resource busy" in bound.err, bound)
    probed = bench.guest.sh("echo %s >/sys/bus/pci/drivers_probe" % HBA)
    bench.check("drivers_probe", probed.code and "Invalid argument" in probed.err, probed)
    shown = bench.guest.viable("show", HBA, "--json").json()["devices"][0]
    bench.equal("the HBA", (shown["driver"], shown["state"]), (None, "free"))
    bench.let_go(pid)
    bench.to_host(HBA)
    bench.to_host(NIC)


@test("seed")
def an_unbind_that_waits_does_not_stop_the_program(bench):
    """Unbinding a device that is held blocks in write(); looking goes on, and the unbind ends with the holder."""
    bench.to_vfio(NIC)
    bench.unbind(HBA)
    pid = holding(bench, "group", "5", NIC)
    bench.guest.must("rm -f /run/unbound; (echo %s >/sys/bus/pci/drivers/vfio-pci/unbind; touch /run/unbound) "
                     ">/dev/null 2>&1 & sleep 1" % NIC)
    bench.equal("it waits", bench.guest.sh("[ -e /run/unbound ]").code, 1)
    for words in (("list", "--full"), ("show", NIC), ("check", NIC), ("doctor",)):
        looked = bench.guest.viable(*words, seconds=20)
        bench.check("viable %s" % " ".join(words), looked.code in (0, 1), looked)
    bench.let_go(pid)
    bench.appears("/run/unbound")
    bench.check("it ends with the holder", True)
    bench.equal("the NIC", bench.drivers()[NIC], None)
    bench.to_host(NIC)
    bench.to_host(HBA)


@test("seed")
def the_disk_keeps_its_contents(bench):
    """The HBA away from its driver and back: the same file system with the same files."""
    sums = ("mkdir -p /mnt/disk && mount -t ext2 -o ro /dev/sda /mnt/disk && cat /mnt/disk/file* | md5sum; "
            "umount /mnt/disk")
    bench.appears("/dev/sda")
    before = bench.guest.must(sums)
    bench.to_vfio(HBA)
    bench.equal("no disk meanwhile", bench.guest.sh("[ -e /dev/sda ]").code, 1)
    bench.to_host(HBA)
    bench.appears("/dev/sda")
    bench.equal("contents", bench.guest.must(sums), before)
    bench.check("which are not nothing", before and not before.startswith("d41d8cd98f"), before)
