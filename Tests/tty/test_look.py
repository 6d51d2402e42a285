"""What a person types, and what the screen makes of it. The terminal's cursor stands on the selected row."""
import os

from terminal import Failure


def selected(session):
    """The line that the terminal's cursor stands on."""
    session.pump(0.03)
    return session.lines[session.screen.cursor.y]


def at(session, text, seconds=3.0):
    """Whether the selection comes to a row that holds a text."""
    try:
        session.wait(lambda s: text in s.lines[s.screen.cursor.y], seconds)
    except Failure:
        return False
    return True


def go(session, address, presses=60):
    """Walks down from the top to the row of an address."""
    session.send("home")
    session.pump(0.1)
    for _ in range(presses):
        before = selected(session)
        if address in before:
            return
        session.send("j")
        session.wait(lambda s: s.lines[s.screen.cursor.y] != before, why="the next row on the way to " + address)
    raise Failure("no row of %s\n%s" % (address, session.text))


def test_moving(bench):
    with bench.open(bench.image()) as session:
        for keys, address in ((["home"], "00:00.0"), (["j"], "00:01.0"), (["down"], "00:02.0"), (["k", "up"], "00:00.0"),
                              (["G"], "00:1f.3"), (["j"], "00:1f.3"), (["g", "g"], "00:00.0"), (["end"], "00:1f.3"),
                              (["g", "g", "]"], "00:01.0"), (["["], "00:00.0"), (["ctrl-n"], "00:01.0")):
            session.send(*keys)
            bench.check("%s selects %s" % (" ".join(keys), address), at(session, address), session.text)


def test_filter(bench):
    with bench.open(bench.image()) as session:
        session.wait("03:00.0")
        session.send("\\", "driver:sym53c8xx")
        session.wait_without("03:00.0")
        for member in ("01:00.0", "02:01.0", "02:02.0"):
            bench.check("the group is shown whole: %s" % member, member in session.text, session.text)
        session.send("enter")
        session.pump(0.1)
        bench.check("Enter keeps it", "03:00.0" not in session.text, session.text)
        session.send("\\")
        session.escape()
        session.send("\\", *["backspace"] * 20, "enter")
        session.wait("03:00.0")
        bench.check("an empty filter is off", "03:00.0" in session.text)
        session.send("\\", "no-such-thing-anywhere")
        session.pump(0.1)
        session.escape()
        session.wait("03:00.0")
        session.send("\\", "driver:[(", "enter")
        session.pump(0.1)
        bench.check("a filter that makes no sense does no harm", session.process.poll() is None)


def test_find(bench):
    with bench.open(bench.image()) as session:
        session.send("/", "1f.2", "enter")
        bench.check("find moves to the row", at(session, "00:1f.2"), session.text)
        session.send("home", "/", "02:0", "enter")
        bench.check("find goes to the first match", at(session, "02:01.0"), session.text)
        session.send("n")
        bench.check("n is the next", at(session, "02:02.0"), session.text)
        session.send("N")
        bench.check("N is the one before", at(session, "02:01.0"), session.text)
        session.send("/", "zzz-nowhere", "enter")
        session.wait("not found")
        bench.check("not found leaves the selection", at(session, "02:01.0"), session.text)


def test_marks(bench):
    with bench.open(bench.image()) as session:
        go(session, "02:01.0")
        before = session.text.count("*")
        session.send("space")
        session.wait(lambda s: s.text.count("*") > before, why="a marked row")
        session.send("V")
        session.wait(lambda s: s.text.count("*") == before, why="no marked row")
        go(session, "02:01.0")
        session.send("v")
        session.wait(lambda s: s.text.count("*") >= before + 3, why="three marked rows")
        bench.check("v marks the group", True)
        bench.check("a marked group with a host driver is a warning", "NOT VIABLE" in session.text or "BLOCKS" in session.text,
                    session.text)


def test_folding(bench):
    with bench.open(bench.image()) as session:
        go(session, "00:02.0")
        session.send("h")
        session.wait_without("02:01.0")
        session.send("l")
        session.wait("02:01.0")
        bench.check("h folds and l unfolds", True)


def test_zoom(bench):
    with bench.open(bench.image(), rows=40, columns=120) as session:
        session.wait("Actions")
        session.send("z")
        session.wait_without("3 Actions")
        bench.check("the zoomed pane has the width", "02:02.0" in session.text, session.text)
        session.send("z")
        session.wait("3 Actions")
        session.send("4", "z")
        session.wait_without("3 Actions")
        session.escape()
        session.wait("3 Actions")
        bench.check("Esc leaves the zoom", True)


def test_panes(bench):
    with bench.open(bench.image()) as session:
        go(session, "02:02.0")
        session.send("2")
        session.wait("Group 5")
        session.send("4")
        session.wait(lambda s: "scan" in s.text, why="the log with its first scan")
        session.send("5")
        session.wait(lambda s: "sym53c8xx" in s.text and "1000:0012" in s.text, why="facts of the device")
        session.send("3")
        session.wait("Release")
        for _ in range(8):
            session.send("tab")
        session.send("back-tab")
        bench.check("all panes open", session.process.poll() is None)


def test_pause(bench):
    image = bench.image()
    with bench.open(image) as session:
        session.send("P")
        session.wait("paused")
        image.bind("0000:02:01.0", "vfio-pci")
        session.pump(0.8)
        nic = next(line for line in session.lines if "02:01.0" in line)
        bench.check("nothing moves while paused", "e1000 " in nic and "vfio-pci" not in nic, session.text)
        session.send("P")
        session.wait("BLOCKS")
        bench.check("what was held back comes", "paused" not in session.lines[0], session.text)


def test_theme_picker(bench):
    with bench.open(bench.image()) as session:
        session.send("f2")
        session.wait("CONTRAST")
        before = len(session.raw)
        session.send("down", "down")
        session.pump(0.1)
        bench.check("a theme is previewed", len(session.raw) > before)
        session.escape()
        session.wait_without("CONTRAST")
        session.send("f2", "down", "enter")
        session.wait_without("CONTRAST")
        session.send("q")
        bench.check("q ends it", session.ended() == 0)


def test_help(bench):
    for rows, columns in ((24, 80), (60, 200), (16, 60)):
        with bench.open(bench.image(), rows=rows, columns=columns) as session:
            session.send("?")
            session.wait("Help")
            session.wait("MOVE")
            session.send("page-down", "page-down", "page-up")
            session.escape()
            session.wait_without("MOVE")
            bench.check("help at %dx%d" % (columns, rows), "DEVICE" in session.text, session.text)


def test_mouse_off(bench):
    with bench.open(bench.image()) as session:
        bench.check("the mouse is on at first", session.screen.modes_on & {1000, 1002}, session.screen.modes_on)
        session.send("m")
        session.wait(lambda s: not s.screen.modes_on & {1000, 1002, 1003, 1006}, why="mouse modes off")
        session.send("m")
        session.wait(lambda s: s.screen.modes_on & {1000}, why="mouse modes on")
        bench.check("m switches it off and on", True)


def test_copy(bench):
    with bench.open(bench.image()) as session:
        go(session, "02:02.0")
        session.send("y")
        session.wait(lambda s: s.copied(), why="OSC 52")
        text = session.copied()
        bench.check("the line is on the clipboard", "02:02.0" in text, text)
        file = bench.path("state", "copy.txt")
        bench.check("and in copy.txt", os.path.exists(file) and open(file).read().strip() == text.strip(), file)
        session.wait("copied")
        bench.check("the message says so", "clipboard" in session.text, session.text)
        session.send("Y")
        session.wait(lambda s: s.copied() != text, why="the pane on the clipboard")
        pane = session.copied()
        bench.check("Y copies the pane as plain text", "02:01.0" in pane and "│ " not in pane, pane)


def test_paste_outside_a_field(bench):
    with bench.open(bench.image()) as session:
        row = selected(session)
        session.paste("qqjjG rm -rf / \r\x1b[B")
        session.wait("ignored")
        bench.check("nothing of it acts", session.process.poll() is None and at(session, row[:20]), session.text)
        session.send("\\")
        session.paste("driver:sym53c8xx")
        session.wait_without("03:00.0")
        bench.check("inside a field it is typed", True)


def test_flow_control_does_not_freeze(bench):
    with bench.open(bench.image()) as session:
        session.send("home", "ctrl-s", "j")
        bench.check("Ctrl-S does not freeze", at(session, "00:01.0"), session.text)


def test_repaint(bench):
    with bench.open(bench.image()) as session:
        session.stream.feed(b"\033[H\033[2J garbage of another program")
        bench.check("(the screen is spoilt)", "02:02.0" not in session.text)
        session.send("ctrl-l")
        session.wait("02:02.0")
        session.pump(0.1)
        bench.check("Ctrl-L paints all of it", "garbage" not in session.text, session.text)


def test_listing_and_sort(bench):
    with bench.open(bench.image()) as session:
        before = session.text
        session.send("f5")
        session.wait(lambda s: s.text != before, why="another listing")
        session.send("f5")
        for _ in range(6):
            session.send("f6")
            session.pump(0.03)
        bench.check("all orders draw", "02:02.0" in session.text or "DEVICE" in session.text, session.text)


def test_split_keys_arrive_whole(bench):
    with bench.open(bench.image()) as session:
        session.send("home")
        session.pump(0.1)
        session.send("\033")
        session.pump(0.01)
        session.send("[")
        session.pump(0.01)
        session.send("B")
        bench.check("an arrow in three pieces", at(session, "00:01.0"), session.text)
        session.send("\033")
        session.pump(0.06)
        session.send("[B")
        bench.check("its rest after the Escape was given up", at(session, "00:02.0"), session.text)
