"""Acts that fail at every step, and acts that are killed at every step: the machine equals its copy afterwards.

strace makes calls of the parent fail, or end it, and leaves its children alone. An effect fails when its child cannot
be started; between any two steps the journal is written, with an fsync before and after its rename; each order to a
child is a write.
"""
from acts import HBA, NIC, act, copy, differs, same, settled
from bench import DEVICES, test

GROUP, ALONE = "group:5", NIC + " --only-named"
KINDS = ("assign", "release", "restore")
STARTS, WRITES = "clone3,clone,vfork", "fsync,write"


def traced(bench, words, trace, fault=None):
    """Runs the program under strace, its main thread alone; how it ended, and the trace."""
    inject = "-e inject=%s" % fault if fault else ""
    ran = bench.guest.sh("strace -o /run/trace -e trace=%s %s viable %s" % (trace, inject, words), 180)
    return ran, bench.guest.must("cat /run/trace").splitlines()


def calls(lines):
    """The lines of a trace that are calls."""
    return [line for line in lines if "(" in line and not line.startswith(("---", "+++"))]


def prepare(bench, kind, what):
    """Where an act starts from: a restore needs something to restore."""
    if kind == "restore":
        bench.guest.must("viable assign %s --yes" % what, 120)


def put_right(bench):
    """`restore --all`, once a child that was left is done: it has the lock for as long as it is at its effect."""
    return bench.guest.sh(
        "for n in $(seq 60); do viable restore --all --yes >/run/back 2>&1; code=$?; "
        "grep -q 'else is acting' /run/back || break; usleep 200000; done; cat /run/back; exit $code", 180)


@test("seed")
def every_effect_fails_in_turn(bench):
    """For a plan of each kind, effect after effect cannot be carried out: exit 2, and what was done is taken back."""
    first = copy(bench)
    for kind in KINDS:
        words = "%s %s --yes" % (kind, GROUP)
        prepare(bench, kind, GROUP)
        before = copy(bench)
        ran, lines = traced(bench, words, STARTS)
        # Threads are clones too: which clones start a child?
        starts = [place + 1 for place, line in enumerate(calls(lines)) if "CLONE_VFORK" in line]
        steps = ran.out.count(" ok: ")
        bench.equal("%s: a child for each of its steps" % kind, (ran.code, len(starts)), (0, steps))
        put_right(bench)
        bench.appears("/dev/sda")
        prepare(bench, kind, GROUP)
        for number, start in enumerate(starts, 1):
            ran, lines = traced(bench, words, STARTS, "%s:error=EAGAIN:when=%d" % (STARTS, start))
            failed = [line for line in lines if "INJECTED" in line]
            bench.check("%s, effect %d is not begun" % (kind, number), failed and "CLONE_VFORK" in failed[0],
                        "\n".join(lines))
            bench.check("%s, effect %d: taken back" % (kind, number), ran.code == 2, ran)
            if kind != "restore":
                bench.appears("/dev/sda")
            same(bench, "%s, effect %d: equals its copy" % (kind, number), copy(bench), before)
        put_right(bench)
        bench.appears("/dev/sda")
    same(bench, "all of it", copy(bench), first)


@test("seed")
def killed_between_any_two_steps(bench):
    """kill -9 at every fsync and every write of a plan of each kind, then `restore --all`: the machine as at first.
    Plans of the NIC alone: a disk takes seconds to come back."""
    # The first act makes the state directory, which takes calls of its own.
    act(bench, "release", NIC, "--only-named", "--yes")
    act(bench, "restore", "--all", "--yes")
    first = copy(bench)
    for kind in KINDS:
        words = "%s %s --yes" % (kind, ALONE)
        prepare(bench, kind, ALONE)
        _, lines = traced(bench, words, WRITES)
        bench.equal("%s: put right" % kind, put_right(bench).code, 0)
        points = moments(calls(lines))
        bench.check("%s: there are moments" % kind, len(points) >= 5, lines)
        # All of them on one kernel will do; the other has a third of them.
        points = points if bench.kernel.iommufd else points[::3]
        for call, number in points:
            prepare(bench, kind, ALONE)
            ran, _ = traced(bench, words, WRITES, "%s:signal=KILL:when=%d" % (call, number))
            back = put_right(bench)
            found = settled(bench, first)
            bench.check("%s, killed at %s %d: equals its copy" % (kind, call, number),
                        ran.code == 137 and back.code == 0 and found == first,
                        "%s\n%s\n%s" % (ran, back, differs(found, first)))


@test("seed")
def called_off_between_any_two_steps(bench):
    """A signal at every moment of an act: SIGINT and SIGTERM have it taken back and say so, SIGHUP and a reader that has
    gone end nothing; half of an act is never left."""
    act(bench, "release", NIC, "--only-named", "--yes")
    act(bench, "restore", "--all", "--yes")
    first = copy(bench)
    words = "assign %s --yes" % ALONE
    _, lines = traced(bench, words, WRITES)
    put_right(bench)
    points = moments(calls(lines))
    for signal, some in (("INT", points if bench.kernel.iommufd else points[::3]), ("TERM", points[1::4]),
                         ("HUP", points[::4]), ("PIPE", points[::4])):
        codes = set()
        for call, number in some:
            ran, _ = traced(bench, words, WRITES, "%s:signal=%s:when=%d" % (call, signal, number))
            codes.add(ran.code)
            name = "%s at %s %d" % (signal, call, number)
            if ran.code == 0:
                bench.equal("%s: done" % name, bench.drivers()[NIC], "vfio-pci")
                put_right(bench)
            else:
                bench.check("%s: called off" % name, ran.code == 2 and "Called off before step" in ran.out, ran)
            same(bench, "%s: equals its copy" % name, copy(bench), first)
        bench.check("%s: how it ended" % signal, codes == {0} if signal in ("HUP", "PIPE") else 2 in codes, codes)


@test("seed")
def a_reader_that_goes_away_stops_nothing(bench):
    """`viable assign … | head -1`: all of it is done, and the way back is on record."""
    first = copy(bench)
    bench.guest.must("viable assign %s --yes | head -1" % GROUP, 120)
    bench.equal("both are handed over", [bench.drivers()[address] for address in (NIC, HBA)], ["vfio-pci", "vfio-pci"])
    bench.guest.must("viable restore --all --yes | head -1", 120)
    bench.appears("/dev/sda")
    same(bench, "equals its copy", copy(bench), first)


def moments(lines):
    """Every fsync, and every write from the first fsync on, as (call, which of its kind). The journal's own writes
    stand beside the fsync that follows, and what is printed changes nothing: they are left out."""
    found, counts, begun = [], {"fsync": 0, "write": 0}, False
    for line in lines:
        call = line.split("(")[0]
        counts[call] += 1
        begun = begun or call == "fsync"
        is_order = call == "write" and "viable-journal" not in line and not line.startswith(("write(1,", "write(2,"))
        if call == "fsync" or begun and is_order:
            found.append((call, counts[call]))
    return found


@test("seed")
def a_file_that_cannot_be_written(bench):
    """Files of sysfs that refuse: a read-only file over the HBA's override, then over its driver's unbind. Exit 2, the
    NIC is given back, and the refusal names the file's function and the errno."""
    first = copy(bench)
    bench.guest.must("echo '(null)' >/run/null")
    for path in ("%s/%s/driver_override" % (DEVICES, HBA), "/sys/bus/pci/drivers/sym53c8xx/unbind"):
        bench.guest.must("file=$(readlink -f %s); mount --bind /run/null $file; mount -o remount,ro,bind $file" % path)
        ran = act(bench, "assign", "group:5", "--yes", code=2)
        bench.guest.must("umount $(readlink -f %s)" % path)
        bench.check("named", "02:02.0" in ran.out, ran)
        same(bench, "%s refuses: equals its copy" % path.split("/")[-1], copy(bench), first)


@test("seed")
def what_cannot_be_taken_back_is_named(bench):
    """drivers_probe refuses, both ways: exit 3 and the NIC named as stuck; once the cause is gone `restore --all` makes
    it good."""
    first = copy(bench)
    probe = "/sys/bus/pci/drivers_probe"
    bench.guest.must("echo >/run/null; mount --bind /run/null %s; mount -o remount,ro,bind %s" % (probe, probe))
    ran = act(bench, "assign", NIC, "--only-named", "--yes", code=3)
    bench.guest.must("umount " + probe)
    bench.check("named", "02:01.0" in ran.out and "viable restore" in ran.out, ran)
    bench.equal("it has no driver", bench.drivers()[NIC], None)
    act(bench, "restore", "--all", "--yes")
    same(bench, "equals its copy", copy(bench), first)
