"""strace of whole acts: what is written, run, opened and asked is what the preview showed, and nothing else."""
import re

from acts import HBA, NIC, act, attach, copy, models, same
from bench import test

PREVIEWED = re.compile(r'write "(.*)" > (/\S+)$')


def trace(bench, words, calls):
    """Every process of the act; the lines of the trace without process numbers, and how it ended."""
    ran = bench.guest.sh("strace -f -y -s 200 -o /run/trace -e trace=%s viable %s" % (calls, words), 240)
    lines = [line.split(None, 1)[1] for line in bench.guest.must("cat /run/trace").splitlines()]
    return ran, lines


def writes_below_sys(lines):
    """(text, path) of each write; the device's own directory is as good as the link to it."""
    found = []
    for line in lines:
        match = re.match(r'(?:write|pwrite64)\(\d+<(/sys/[^>]*)>, "(.*)", \d+', line)
        if match:
            path = re.sub(r"/sys/devices/.*/([0-9a-f:.]+)/driver_override", r"/sys/bus/pci/devices/\1/driver_override",
                          match.group(1))
            path = path.replace("/sys/bus/pci/../", "/sys/bus/")
            found.append((match.group(2), path))
    return found


def opened_for_writing(lines):
    """Paths below /sys and /dev, but the terminal and /dev/null."""
    opened = [re.match(r'open(?:at)?\((?:[^,"]*, )?"?([^",]*)"?, ([A-Z_|]+)', line) for line in lines]
    return [match.group(1) for match in opened if match and re.search("O_WRONLY|O_RDWR", match.group(2))]


@test("seed")
def an_act_does_what_its_preview_says(bench):
    """assign, release and restore: the writes below /sys are the lines of --dry-run in their order, the only program
    that runs is the program itself, and no node of vfio or iommufd is opened."""
    before = copy(bench)
    for words in ("assign group:5", "restore group:5", "release group:5", "restore --all"):
        shown = [PREVIEWED.match(line).groups() for line in
                 bench.guest.must("viable %s --dry-run" % words).splitlines() if not line.startswith("#")]
        ran, lines = trace(bench, words + " --yes", "write,pwrite64,openat,open,execve,ioctl,mkdirat,unlinkat,mount")
        bench.check("%s is done" % words, ran.code == 0, ran)
        bench.equal("%s: writes" % words, writes_below_sys(lines), shown)
        programs = {match.group(1) for line in lines for match in [re.match(r'execve\("([^"]*)"', line)] if match}
        bench.equal("%s: programs" % words, programs, {"/usr/bin/viable", "/proc/self/exe"})
        nodes = [line for line in lines if re.match(r'open.*"/?dev/(vfio|iommu)', line) and "O_DIRECTORY" not in line]
        bench.equal("%s: nodes opened" % words, nodes, [])
        asked = [line for line in lines if line.startswith("ioctl") and re.search(r"<.*(vfio|iommu)", line)]
        bench.equal("%s: ioctls" % words, asked, [])
        kept = [path for path in opened_for_writing(lines) if path.startswith(("/sys", "/dev", "/proc", "/etc"))]
        allowed = {path for _, path in shown} | {"/dev/null", "/dev/tty"}
        bench.equal("%s: opened to be written" % words, sorted(set(kept) - allowed), [])
        bench.appears("/dev/sda") if words.startswith("restore") else None
    same(bench, "equals its copy", copy(bench), before)


IOCTLS = {"SET_CONTAINER": "VFIO_GROUP_SET_CONTAINER", "SET_IOMMU": "VFIO_SET_IOMMU", "MAP_DMA": "VFIO_IOMMU_MAP_DMA",
          "GET_STATUS": "VFIO_GROUP_GET_STATUS", "GET_DEVICE_FD": "VFIO_GROUP_GET_DEVICE_FD",
          "UNMAP_DMA": "VFIO_IOMMU_UNMAP_DMA"}


@test("seed")
def attach_makes_the_calls_that_it_traces(bench):
    """The opens of nodes, and the ioctls of the container, in the order of attach's own trace; nothing is written
    below /sys."""
    before = copy(bench)
    act(bench, "assign", "group:5", "--yes")
    for model in models(bench):
        said = attach(bench, NIC, model)[1]
        told = [call["call"] for call in said["calls"] + said["given_back"]]
        ran, lines = trace(bench, "attach %s --model %s" % (NIC, model), "write,pwrite64,openat,open,execve,ioctl")
        bench.check("%s is attached" % model, ran.code == 0, ran)
        bench.equal("%s: writes below /sys" % model, writes_below_sys(lines), [])
        nodes = [match.group(1) for line in lines
                 for match in [re.match(r'openat?\((?:[^,"]*, )?"/?(/dev/(?:vfio|iommu)[^"]*)", O_RDWR', line)] if match]
        opens = [re.sub(r"open\((.*)\)", r"\1", call) for call in told if call.startswith("open")]
        bench.equal("%s: nodes" % model, nodes, opens)
        made = [match.group(1) for line in lines for match in [re.match(r"ioctl\(\d+<[^>]*>+, ([\w ]+)", line)] if match]
        bench.equal("%s: programs" % model, [line for line in lines if line.startswith("execve")][1:], [])
        if model == "explicit":
            named = [call.split("(")[0] for call in told]
            expected = [IOCTLS[call] for call in named if call in IOCTLS]
            # strace names every call that has the number.
            found = [name for call in made for name in call.split(" or ") if name in IOCTLS.values()]
            bench.equal("%s: calls" % model, found, expected)
    act(bench, "restore", "--all", "--yes")
    bench.appears("/dev/sda")
    same(bench, "equals its copy", copy(bench), before)
