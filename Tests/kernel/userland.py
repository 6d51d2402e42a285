"""A small Debian for the guests that hand devices over: what people hand them to (DPDK's testpmd, QEMU), and what keeps an
assignment over a reboot (driverctl, udev, systemd).

The packages are fetched, not installed, and of what they hold only what is needed is kept, with the libraries that the
loader finds for it; the rest of those, bash and QEMU are this machine's own. Made once a machine and kept beside the
kernels as an ext2 image, which every guest has as its root file system and none may keep changed, unless a test boots
one twice.
"""
import glob
import os
import re
import shutil
import subprocess
import tempfile

import initramfs
import kernels

PACKAGES = ["dpdk-dev", "ibverbs-providers", "driverctl", "udev", "systemd"]
# Drivers that testpmd loads from its folder: two buses, memory, and the NICs of the scenes.
PLUGINS = ["bus_pci", "bus_vdev", "mempool_ring", "net_e1000"]
# What is kept of the packages. systemd's generators look for what no guest has.
KEPT = ["usr/bin/dpdk-testpmd", "usr/sbin/driverctl", "etc/driverctl.d", "usr/bin/udevadm", "usr/lib/udev/**",
        "usr/lib/systemd/systemd", "usr/lib/systemd/systemd-udevd", "usr/lib/systemd/systemd-shutdown",
        "usr/lib/systemd/system/**", "usr/bin/systemctl", "etc/udev/**"]
DROPPED = re.compile(r"/hwdb\.d/")
# Of this machine: programs, and the files that QEMU cannot start without.
PROGRAMS = ["/bin/bash", "/usr/bin/qemu-system-x86_64"]
PARTS = ["/usr/lib/x86_64-linux-gnu/qemu/accel-tcg-x86_64.so"]
FIRMWARE = ["bios-256k.bin", "kvmvapic.bin", "efi-e1000.rom", "efi-e1000e.rom"]
FIRMWARE_FOLDERS = ["/usr/share/qemu", "/usr/share/seabios", "/usr/lib/ipxe/qemu"]
LIBRARIES = "usr/lib/x86_64-linux-gnu"
MERGED = ("bin", "sbin", "lib", "lib64")
FOLDERS = ["dev", "proc", "sys", "run", "tmp", "root", "mnt", "var/lib", "etc", "usr/bin", "usr/sbin", "usr/lib64",
           LIBRARIES]
# The first process of a userland without systemd.
START = "#!/bin/sh\nsetsid /agent\npoweroff -f"
# systemd's only target in a guest: devices are looked at by udev, and the agent answers.
UNITS = {
    "guest.target": "[Unit]\nRequires=systemd-udevd.service systemd-udev-trigger.service agent.service\n"
                    "After=agent.service\nDefaultDependencies=no\n",
    "agent.service": "[Unit]\nDefaultDependencies=no\nAfter=systemd-udev-trigger.service\n[Service]\n"
                     "ExecStart=/agent\nEnvironment=HOME=/root LANG=C.UTF-8\n",
}


def image():
    """The image's path; made if this is the first time."""
    packages = closure(PACKAGES)
    # The number goes up with what is made of the same packages.
    name = "userland-4-" + kernels.checksum("\n".join(packages + KEPT + PLUGINS + PROGRAMS + PARTS + FIRMWARE).encode()
                                          + repr((UNITS, START, initramfs.TEXTS, version("qemu-system-x86"))).encode())
    with kernels.once(name) as making:
        if making.missing:
            make(packages, making.folder)
    return os.path.join(making.folder, "image")


def version(package):
    said = subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], capture_output=True, text=True)
    return said.stdout


def closure(packages):
    """NAME=VERSION of the packages and of every library of theirs that this machine has not installed."""
    known = kernels.run(["dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\\n"], "/")
    installed = set(re.findall(r"^(\S+) installed$", known, re.M))
    found, todo = {}, set(packages)
    while todo:
        shown = kernels.run(["apt-cache", "show", "--no-all-versions", *sorted(todo)], "/")
        found.update(re.findall(r"^Package: (\S+)$.*?^Version: (\S+)$", shown, re.M | re.S))
        if not todo <= found.keys():
            raise RuntimeError("apt knows no " + ", ".join(todo - found.keys()))
        wanted = ",".join(re.findall(r"^(?:Pre-)?Depends: (.*)", shown, re.M))
        names = re.findall(r"(?:^|,)\s*([a-z0-9+.-]+)", wanted)
        todo = {name for name in names if name.startswith("lib") and not name.endswith("-dev")}
        todo -= installed | found.keys()
    return sorted("%s=%s" % pair for pair in found.items())


def make(packages, folder):
    print("userland: fetching %d packages, once" % len(packages), flush=True)
    with tempfile.TemporaryDirectory(prefix="viable-userland-", dir=folder) as place:
        os.chmod(place, 0o755)
        fetched, root = os.path.join(place, "fetched"), os.path.join(place, "root")
        for name in FOLDERS:
            os.makedirs(os.path.join(root, name))
        merge(root)
        os.makedirs(fetched)
        merge(fetched)
        kernels.run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", *packages], place)
        for package in glob.glob(os.path.join(place, "*.deb")):
            unpack(package, fetched)
            os.remove(package)
        keep(fetched, root)
        settle(root)
        size = int(kernels.run(["du", "-sm", root], place).split()[0])
        kernels.run(["/sbin/mke2fs", "-q", "-t", "ext2", "-L", "userland", "-E", "root_owner=0:0", "-d", root,
                     os.path.join(folder, "image"), "%dM" % (size * 5 // 4 + 128)], place)
    kernels.write(os.path.join(folder, "release"), "%d MB" % size)


def merge(root):
    """/bin and the others are links into /usr, as on every Debian of today."""
    for name in MERGED:
        os.makedirs(os.path.join(root, "usr", name), exist_ok=True)
        os.symlink("usr/" + name, os.path.join(root, name))


def unpack(package, root):
    """Through tar, which keeps the links of the merged folders; dpkg would put a folder in their place."""
    data = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "--keep-directory-symlink", "-C", root], stdin=data.stdout, check=True)
    if data.wait():
        raise RuntimeError("cannot unpack " + package)


def keep(fetched, root):
    """Copies what is kept, with its libraries."""
    wanted, plugins = [], []
    for pattern in KEPT:
        found = glob.glob(os.path.join(fetched, pattern), recursive=True)
        if not found:
            raise RuntimeError("no %s in the packages" % pattern)
        wanted += found
    for name in PLUGINS:
        pattern = os.path.join(LIBRARIES, "dpdk", "pmds-*", "librte_%s.so" % name)
        where = next((place for place in (fetched, "/") if glob.glob(os.path.join(place, pattern))), None)
        if not where:
            raise RuntimeError("no %s in the packages" % pattern)
        plugin, = glob.glob(os.path.join(where, pattern))
        # A link, or what testpmd itself is linked to would be there twice.
        library, place = os.path.basename(os.readlink(plugin)), os.path.join(root, os.path.relpath(plugin, where))
        copy(os.path.realpath(plugin), os.path.join(os.path.dirname(place), library))
        os.symlink(library, place)
        plugins.append(plugin)
    programs = plugins + PARTS
    for path in wanted:
        inside = os.path.relpath(path, fetched)
        if DROPPED.search(path):
            continue
        copy(path, os.path.join(root, inside))
        if is_program(path):
            programs.append(path)
    for path in PROGRAMS:
        copy(path, root + "/usr/bin/" + os.path.basename(path))
    for path in PARTS:
        copy(path, root + path)
    for library in libraries(programs + PROGRAMS, fetched):
        inside = os.path.relpath(library, fetched) if library.startswith(fetched) else library.lstrip("/")
        inside = inside if inside.startswith("usr/") else "usr/" + inside
        copy(os.path.realpath(library), os.path.join(root, inside))
    for name in FIRMWARE:
        found = [os.path.join(folder, name) for folder in FIRMWARE_FOLDERS if os.path.exists(os.path.join(folder, name))]
        if found:
            copy(os.path.realpath(found[0]), os.path.join(root, "usr/share/qemu", name))


def copy(source, target):
    if os.path.isdir(source) and not os.path.islink(source):
        os.makedirs(target, exist_ok=True)
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.copy2(source, target, follow_symlinks=False)


def is_program(path):
    """Whether the loader has a say in it."""
    if os.path.islink(path) or not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def libraries(programs, fetched):
    """The shared objects that programs ask for, those of the packages before this machine's."""
    folders = [os.path.join(fetched, LIBRARIES), os.path.join(fetched, LIBRARIES, "systemd"),
               os.path.join(fetched, "usr/lib/systemd")]
    environment = {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": ":".join(folders)}
    found = set()
    for program in programs:
        said = subprocess.run(["ldd", program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env=environment).stdout
        absent = re.findall(r"(\S+) => not found", said)
        if absent:
            raise RuntimeError("%s lacks %s" % (program, ", ".join(absent)))
        found.update(re.findall(r"(/\S+) \(0x", said))
    return sorted(found)


def settle(root):
    """What no package brings: who there is, what is started, and busybox for every command that is not there."""
    for name, text in UNITS.items():
        kernels.write(os.path.join(root, "usr/lib/systemd/system", name), text)
    for path, text in initramfs.TEXTS.items():
        kernels.write(root + path, text.rstrip("\n"))
    kernels.write(os.path.join(root, "start"), START)
    os.chmod(os.path.join(root, "start"), 0o755)
    copy(initramfs.BUSYBOX, os.path.join(root, "usr/bin/busybox"))
    for name in initramfs.applets():
        if not os.path.lexists(os.path.join(root, "usr/bin", name)):
            os.symlink("busybox", os.path.join(root, "usr/bin", name))
    os.symlink("../bin/busybox", os.path.join(root, "usr/sbin/modprobe"))
    os.symlink("/run", os.path.join(root, "var/run"))
    os.chmod(os.path.join(root, "tmp"), 0o1777)


if __name__ == "__main__":
    print(image())
