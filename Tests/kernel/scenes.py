"""The machines that the guests are: QEMU's devices, and what of them a test may rely on.

Every guest is a q35 with an Intel IOMMU that remaps DMA and interrupts. `iommu=pt` gives host drivers an identity
mapping: without it QEMU's 53c895a behind the bridge loops in DMAR faults. `no_timer_check`: on a busy machine an
emulated timer is late, and the kernel would take that for a broken IO-APIC and stop.
"""
from dataclasses import dataclass, field, replace

MACHINE = ["-M", "q35,kernel-irqchip=split,accel=tcg", "-cpu", "max", "-display", "none", "-no-reboot", "-nic", "none"]
COMMAND_LINE = "console=ttyS0 intel_iommu=on iommu=pt panic=-1 no_timer_check pty.legacy_count=0"


@dataclass(frozen=True)
class Scene:
    """A machine: QEMU device arguments, words added to the kernel's command line, modules to load (stock kernel)."""
    name: str
    about: str
    devices: tuple
    append: str = ""
    modules: tuple = ("e1000", "e1000e", "vfio_iommu_type1", "vfio-pci")
    disk: bool = False
    iommu: str = "intel-iommu,intremap=on"
    # Whether tests that name no scene run in it.
    common: bool = True
    megabytes: int = 1024
    # What the root file system's first process is, where that is a userland on a disk; and whether it is kept changed.
    start: str = ""
    keeps: bool = False
    # Emulated processors cost real ones: two only where the kernel itself does several things at once.
    processors: int = 1
    # Sets of addresses that the kernel must put in one group, each with nobody else.
    groups: tuple = ()
    # Who is on a host driver from the start, and on which.
    hosts: dict = field(default_factory=dict)


# The disk with the userland: the last device of the root bus.
ROOT = "nvme,drive=root,serial=root,addr=1d"

SEED = Scene(
    "seed", "a NIC and an HBA with a disk on one conventional bus; another NIC alone",
    ("pcie-root-port,id=rp1,chassis=1,slot=1,addr=2", "pcie-pci-bridge,id=br1,bus=rp1", "e1000,bus=br1,addr=1",
     "lsi53c895a,bus=br1,addr=2,id=hba", "scsi-hd,bus=hba.0,drive=disk,serial=seed-disk",
     "pcie-root-port,id=rp2,chassis=2,slot=2,addr=3", "e1000e,bus=rp2"),
    modules=("e1000", "e1000e", "sym53c8xx", "sd_mod", "ext4", "crc32c_generic",
             "vfio_iommu_type1", "vfio-pci"), disk=True,
    groups=(("0000:01:00.0", "0000:02:01.0", "0000:02:02.0"), ("0000:03:00.0",)),
    hosts={"0000:02:01.0": "e1000", "0000:02:02.0": "sym53c8xx", "0000:03:00.0": "e1000e"})

# The command line takes peer-to-peer redirection from the second root port: its NIC joins its group.
NO_REDIRECT = (("0000:01:00.0", "0000:02:01.0", "0000:02:02.0"), ("0000:00:03.0", "0000:03:00.0"))

SCENES = [
    SEED,
    replace(SEED, name="acs-redir", about="the seed scene, ACS redirection off at the second root port",
            append="pci=disable_acs_redir=00:03.0", groups=NO_REDIRECT),
    replace(SEED, name="acs-config", about="the seed scene, request redirection off by pci=config_acs",
            append="pci=config_acs=xx0xx@00:03.0", groups=NO_REDIRECT),
    replace(SEED, name="no-remapping", about="the seed scene, where nothing confines the interrupts of a device",
            iommu="intel-iommu,intremap=off", common=False),
    replace(SEED, name="no-iommu", about="the seed scene without an IOMMU", iommu="", groups=(), common=False),
    replace(SEED, name="hand-over", about="the seed scene with a Debian userland, for those whom devices are handed to",
            start="/start", processors=2, common=False, groups=(),
            modules=SEED.modules + ("nvme",)),
    replace(SEED, name="reboot", about="the seed scene with a Debian userland that systemd starts from a disk that lasts",
            start="/usr/lib/systemd/systemd", keeps=True, processors=2, common=False, groups=(),
            append="systemd.unit=guest.target", modules=("nvme", "ext4", "crc32c_generic", "vfio_iommu_type1")),
    Scene("switch", "two switches whose downstream ports have no ACS: two devices, and two functions of one",
          ("pcie-root-port,id=rp1,chassis=1,slot=1,addr=2", "x3130-upstream,id=up1,bus=rp1",
           "xio3130-downstream,id=down1,bus=up1,chassis=3,slot=3,addr=0", "e1000e,bus=down1",
           "xio3130-downstream,id=down2,bus=up1,chassis=4,slot=4,addr=1", "e1000e,bus=down2",
           "pcie-root-port,id=rp2,chassis=2,slot=2,addr=3", "x3130-upstream,id=up2,bus=rp2",
           "xio3130-downstream,id=down3,bus=up2,chassis=5,slot=5,addr=0.0,multifunction=on", "e1000e,bus=down3",
           "xio3130-downstream,id=down4,bus=up2,chassis=6,slot=6,addr=0.1", "e1000e,bus=down4"),
          groups=(("0000:02:00.0", "0000:03:00.0"), ("0000:02:01.0", "0000:04:00.0"),
                  ("0000:06:00.0", "0000:06:00.1", "0000:07:00.0", "0000:08:00.0")),
          hosts={"0000:%s:00.0" % bus: "e1000e" for bus in ("03", "04", "07", "08")}),
    Scene("multifunction", "a NIC of two functions that have no ACS",
          ("pcie-root-port,id=rp1,chassis=1,slot=1,addr=2", "e1000e,bus=rp1,multifunction=on,addr=0.0",
           "e1000e,bus=rp1,addr=0.1"),
          groups=(("0000:01:00.0", "0000:01:00.1"),),
          hosts={"0000:01:00.0": "e1000e", "0000:01:00.1": "e1000e"}),
    Scene("sriov", "an NVMe with four virtual functions",
          ("pcie-root-port,id=rp1,chassis=1,slot=1,addr=2", "nvme-subsys,id=subsys",
           "nvme,bus=rp1,subsys=subsys,serial=pf,sriov_max_vfs=4,sriov_vq_flexible=8,sriov_vi_flexible=4,"
           "max_ioqpairs=10,msix_qsize=8"),
          processors=2,
          modules=("nvme", "vfio_iommu_type1", "vfio-pci"),
          groups=(("0000:01:00.0",),), hosts={"0000:01:00.0": "nvme"}),
    Scene("dmi", "a conventional bridge on the root bus, another below it, a NIC on each bus",
          ("i82801b11-bridge,id=dmi,addr=1e.0", "e1000,bus=dmi,addr=2",
           "pci-bridge,id=br2,bus=dmi,addr=1,chassis_nr=5,shpc=off", "e1000,bus=br2,addr=1"),
          groups=(("0000:00:1e.0", "0000:01:01.0", "0000:01:02.0", "0000:02:01.0"),),
          hosts={"0000:01:02.0": "e1000", "0000:02:01.0": "e1000"}),
    Scene("hotplug", "an empty slot beside a NIC that can be pulled",
          ("pcie-root-port,id=rp1,chassis=1,slot=1,addr=2", "pcie-root-port,id=rp2,chassis=2,slot=2,addr=3",
           "e1000e,bus=rp2,id=nic"),
          processors=2,
          groups=(("0000:02:00.0",),), hosts={"0000:02:00.0": "e1000e"}),
]


def named(name):
    for scene in SCENES:
        if scene.name == name:
            return scene
    raise LookupError("no scene %r; there are %s" % (name, ", ".join(scene.name for scene in SCENES)))
