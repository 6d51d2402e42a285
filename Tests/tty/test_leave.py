"""Every way out gives the terminal back."""
import os
import resource
import signal
import time


def finish(bench, session, name, statuses, seconds=5.0):
    status = session.ended(seconds)
    bench.check("%s: ends as expected" % name, status in statuses, "status %s" % status)
    left = session.not_restored()
    bench.check("%s: the terminal is as before" % name, not left, left)


def test_keys_that_quit(bench):
    image = bench.image()
    for key in ("q", "f10", "ctrl-c"):
        with bench.open(image) as session:
            session.send(key)
            finish(bench, session, key, (0,))


def test_signals(bench):
    image = bench.image()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT):
        with bench.open(image) as session:
            session.signal(number)
            expected = (128 + number, -number) + ((0,) if number == signal.SIGINT else ())
            finish(bench, session, number.name, expected)


def test_crashes(bench):
    image = bench.image()
    # The backtracer is left on, as users have it, but must not wait for a person.
    env = {"SWIFT_BACKTRACE": "interactive=no,color=no"}
    for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGILL, signal.SIGBUS, signal.SIGFPE, signal.SIGTRAP):
        with bench.open(image, env=env) as session:
            session.signal(number)
            finish(bench, session, number.name, (-number, 128 + number), 60.0)


def test_quit_closes_what_is_open_first(bench):
    with bench.open(bench.image()) as session:
        for key in ("q", "ctrl-c"):
            session.send("?")
            session.wait("Help")
            session.send(key)
            session.wait(lambda s: "Esc close" not in s.text and "DEVICE" in s.text, why="help closed by " + key)
            bench.check("%s closes help and does not quit" % key, session.process.poll() is None)
        session.send("q")
        finish(bench, session, "then q", (0,))


def vanish(bench, name, env=None, ignored=()):
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)
    try:
        session = bench.open(bench.image(), env=env or {})
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_DFL)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    session.hang_up()
    try:
        session.process.wait(2.0)
        took = time.monotonic() - began
        bench.check("%s: ends within 2 s" % name, True, took)
    except Exception:
        bench.check("%s: ends within 2 s" % name, False, "still running")
        session.process.kill()
        session.process.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    bench.check("%s: does not spin" % name, spent < 1.5, "%.2f s of processor time" % spent)


def test_vanished_terminal(bench):
    vanish(bench, "window closed")
    vanish(bench, "window closed under nohup", ignored=(signal.SIGHUP,))


def test_typing_while_leaving(bench):
    with bench.open(bench.image()) as session:
        session.send("q" + "j" * 500)
        finish(bench, session, "q and 500 keys", (0,))


def test_stop_without_a_shell(bench):
    # Nobody could continue a session leader: Ctrl-Z must not hang it.
    with bench.open(bench.image()) as session:
        session.send("ctrl-z")
        session.pump(0.3)
        stat = open("/proc/%d/stat" % session.process.pid).read().rsplit(")", 1)[1].split()[0]
        bench.check("is not stopped for ever", stat != "T", stat)
        session.send("j")
        session.wait("DEVICE")
        session.send("q")
        finish(bench, session, "then q", (0,))


def test_errors_are_printed_afterwards(bench):
    # A crash prints its reason on the normal screen, where it can be read.
    env = {"SWIFT_BACKTRACE": "enable=no"}
    with bench.open(bench.image(), env=env) as session:
        os.kill(session.process.pid, signal.SIGSEGV)
        session.ended(20.0)
        bench.check("alternate screen was left", "alternate screen" not in session.screen.leftovers(), session.text)
