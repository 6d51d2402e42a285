"""The two kernels that the guests boot, made once a machine and kept outside the checkout.

`stock` is Debian's linux-image-6.12-amd64 with a few of its modules: VFIO with groups and containers, no iommufd.
`built` is linux-source-6.12 with tinyconfig and built.config: everything built in, VFIO both ways, and iommufd.
"""
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager

HERE = os.path.dirname(os.path.abspath(__file__))
FRAGMENT = os.path.join(HERE, "built.config")
STOCK_PACKAGE, SOURCE_PACKAGE = "linux-image-6.12-amd64", "linux-source-6.12"

# The stock kernel's modules that the scenes need; what these depend on comes with them. ext4 also mounts ext2, and
# asks for crc32c when it does, which no dependency tells.
MODULES = ["vfio-pci", "vfio_iommu_type1", "pci-stub", "e1000", "e1000e", "sym53c8xx", "nvme", "sd_mod", "ext4",
           "crc32c_generic", "loop", "dm-mod", "raid1", "bridge", "bonding", "8021q", "dummy"]


class Kernel:
    """A kernel that can be booted: its name, release, image, and its modules' folder (or None: all built in)."""

    def __init__(self, name, folder):
        self.name, self.folder = name, folder
        self.image = os.path.join(folder, "vmlinuz")
        self.release = open(os.path.join(folder, "release")).read().strip()
        modules = os.path.join(folder, "modules")
        self.modules = modules if os.path.isdir(modules) else None
        self.iommufd = name == "built"


def cache():
    """Where kernels are kept: $XDG_CACHE_HOME/viable/kernels."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = os.path.join(home, "viable", "kernels")
    os.makedirs(folder, exist_ok=True)
    return folder


def get(name):
    """The kernel of that name, fetched or built if this is the first time."""
    return {"stock": stock, "built": built}[name]()


def stock():
    package = real_package(STOCK_PACKAGE)
    with once("stock-%s-%s" % (package.replace("=", "-"), checksum(" ".join(MODULES).encode()))) as making:
        if making.missing:
            unpack_stock(package, making.folder)
    return Kernel("stock", making.folder)


def built():
    version = candidate(SOURCE_PACKAGE)
    with open(FRAGMENT, "rb") as fragment:
        name = "built-%s-%s" % (version, checksum(fragment.read()))
    with once(name) as making:
        if making.missing:
            build(version, making.folder)
    return Kernel("built", making.folder)


def checksum(data):
    return hashlib.sha256(data).hexdigest()[:12]


class Making:
    def __init__(self, folder):
        self.folder = folder
        self.missing = not os.path.exists(os.path.join(folder, "release"))


@contextmanager
def once(name):
    """A folder of the cache; whoever finds it missing makes it while the others wait. `release` is written last."""
    with open(os.path.join(cache(), name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        making = Making(os.path.join(cache(), name))
        if making.missing:
            # What a making that was interrupted left behind.
            shutil.rmtree(making.folder, ignore_errors=True)
            os.makedirs(making.folder)
        yield making


def run(command, folder, log=None):
    """Runs a command, what it says to a file if there is one; when it fails, the end of that is the error."""
    with open(log, "a+") if log else tempfile.TemporaryFile("w+") as said:
        if log:
            said.write("$ %s\n" % " ".join(command))
            said.flush()
        start = said.tell()
        code = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said).returncode
        said.seek(start)
        text = said.read()
    if code:
        raise RuntimeError("%s failed (%d):\n%s" % (" ".join(command), code, text[-3000:]))
    return text


def candidate(package):
    """The version that apt would install."""
    policy = run(["apt-cache", "policy", package], "/")
    found = re.search(r"Candidate: (\S+)", policy)
    if not found or found[1] == "(none)":
        raise RuntimeError("apt knows no %s: is bookworm-security among its sources?" % package)
    return found[1]


def real_package(meta):
    """`linux-image-6.12-amd64` only names the real package: NAME=VERSION of that."""
    shown = run(["apt-cache", "show", "--no-all-versions", meta], "/")
    found = re.search(r"^Depends:.*?(linux-image-[\w.+-]+) \(= ([^)]+)\)", shown, re.M)
    if not found:
        raise RuntimeError("cannot tell which package %s stands for:\n%s" % (meta, shown))
    return "%s=%s" % (found[1], found[2])


@contextmanager
def downloaded(package, near):
    """The package's files unpacked into a folder that goes away; nothing is installed."""
    with tempfile.TemporaryDirectory(prefix="viable-kernel-", dir=near) as folder:
        os.chmod(folder, 0o755)
        run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package], folder)
        file = next(name for name in os.listdir(folder) if name.endswith(".deb"))
        run(["dpkg", "-x", file, "tree"], folder)
        os.remove(os.path.join(folder, file))
        yield os.path.join(folder, "tree")


def unpack_stock(package, folder):
    print("kernel: fetching %s" % package, flush=True)
    with downloaded(package, folder) as tree:
        image = next(name for name in os.listdir(os.path.join(tree, "boot")) if name.startswith("vmlinuz-"))
        release = image[len("vmlinuz-"):]
        lib = os.path.join(tree, "lib", "modules", release)
        # depmod knows what depends on what; kept are those that the scenes need, uncompressed for busybox.
        run(["/sbin/depmod", "-b", tree, release], tree)
        kept = needed(os.path.join(lib, "modules.dep"), MODULES)
        base = os.path.join(folder, "modules")
        target = os.path.join(base, "lib", "modules", release)
        for path in kept:
            place = os.path.join(target, re.sub(r"\.xz$", "", path))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "wb") as out:
                subprocess.run(["xz", "-dc", os.path.join(lib, path)], stdout=out, check=True)
        for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
            shutil.copy(os.path.join(lib, name), target)
        run(["/sbin/depmod", "-b", base, release], folder)
        shutil.copy(os.path.join(tree, "boot", image), os.path.join(folder, "vmlinuz"))
    write(os.path.join(folder, "release"), release)


def needed(dependencies, wanted):
    """The paths of the wanted modules and of all they depend on."""
    after, path_of = {}, {}
    for line in open(dependencies):
        path, _, rest = line.partition(":")
        after[path] = rest.split()
        path_of[module_name(path)] = path
    missing = [name for name in wanted if module_name(name) not in path_of]
    if missing:
        raise RuntimeError("the stock kernel has no module " + ", ".join(missing))
    chosen = [path_of[module_name(name)] for name in wanted]
    return sorted({path for first in chosen for path in [first, *after[first]]})


def module_name(path):
    return re.sub(r"\.ko(\.xz)?$", "", os.path.basename(path)).replace("-", "_")


def build(version, folder):
    print("kernel: building %s %s (once; ten minutes on two cores)" % (SOURCE_PACKAGE, version), flush=True)
    log = os.path.join(folder, "build.log")
    with downloaded("%s=%s" % (SOURCE_PACKAGE, version), folder) as tree:
        archive = os.path.join(tree, "usr", "src", SOURCE_PACKAGE + ".tar.xz")
        run(["tar", "-xJf", archive], tree)
        source = os.path.join(tree, SOURCE_PACKAGE)
        run(["make", "tinyconfig"], source, log)
        run(["scripts/kconfig/merge_config.sh", "-m", ".config", FRAGMENT], source, log)
        run(["make", "olddefconfig"], source, log)
        refused = dropped(FRAGMENT, os.path.join(source, ".config"))
        if refused:
            raise RuntimeError("this kernel's configuration did not take " + ", ".join(refused))
        shutil.copy(os.path.join(source, ".config"), os.path.join(folder, "config"))
        run(["nice", "-n", "10", "make", "-j%d" % len(os.sched_getaffinity(0)), "bzImage"], source, log)
        shutil.copy(os.path.join(source, "arch", "x86", "boot", "bzImage"), os.path.join(folder, "vmlinuz"))
        release = run(["make", "-s", "kernelrelease"], source).strip()
    write(os.path.join(folder, "release"), release)


def dropped(fragment, config):
    """The lines of the fragment that the finished configuration does not hold."""
    def settings(path):
        with open(path) as file:
            text = file.read()
        return dict(re.findall(r"^(CONFIG_\w+)=(\S+)", text, re.M))
    has = settings(config)
    return sorted("%s=%s" % (name, value) for name, value in settings(fragment).items() if has.get(name, "n") != value)


def write(path, text):
    with open(path, "w") as file:
        file.write(text + "\n")


if __name__ == "__main__":
    for kernel in sys.argv[1:] or ("stock", "built"):
        made = get(kernel)
        print("%s %s %s" % (made.name, made.release, made.folder))
