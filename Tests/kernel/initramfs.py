"""The guest's files as an initramfs: busybox, the program with what it is linked to, a terminal's description, and
the kernel's modules. Written as a newc archive by ourselves: no root, no mounts, the same bytes for the same files."""
import os
import re
import stat
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
BUSYBOX, STRACE = "/bin/busybox", "/usr/bin/strace"
# Read by the program when they are there; a guest without them would not be a Debian.
SHARED = ["/lib/terminfo/l/linux", "/lib/terminfo/v/vt100", "/usr/lib/locale/C.utf8/LC_CTYPE",
          "/usr/share/misc/pci.ids"]
# Programs of the tests' own.
PROBES = ("hold", "given", "calls")
FOLDERS = ["/dev", "/proc", "/sys", "/tmp", "/run", "/root", "/mnt", "/var/lib", "/usr/bin", "/usr/sbin", "/sbin",
           "/bin"]
TEXTS = {
    "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\nguest:x:1000:1000:guest:/tmp:/bin/sh\n",
    "/etc/group": "root:x:0:\nguest:x:1000:\n",
    "/etc/hostname": "guest\n",
    "/etc/machine-id": "0123456789abcdef0123456789abcdef\n",
}


class Archive:
    """A newc archive that grows."""

    def __init__(self):
        self.parts, self.number, self.folders = [], 0, set()

    def entry(self, path, mode, data=b""):
        name = path.lstrip("/").encode() + b"\0"
        self.number += 1
        head = "070701" + "".join("%08X" % value for value in (
            self.number, mode, 0, 0, 2 if stat.S_ISDIR(mode) else 1, 0, len(data), 0, 0, 0, 0, len(name), 0))
        for part in (head.encode() + name, data):
            self.parts.append(part + b"\0" * (-len(part) % 4))

    def folder(self, path):
        path = path.rstrip("/")
        if path and path not in self.folders:
            self.folder(os.path.dirname(path))
            self.folders.add(path)
            self.entry(path, stat.S_IFDIR | 0o755)

    def file(self, path, data, mode=0o644):
        self.folder(os.path.dirname(path))
        self.entry(path, stat.S_IFREG | mode, data)

    def copy(self, source, path, mode=None):
        with open(source, "rb") as file:
            self.file(path, file.read(), mode or (0o755 if os.access(source, os.X_OK) else 0o644))

    def link(self, path, target):
        self.folder(os.path.dirname(path))
        self.entry(path, stat.S_IFLNK | 0o777, target.encode())

    def finish(self):
        self.entry("TRAILER!!!", 0)
        return b"".join(self.parts)


def libraries(program):
    """The shared objects a program asks for, the loader included; none for a static one."""
    said = subprocess.run(["ldd", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return sorted(set(re.findall(r"(/\S+) \(0x", said)))


def stripped(program, folder):
    """The program without symbols: half the size to load into every guest."""
    out = os.path.join(folder, os.path.basename(program) + ".stripped")
    subprocess.run(["strip", "-o", out, program], check=True)
    return out


def probe(name, folder):
    """A program of the tests' own, NAME.c, compiled: a static one."""
    out = os.path.join(folder, name)
    subprocess.run(["gcc", "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-static", "-o", out,
                    os.path.join(HERE, name + ".c")], check=True)
    return out


def applets():
    return subprocess.run([BUSYBOX, "--list"], capture_output=True, text=True, check=True).stdout.split()


def make(kernel, binary, folder):
    """The initramfs for a kernel and a binary; its path."""
    archive = Archive()
    for path in FOLDERS:
        archive.folder(path)
    archive.copy(BUSYBOX, "/bin/busybox")
    for name in applets():
        if name != "busybox":
            archive.link("/bin/" + name, "busybox")
    archive.link("/sbin/modprobe", "/bin/busybox")
    for path, text in TEXTS.items():
        archive.file(path, text.encode())
    for name in ("init", "agent"):
        archive.copy(os.path.join(HERE, name), "/" + name, 0o755)
    archive.copy(stripped(binary, folder), "/usr/bin/viable", 0o755)
    for name in PROBES:
        archive.copy(probe(name, folder), "/usr/bin/" + name, 0o755)
    archive.copy(STRACE, STRACE)
    shared = libraries(binary) + libraries(STRACE) + [path for path in SHARED if os.path.exists(path)]
    for path in dict.fromkeys(shared):
        archive.copy(path, path)
    if kernel.modules:
        for place, _, names in os.walk(kernel.modules):
            for name in sorted(names):
                source = os.path.join(place, name)
                archive.copy(source, "/" + os.path.relpath(source, kernel.modules))
    out = os.path.join(folder, "initramfs-" + kernel.name)
    with open(out, "wb") as file:
        file.write(archive.finish())
    return out
