"""Acts that wait for a device that another process holds."""
import re

from acts import HBA, NIC, Background, act, copy, entries, same
from bench import test
from test_held import holding


def free(bench):
    """A group to hold: the NIC on vfio-pci, the HBA without a driver, both by acts."""
    act(bench, "assign", NIC, "--only-named", "--yes")
    act(bench, "release", HBA, "--only-named", "--yes")


def ways(bench):
    """What to hold, by each uAPI of the kernel."""
    yield "group", ("group", "5", NIC)
    if bench.kernel.iommufd:
        yield "cdev", ("cdev", "/dev/vfio/devices/vfio0")


@test("seed")
def a_held_device_is_not_waited_for_unasked(bench):
    """Without --wait: refused, with the process named, and nothing is changed."""
    before = copy(bench)
    free(bench)
    for name, words in ways(bench):
        pid = holding(bench, *words)
        state = bench.state()
        for verb in ("release", "restore"):
            refused = act(bench, verb, NIC, "--only-named", "--yes", code=1)
            bench.check("%s, %s: who" % (name, verb), "hold" in refused.err and str(pid) in refused.err, refused)
        same(bench, "%s: nothing was changed" % name, bench.state(), state)
        bench.let_go(pid)
    act(bench, "restore", "--all", "--yes")
    bench.appears("/dev/sda")
    same(bench, "equals its copy", copy(bench), before)


@test("seed")
def waiting_says_for_whom_and_ends_with_him(bench):
    """release --wait blocks: it says how long, at what and for whom; others look on, and who wants to act is told who
    acts. The holder lets go: done, exit 0, as if nobody had held it."""
    before = copy(bench)
    for name, words in ways(bench):
        free(bench)
        pid = holding(bench, *words)
        waiting = Background(
            bench, "sh -c 'viable release %s --only-named --consent 5 --wait; echo ended $?'" % NIC)
        bench.check("%s: it says that it waits" % name, waiting.says("waiting for"), waiting.said())
        bench.check("%s: and for whom" % name, "hold" in waiting.said() and str(pid) in waiting.said(), waiting.said())
        second = act(bench, "restore", "--all", "--consent", "5", "--wait", code=1)
        bench.check("%s: a second one is told who acts" % name,
                    "viable release" in second.err and "viable-effect" not in second.out, second)
        looking(bench, name, pid)
        bench.let_go(pid)
        bench.check("%s: it ends with 0" % name, waiting.says("ended 0"), waiting.said())
        bench.equal("%s: the NIC is free" % name, bench.drivers()[NIC], None)
        act(bench, "restore", "--all", "--yes")
        bench.appears("/dev/sda")
        same(bench, "%s: equals its copy" % name, copy(bench), before)
        bench.equal("%s: nothing is on record" % name, entries(bench), [])


@test("seed")
def a_wait_may_be_left(bench):
    """SIGINT while it waits: it leaves, having named the child, which has the lock and ends when the holder lets go;
    `restore --all` then makes everything good."""
    before = copy(bench)
    for name, words in ways(bench):
        free(bench)
        pid = holding(bench, *words)
        # In the foreground: a shell lets what it starts in the background ignore the signal.
        left = bench.guest.sh(
            "rm -f /run/left; (for n in $(seq 300); do grep -q 'waiting for' /run/left && break; usleep 200000; done; "
            "kill -INT $(cat /run/left.pid)) 2>/dev/null & sh -c 'echo $$ >/run/left.pid; "
            "exec viable release %s --only-named --consent 5 --wait 2>/run/left'; code=$?; cat /run/left >&2; "
            "exit $code" % NIC, 60)
        bench.check("%s: it leaves" % name, left.code != 0 and "waiting for" in left.err, left)
        child = effects(bench)
        bench.equal("%s: one child stays" % name, len(child), 1)
        bench.check("%s: and was named" % name, child and "process " + child[0] in left.err, (child, left.err))
        refused = act(bench, "restore", "--all", "--consent", "5", "--wait", code=1)
        bench.check("%s: the child has the lock" % name, child and child[0] in refused.err, refused)
        looking(bench, name, pid)
        bench.let_go(pid)
        bench.guest.must("for n in $(seq 100); do grep -q viable-effect /proc/[0-9]*/comm || exit 0; usleep 100000; "
                         "done; exit 1")
        bench.equal("%s: the child did it" % name, bench.drivers()[NIC], None)
        act(bench, "restore", "--all", "--yes")
        bench.appears("/dev/sda")
        same(bench, "%s: equals its copy" % name, copy(bench), before)


def looking(bench, name, pid):
    """What others see meanwhile: answers, and never that the group could be had."""
    checked = bench.guest.viable("check", NIC, "--json", seconds=20)
    bench.check("%s: check says that it is held" % name, checked.code == 1, checked)
    bench.check("%s: and by whom" % name, str(pid) in checked.out, checked.out)
    bench.equal("%s: list" % name, bench.guest.viable("list", "--full", seconds=20).code, 0)


def effects(bench):
    """The children that are at an effect, by the name that they give themselves."""
    return re.findall(r"/proc/(\d+)/comm", bench.guest.sh("grep -l viable-effect /proc/[0-9]*/comm").out)
