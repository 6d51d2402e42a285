"""Acts that wait for a device that another process holds."""
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
def waiting_says_for_whom_and_may_be_left(bench):
    """release --wait blocks: it says how long and at what; others look on and are told who acts; Ctrl-C leaves the
    child and names it; it ends when the holder lets go, and `restore --all` makes everything good."""
    before = copy(bench)
    free(bench)
    for name, words in ways(bench):
        pid = holding(bench, *words)
        waiting = Background(bench, "viable release %s --only-named --consent 5 --wait" % NIC)
        bench.check("%s: it says that it waits" % name, waiting.says("waiting for"), waiting.said())
        bench.check("%s: and for whom" % name, "hold" in waiting.said() and str(pid) in waiting.said(), waiting.said())
        second = act(bench, "restore", "--all", "--consent", "5", "--wait", code=1)
        bench.check("%s: a second one is told who acts" % name,
                    "viable release" in second.err and str(waiting.pid) in second.err, second)
        looking(bench, name, pid)
        waiting.signal("INT")
        bench.check("%s: it leaves" % name, waiting.ends(20), waiting.said())
        child = effects(bench)
        bench.equal("%s: one child stays" % name, len(child), 1)
        bench.check("%s: and is named" % name, child and child[0] in waiting.said(), (child, waiting.said()))
        third = act(bench, "restore", "--all", "--yes", code=1)
        bench.check("%s: the child has the lock" % name, child and child[0] in third.err, third)
        bench.let_go(pid)
        bench.guest.must("for n in $(seq 100); do pgrep viable-effect >/dev/null || exit 0; usleep 100000; done; exit 1")
        bench.equal("%s: the child did it" % name, bench.drivers()[NIC], None)
        act(bench, "restore", "--all", "--yes")
        bench.appears("/dev/sda")
        same(bench, "%s: equals its copy" % name, copy(bench), before)
        if (name, bench.kernel.iommufd) == ("group", True):
            free(bench)


def looking(bench, name, pid):
    """What others see meanwhile: answers, and never that the group could be had."""
    checked = bench.guest.viable("check", NIC, "--json", seconds=20)
    bench.check("%s: check says that it is held" % name, checked.code == 1, checked)
    bench.check("%s: and by whom" % name, str(pid) in checked.out, checked.out)
    bench.equal("%s: list" % name, bench.guest.viable("list", "--full", seconds=20).code, 0)


def effects(bench):
    return bench.guest.sh("pgrep viable-effect").out.split()


@test("seed")
def a_wait_that_is_worth_it(bench):
    """release --wait, and the holder lets go: done, exit 0, as if nobody had held it."""
    before = copy(bench)
    free(bench)
    pid = holding(bench, "group", "5", NIC)
    waiting = Background(bench, "sh -c 'viable release %s --only-named --consent 5 --wait; echo ended $?'" % NIC)
    bench.check("it waits", waiting.says("waiting for"), waiting.said())
    bench.let_go(pid)
    bench.check("it ends with 0", waiting.says("ended 0"), waiting.said())
    bench.equal("the NIC is free", bench.drivers()[NIC], None)
    act(bench, "restore", "--all", "--yes")
    bench.appears("/dev/sda")
    same(bench, "equals its copy", copy(bench), before)
    bench.equal("nothing is on record", entries(bench), [])
