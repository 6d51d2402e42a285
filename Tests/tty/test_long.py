"""What only time shows: twenty thousand random keys, and doing nothing at all."""
import random
import signal
import time

from images import Device

# Everything but what quits or stops: q, Ctrl-C, F10, Ctrl-Z, Ctrl-\\ and `l`, which leaves a too small screen for lines.
KEYS = list("abcdefghijkmnoprstuvwxyzABCDEFGHIJKLMNOPRSTUVWXYZ0123456789 \\/?[]{}<>'*~!@#$%^&()_+-=.,;:") + [
    "up", "down", "left", "right", "home", "end", "page-up", "page-down", "tab", "back-tab", "enter", "escape",
    "backspace", "delete", "f1", "f2", "f3", "f4", "f5", "f6", "f8", "f9", "ctrl-l", "\x02", "\x04", "\x06", "\x0e", "\x10",
    "\x12", "\x15", "\x17", "\033x", "\033[1;5A", "\033[1;5C", "\033[99~", "\033[<0;10;5M", "\033[<0;10;5m", "\033[<64;9;9M",
    "\033[<65;9;9M", "\033[<32;40;12M", "\033[<2;30;8M", "\033[200~x y\033[201~", "é", "漢", "\x80", "\033]0;x\x07",
]


def mutate(image, dice):
    """One change that a machine could make."""
    spare = "0000:00:%02x.%d" % (dice.randrange(6, 0x1e), dice.randrange(8))
    kind = dice.randrange(5)
    if kind == 0 and spare not in image.devices:
        image.add(Device(spare, "pci0000:00", "8086:100e", "020000", dice.choice([None, "e1000", "vfio-pci"]), dice.randrange(40)))
    elif kind == 1 and len(image.devices) > 8:
        gone = dice.choice([d for d in image.devices if d.startswith("0000:00:") and image.devices[d].port is None])
        image.remove(gone)
    elif kind == 2:
        image.bind(dice.choice(list(image.devices)), dice.choice([None, "e1000", "vfio-pci", "pci-stub", "ahci"]))
    elif kind == 3:
        image.move(dice.choice(list(image.devices)), dice.randrange(40))
    else:
        image.override(dice.choice(list(image.devices)), dice.choice([None, "vfio-pci"]))


def test_twenty_thousand_keys(bench):
    dice = random.Random(20210)
    image = bench.image()
    with bench.open(image) as session:
        sent = 0
        while sent < 20000 and session.process.poll() is None:
            batch = [dice.choice(KEYS) for _ in range(100)]
            for key in batch:
                session.send(key)
                # A lone Escape must stay one: `Esc l` is not Alt-l.
                if key == "escape" and dice.randrange(8) == 0:
                    session.pump(0.03)
            sent += len(batch)
            session.pump(0.005)
            if sent % 500 == 0:
                mutate(image, dice)
            if sent % 2500 == 0:
                session.resize(dice.randrange(16, 61), dice.randrange(60, 201))
        bench.check("lives after %d keys" % sent, session.process.poll() is None and sent == 20000,
                    "status %s, last keys %r\n%s" % (session.process.poll(), batch, session.text))
        session.resize(24, 80)
        session.pump(0.5)
        for _ in range(4):
            session.escape()
        session.send("ctrl-l")
        session.wait(lambda s: "viable" in s.lines[0], 5.0, "a whole screen")
        rss = [line for line in open("/proc/%d/status" % session.process.pid) if line.startswith("VmRSS")][0]
        bench.check("memory stays bounded", int(rss.split()[1]) < 150_000, rss)
        session.signal(signal.SIGTERM)
        session.ended()
        bench.check("the terminal is as before", not session.not_restored(), session.not_restored())


def switches(pid):
    """How often the threads of a process slept or were put off the processor."""
    import os
    total = 0
    for task in os.listdir("/proc/%d/task" % pid):
        for line in open("/proc/%d/task/%s/status" % (pid, task)):
            if "ctxt_switches" in line:
                total += int(line.split()[1])
    return total


def test_idle_does_nothing(bench):
    with bench.open(bench.image()) as session:
        session.pump(1.0)
        windows = []
        for _ in range(3):
            before, sent = switches(session.process.pid), len(session.raw)
            time.sleep(3.0)
            session.pump(0)
            windows.append((switches(session.process.pid) - before, len(session.raw) - sent))
        bench.check("nothing is drawn", all(sent == 0 for _, sent in windows), windows)
        # One of three windows of 3 s lies between two reconciles of 5 s.
        bench.check("some stretch of 3 s has no wake-up at all", min(count for count, _ in windows) == 0, windows)
        bench.check("a reconcile costs few wake-ups", max(count for count, _ in windows) < 40, windows)


def test_stale_escape_does_not_wake_for_ever(bench):
    with bench.open(bench.image()) as session:
        session.send("\033[200~unfinished")
        session.pump(0.2)
        time.sleep(1.5)
        before = switches(session.process.pid)
        time.sleep(2.0)
        bench.check("an unfinished paste is given up", switches(session.process.pid) - before < 20)
        session.send("q")
        bench.check("and q is heard", session.ended() == 0)
