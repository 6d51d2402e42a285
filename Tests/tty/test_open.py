"""The screen at every size, and while the size changes."""
import re


def title_and_hints(bench, session, name):
    bench.check("%s: the title bar names the program" % name, "viable" in session.lines[0], session.text)
    bench.check("%s: the hint bar is the last line" % name, "uit" in session.lines[-1] or "Help" in session.lines[-1],
                session.text)


def test_sizes(bench):
    image = bench.image()
    for rows, columns in ((24, 80), (40, 120), (60, 200), (16, 60), (30, 100), (24, 300)):
        name = "%dx%d" % (columns, rows)
        with bench.open(image, rows=rows, columns=columns) as session:
            session.wait("02:02.0")
            title_and_hints(bench, session, name)
            bench.check("%s: the device list has its head" % name, "DEVICE" in session.text, session.text)
            bench.check("%s: groups are labelled" % name, re.search(r"\bg5\b", session.text), session.text)
            if rows >= 40:
                for pane in ("Devices", "Group", "Actions", "Log"):
                    bench.check("%s: pane %s is there" % (name, pane), pane in session.text, session.text)
            session.send("q")
            bench.check("%s: q ends it" % name, session.ended() == 0)
            bench.check("%s: the terminal is as before" % name, not session.not_restored(), session.not_restored())


def test_terminals(bench):
    image = bench.image()
    for term in ("xterm-256color", "tmux-256color", "screen", "linux", "vt100", "xterm-mono", "xterm"):
        with bench.open(image, term=term) as session:
            session.wait("02:02.0")
            session.send("j", "up", "down")
            session.pump(0.1)
            title_and_hints(bench, session, term)
            if term in ("vt100", "xterm-mono"):
                bench.check("%s: no colour is sent" % term, not session.colours(), session.colours())
            session.send("q")
            bench.check("%s: q ends it" % term, session.ended() == 0)
            bench.check("%s: the terminal is as before" % term, not session.not_restored(), session.not_restored())
            if term in ("linux", "vt100"):
                # No alternate screen to leave: what the shell prints next must not lie on the hint bar.
                row = session.screen.cursor.y
                bench.check("%s: the next line is empty" % term, not session.lines[row].strip(), session.text)


def test_too_small(bench):
    with bench.open(bench.image(), rows=10, columns=38, ready=False) as session:
        session.wait("too small")
        bench.check("says what it has and needs", "have" in session.text and "need" in session.text, session.text)
        bench.check("names the sizes", re.search(r"38 *x *10", session.text) and re.search(r"60 *x *16", session.text),
                    session.text)
        session.resize(24, 80)
        session.wait("02:02.0")
        title_and_hints(bench, session, "after growing")
        session.resize(15, 59)
        session.wait("too small")
        session.resize(16, 60)
        session.wait("DEVICE")
        bench.check("16x60 is enough", "too small" not in session.text, session.text)
        session.send("q")
        bench.check("q ends it", session.ended() == 0)


def test_one_cell(bench):
    with bench.open(bench.image()) as session:
        for rows, columns in ((1, 1), (2, 3), (5, 10), (1, 200), (60, 1)):
            session.resize(rows, columns)
            session.send("j", "?", "tab")
            session.escape()
            bench.check("lives at %dx%d" % (columns, rows), session.process.poll() is None)
        session.resize(24, 80)
        session.pump(0.2)
        session.escape()
        session.wait("02:02.0")
        session.resize(1, 1)
        session.pump(0.1)
        session.send("q")
        bench.check("q works at 1x1", session.ended() == 0)
        bench.check("the terminal is as before", not session.not_restored(), session.not_restored())


def test_resize_burst(bench):
    with bench.open(bench.image()) as session:
        for step in range(60):
            session.resize(3 + step * 7 % 57, 2 + step * 13 % 190)
        session.resize(40, 120)
        session.wait("Actions")
        title_and_hints(bench, session, "after 60 sizes")
        bench.check("drawn for the last size", any(len(line) > 100 for line in session.lines), session.text)
        session.send("q")
        bench.check("q ends it", session.ended() == 0)


def test_environment_size_is_ignored(bench):
    with bench.open(bench.image(), env={"LINES": "10", "COLUMNS": "40"}) as session:
        session.wait("02:02.0")
        title_and_hints(bench, session, "LINES=10 COLUMNS=40")
