"""Terminals and environments that lack something."""
import os
import re
import signal
import subprocess


def run(bench, image, *arguments, env=None, stdin=subprocess.DEVNULL):
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": bench.folder, "TERM": "xterm-256color",
                   "VIABLE_PCIIDS": image.path("pci.ids")}
    environment.update(env or {})
    return subprocess.run([bench.binary, "--root", image.root, *arguments], env=environment, stdin=stdin,
                          capture_output=True, text=True, timeout=20)


def test_no_terminal_prints_the_list(bench):
    image = bench.image()
    found, listed = run(bench, image), run(bench, image, "list")
    bench.check("exit code 0", found.returncode == 0, found)
    bench.check("prints what list prints", found.stdout == listed.stdout and "02:02.0" in found.stdout, found.stdout)
    bench.check("says so in one line on standard error", len(found.stderr.splitlines()) == 1 and "terminal" in found.stderr,
                found.stderr)
    bench.check("no escape sequence", "\033" not in found.stdout + found.stderr)


def line_mode(bench, session, name):
    session.wait("02:02.0", 5.0)
    session.send("q\r")
    session.pump(0.1)
    session.send("\x04")
    bench.check("%s: ends" % name, session.ended() == 0)
    bench.check("%s: no escape sequence" % name, b"\033" not in session.raw, bytes(session.raw[:400]))
    bench.check("%s: no box drawing" % name, not re.search("[─│┌└]", session.raw.decode(errors="replace")))
    bench.check("%s: the terminal is as before" % name, not session.not_restored(), session.not_restored())


def test_line_mode(bench):
    image = bench.image()
    for name, options in (("TERM=dumb", {"term": "dumb"}), ("TERM unset", {"term": None}),
                          ("unknown TERM", {"term": "no-such-terminal"}),
                          ("VIABLE_A11Y=1", {"env": {"VIABLE_A11Y": "1"}})):
        with bench.open(image, ready=False, rows=60, columns=100, **options) as session:
            line_mode(bench, session, name)
    with bench.open(image, "--line", ready=False, rows=60, columns=100) as session:
        line_mode(bench, session, "--line")


def test_line_mode_from_a_small_screen_obeys_signals(bench):
    """The console takes signals through a descriptor; line mode, which follows it, does not."""
    image = bench.image()
    for number in (signal.SIGTERM, signal.SIGINT):
        with bench.open(image, ready=False, rows=10, columns=40) as session:
            session.wait("too small")
            session.send("l")
            session.wait("viable>")
            session.signal(number)
            bench.check("line mode ends by %s" % number.name, session.ended() in (-number, 128 + number))


def test_line_mode_announces_changes(bench):
    image = bench.image()
    with bench.open(image, "--line", ready=False, rows=60, columns=100) as session:
        session.wait("02:02.0")
        image.bind("0000:02:01.0", "vfio-pci")
        session.wait("change:", 3.0)
        bench.check("a change is a line of its own", "02:01.0" in session.text[session.text.index("change:"):], session.text)


def test_no_colour(bench):
    image = bench.image()
    with bench.open(image) as session:
        session.send("j", "j")
        session.pump(0.1)
        bench.check("(colours are used at all)", session.colours())
    for name, arguments, env in (("NO_COLOR", (), {"NO_COLOR": "1"}), ("--color never", ("--color", "never"), {})):
        with bench.open(image, *arguments, env=env) as session:
            session.send("j", "j", "v", "?")
            session.pump(0.1)
            bench.check("%s: no colour is sent" % name, not session.colours(), session.colours())
            bench.check("%s: attributes are" % name, re.search(rb"\x1b\[(?:\d+;)*[147]m", bytes(session.raw)))
    with bench.open(image, env={"NO_COLOR": ""}) as session:
        session.send("j")
        session.pump(0.1)
        bench.check("an empty NO_COLOR means nothing", session.colours())


def test_ascii(bench):
    image = bench.image()
    for name, arguments, env in (("LANG=C", (), {"LANG": "C"}), ("--ascii", ("--ascii",), {})):
        with bench.open(image, *arguments, env=env) as session:
            session.send("j", "?")
            session.pump(0.1)
            session.escape()
            for pane in "12345":
                session.send(pane)
                session.pump(0.05)
            bench.check("%s: every byte is ASCII" % name, all(byte < 0x80 for byte in session.raw), session.text)
            bench.check("%s: brackets have their ASCII form" % name, re.search(r"^[/|\\ ]g5|[|/\\]g5", session.text, re.M),
                        session.text)


def test_locale_that_is_not_installed(bench):
    with bench.open(bench.image(), env={"LANG": "xx_YY.UTF-8"}) as session:
        session.wait("02:02.0")
        bench.check("UTF-8 is drawn all the same", re.search("[│┌└]", session.text), session.text)


def test_broken_theme(bench):
    image = bench.image()
    file = bench.path("broken.toml")
    with open(file, "w") as out:
        out.write('name = "broken"\n[text]\nforeground = "#12345"\n')
    found = subprocess.run([bench.binary, "theme", "check", file], capture_output=True, text=True)
    bench.check("theme check refuses it", found.returncode == 65, found)
    bench.check("names file and line", "broken.toml" in found.stderr + found.stdout and ":3" in found.stderr + found.stdout,
                found.stderr + found.stdout)
    with bench.open(image, "--theme", file, ready=False) as session:
        session.wait(lambda s: s.generation() is not None or s.process.poll() is not None, 10.0, "console or refusal")
        session.pump(0.2)
        if session.process.poll() is None:
            bench.check("the console uses the default and says why", "broken" in session.text, session.text)
            session.send("q")
            session.ended()
        bench.check("the reason is there to read", "broken.toml" in session.raw.decode(errors="replace"),
                    session.raw[-600:])
