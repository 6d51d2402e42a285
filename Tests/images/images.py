#!/usr/bin/python3
"""images.py SCENE DIRECTORY: writes an image of a machine, the files below / that a reader of sysfs looks at.

Scenes: seed, empty, no-pci, no-iommu, hostile, groups-512, groups-5000. Tests also take the module apart and change
an image while somebody watches it, each change as a sequence of steps that the kernel could make.
"""
import os
import shutil
import struct
import sys

ROOT_PORT, ENDPOINT, TO_PCI = 4, 0, 7

NAMES = """\
1000  Broadcom / LSI
\t0012  53c895a
\t0030  53c1030 PCI-X Fusion-MPT Dual Ultra320 SCSI
1234  Technical Corp.
\t1111  VGA compatible controller
1af4  Red Hat, Inc.
\t1100  QEMU Virtual Machine
1b36  Red Hat, Inc.
\t000c  QEMU PCIe Root port
\t000e  QEMU PCIe-to-PCI bridge
8086  Intel Corporation
\t100e  82540EM Gigabit Ethernet Controller
\t10d3  82574L Gigabit Network Connection
\t10fb  82599ES 10-Gigabit SFI/SFP+ Network Connection
\t2918  82801IB (ICH9) LPC Interface Controller
\t2922  82801IR/IO/IH (ICH9R/DO/DH) 6 port SATA Controller [AHCI mode]
\t2930  82801I (ICH9 Family) SMBus Controller
\t29c0  82G33/G31/P35/P31 Express DRAM Controller
C 01  Mass storage controller
\t00  SCSI storage controller
\t06  SATA controller
\t\t01  AHCI 1.0
C 02  Network controller
\t00  Ethernet controller
C 03  Display controller
\t00  VGA compatible controller
C 06  Bridge
\t00  Host bridge
\t01  ISA bridge
\t04  PCI bridge
\t\t00  Normal decode
C 0c  Serial bus controller
\t05  SMBus
"""

HOSTILE_NAMES = b"""\
6666  \x1b[31mRed\x1b[0m \x1b]0;owned\x07 Inc.
\t0001  right \xe2\x80\xaeot tfel\xe2\x80\xac and back
\t0002  broken \xff\xfe\xc3 UTF-8
\t0003  tower e\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86\xcc\x87\xcc\x88 of marks
\t0004  \xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97 wide
\t0005  """ + b"long " * 300 + b"""
\t0006  tab\there, bell\x07, C1 \xc2\x9b31m, zero width \xe2\x80\x8b\xe2\x80\x8d
\t0007  \xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd \xf0\x9f\x87\xa9\xf0\x9f\x87\xaa \xe0\xa4\x95\xe0\xa4\xbf
"""


class Device:
    """One function: where it hangs (an address, or a root such as `pci0000:00`), what it is, who drives it."""

    def __init__(self, address, parent, ids, class_code, driver=None, group=None, port=None, buses=None, disk=None,
                 net=None, subsystem="1af4:1100"):
        self.address, self.parent, self.ids, self.class_code = address, parent, ids, class_code
        self.driver, self.group, self.port, self.buses = driver, group, port, buses
        self.disk, self.net, self.subsystem = disk, net, subsystem

    def config(self):
        """The 256 bytes of configuration space that show kind, bus numbers and the PCI Express port type."""
        vendor, device = (int(x, 16) for x in self.ids.split(":"))
        code = int(self.class_code, 16)
        space = bytearray(256)
        struct.pack_into("<HHHHBBBB", space, 0, vendor, device, 0x0007, 0x0010, 0, code & 0xff, code >> 8 & 0xff, code >> 16)
        if self.buses:
            space[0x0e] = 1
            space[0x18:0x1b] = bytes(self.buses)
        if self.port is not None:
            space[0x34] = 0x40
            struct.pack_into("<BBH", space, 0x40, 0x10, 0, 2 | self.port << 4)
        else:
            struct.pack_into("<H", space, 6, 0)
        return bytes(space)


class Image:
    """A tree on disk, and the changes that a machine goes through."""

    def __init__(self, root, iommu=True):
        self.root = str(root)
        self.iommu = iommu
        self.devices = {}
        for folder in ("sys/bus/pci/devices", "sys/bus/pci/drivers", "sys/devices", "sys/kernel", "dev", "proc"):
            os.makedirs(self.path(folder), exist_ok=True)
        if iommu:
            os.makedirs(self.path("sys/kernel/iommu_groups"), exist_ok=True)
        self.write("sys/bus/pci/drivers_probe", "")
        self.write("sys/bus/pci/drivers_autoprobe", "1\n")
        self.write("proc/sys/kernel/osrelease", "6.12.57\n")

    # files

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    def write(self, name, content):
        """Replaces a file in one step, as an attribute changes in one step."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())

    def link(self, name, target):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        relative = os.path.relpath("/" + target, os.path.dirname("/" + name))
        # Over an existing link by rename, so that no moment shows none.
        os.symlink(relative, path + ".new")
        os.replace(path + ".new", path)

    def unlink(self, name):
        os.unlink(self.path(name))

    def home(self, address):
        """The device's directory below sys/devices."""
        device = self.devices[address]
        above = "sys/devices/" + device.parent if device.parent.startswith("pci") else self.home(device.parent)
        return above + "/" + address

    # building and changing

    def driver(self, name):
        for file in ("bind", "unbind"):
            if not os.path.exists(self.path("sys/bus/pci/drivers", name, file)):
                self.write("sys/bus/pci/drivers/%s/%s" % (name, file), "")

    def add(self, device):
        """A device appears: its directory is whole before the bus lists it."""
        self.devices[device.address] = device
        home = self.home(device.address)
        self.attributes(device, home)
        self.link(home + "/subsystem", "sys/bus/pci")
        if device.disk:
            block = home + "/host2/target2:0:0/2:0:0:0/block/" + device.disk
            self.write(block + "/size", "937703088\n")
            self.link("sys/block/" + device.disk, block)
            self.link("sys/class/block/" + device.disk, block)
        if device.net:
            self.write(home + "/net/%s/address" % device.net, "52:54:00:12:34:56\n")
            self.link("sys/class/net/" + device.net, home + "/net/" + device.net)
        group, device.group = device.group, None
        driver, device.driver = device.driver, None
        if driver:
            self.bind(device.address, driver)
        if group is not None:
            self.move(device.address, group)
        self.link("sys/bus/pci/devices/" + device.address, home)

    def attributes(self, device, home):
        vendor, product = device.ids.split(":")
        sub_vendor, sub_product = device.subsystem.split(":")
        code = device.class_code
        alias = "pci:v0000%sd0000%ssv0000%ssd0000%sbc%ssc%si%s\n" % tuple(
            x.upper() for x in (vendor, product, sub_vendor, sub_product, code[:2], code[2:4], code[4:]))
        values = {"vendor": "0x%s\n" % vendor, "device": "0x%s\n" % product, "class": "0x%s\n" % code,
                  "revision": "0x02\n", "subsystem_vendor": "0x%s\n" % sub_vendor,
                  "subsystem_device": "0x%s\n" % sub_product, "modalias": alias, "irq": "0\n",
                  "enable": "%d\n" % bool(device.driver), "driver_override": "(null)\n", "numa_node": "-1\n",
                  "power_state": "D0\n", "power/runtime_status": "active\n", "power/control": "on\n",
                  "uevent": "PCI_SLOT_NAME=%s\nMODALIAS=%s" % (device.address, alias)}
        if device.buses:
            values["secondary_bus_number"] = "%d\n" % device.buses[1]
            values["subordinate_bus_number"] = "%d\n" % device.buses[2]
        for name, value in values.items():
            self.write(home + "/" + name, value)
        self.write(home + "/config", device.config())

    def remove(self, address):
        """A device goes: out of the bus first, then its directory with all below it."""
        for below in [d.address for d in self.devices.values() if d.parent == address]:
            self.remove(below)
        home = self.home(address)
        self.unlink("sys/bus/pci/devices/" + address)
        self.bind(address, None)
        self.move(address, None)
        shutil.rmtree(self.path(home))
        device = self.devices.pop(address)
        for kind, name in (("block", device.disk), ("net", device.net)):
            if name:
                self.unlink("sys/class/%s/%s" % (kind, name))
        if device.disk:
            self.unlink("sys/block/" + device.disk)
        return device

    def bind(self, address, driver):
        """Another driver, or none."""
        device = self.devices[address]
        home = self.home(address)
        if device.driver:
            self.unlink("sys/bus/pci/drivers/%s/%s" % (device.driver, address))
        if driver:
            self.driver(driver)
            self.link("sys/bus/pci/drivers/%s/%s" % (driver, address), home)
            self.link(home + "/driver", "sys/bus/pci/drivers/" + driver)
        elif device.driver:
            self.unlink(home + "/driver")
        device.driver = driver

    def move(self, address, group):
        """Another group, or none."""
        device = self.devices[address]
        if not self.iommu or device.group == group:
            return
        home, before = self.home(address), device.group
        if group is not None:
            place = "sys/kernel/iommu_groups/%d" % group
            if not os.path.isdir(self.path(place)):
                self.write(place + "/type", "DMA-FQ\n")
                self.write(place + "/reserved_regions", "0x00000000fee00000 0x00000000feefffff msi\n")
            self.link(place + "/devices/" + address, home)
            self.link(home + "/iommu_group", place)
        if before is not None:
            place = "sys/kernel/iommu_groups/%d" % before
            self.unlink(place + "/devices/" + address)
            if group is None:
                self.unlink(home + "/iommu_group")
            if not os.listdir(self.path(place, "devices")):
                shutil.rmtree(self.path(place))
        device.group = group

    def override(self, address, driver):
        self.write(self.home(address) + "/driver_override", (driver or "(null)") + "\n")

    def names(self, content=NAMES):
        """A pci.ids of its own; its path is for VIABLE_PCIIDS."""
        self.write("pci.ids", content)
        return self.path("pci.ids")


def seed(root, iommu=True):
    """The NIC and the HBA behind one PCIe-to-PCI bridge: what the whole project is about."""
    image = Image(root, iommu)
    for driver in ("e1000", "e1000e", "sym53c8xx", "ahci", "pcieport", "i801_smbus", "lpc_ich", "vfio-pci", "pci-stub"):
        image.driver(driver)
    root_bus = "pci0000:00"
    for device in (
        Device("0000:00:00.0", root_bus, "8086:29c0", "060000", group=0),
        Device("0000:00:01.0", root_bus, "1234:1111", "030000", group=1),
        Device("0000:00:02.0", root_bus, "1b36:000c", "060400", "pcieport", 2, ROOT_PORT, (0, 1, 2)),
        Device("0000:00:03.0", root_bus, "1b36:000c", "060400", "pcieport", 3, ROOT_PORT, (0, 3, 3)),
        Device("0000:00:1f.0", root_bus, "8086:2918", "060100", "lpc_ich", 4),
        Device("0000:00:1f.2", root_bus, "8086:2922", "010601", "ahci", 4),
        Device("0000:00:1f.3", root_bus, "8086:2930", "0c0500", "i801_smbus", 4),
        Device("0000:01:00.0", "0000:00:02.0", "1b36:000e", "060400", None, 5, TO_PCI, (1, 2, 2)),
        Device("0000:02:01.0", "0000:01:00.0", "8086:100e", "020000", "e1000", 5, net="eth0"),
        Device("0000:02:02.0", "0000:01:00.0", "1000:0012", "010000", "sym53c8xx", 5, disk="sda"),
        Device("0000:03:00.0", "0000:00:03.0", "8086:10d3", "020000", "e1000e", 6, ENDPOINT, net="eth1"),
    ):
        image.add(device)
    image.names()
    return image


def empty(root):
    """A bus without a single function."""
    image = Image(root)
    image.names()
    return image


def no_pci(root):
    """A root without PCI at all."""
    os.makedirs(os.path.join(str(root), "sys/kernel"), exist_ok=True)
    return None


def no_iommu(root):
    return seed(root, iommu=False)


def hostile(root):
    """Names that would act on a terminal, in every place that a name can come from."""
    image = Image(root)
    for number in range(1, 8):
        image.add(Device("0000:00:%02x.0" % number, "pci0000:00", "6666:%04x" % number, "020000", "e1000", number))
    strange = "e\x1b[31m\u202ex\u0301"
    image.bind("0000:00:01.0", strange)
    image.write(image.home("0000:00:02.0") + "/vendor", b"\x00\xff\x1b[2J garbage")
    image.write(image.home("0000:00:03.0") + "/class", b"")
    image.write(image.home("0000:00:04.0") + "/numa_node", b"9" * 100000)
    image.write(image.home("0000:00:05.0") + "/net/\x1b]2;x\x07/address", "")
    image.write(image.home("0000:00:06.0") + "/driver_override", "vfio\x1b[7m-pci\n")
    image.names(HOSTILE_NAMES)
    return image


def groups(root, count):
    """Many groups, every fourth of two members, below one root port a bus."""
    image = Image(root)
    made, bus = 0, 0
    while made < count:
        bus += 1
        port = "%04x:00:%02x.%d" % (bus >> 8, bus >> 3 & 0x1f, bus & 7)
        home = "%04x:%02x" % (bus >> 8, bus & 0xff or 0xff)
        image.add(Device(port, "pci%04x:00" % (bus >> 8), "1b36:000c", "060400", "pcieport", made, ROOT_PORT,
                         (0, bus & 0xff or 0xff, bus & 0xff or 0xff)))
        made += 1
        for slot in range(0x20):
            if made >= count:
                break
            for function in range(2 if made % 4 == 0 else 1):
                driver = ("e1000e", "vfio-pci", None)[(made + function) % 3]
                image.add(Device("%s:%02x.%d" % (home, slot, function), port, "8086:10fb", "020000", driver, made, ENDPOINT))
            made += 1
    image.names()
    return image


SCENES = {"seed": seed, "empty": empty, "no-pci": no_pci, "no-iommu": no_iommu, "hostile": hostile,
          "groups-512": lambda root: groups(root, 512), "groups-5000": lambda root: groups(root, 5000)}


def main(arguments):
    if len(arguments) != 2 or arguments[0] not in SCENES:
        sys.exit(__doc__)
    if os.path.lexists(arguments[1]) and os.listdir(arguments[1]):
        sys.exit("%s is not empty" % arguments[1])
    SCENES[arguments[0]](arguments[1])


if __name__ == "__main__":
    main(sys.argv[1:])
