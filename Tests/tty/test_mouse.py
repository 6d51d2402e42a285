"""The mouse, in SGR reports."""
from test_look import selected


def test_click_selects(bench):
    with bench.open(bench.image()) as session:
        row, column = session.find("02:02.0")
        session.click(row, column)
        session.wait(lambda s: "02:02.0" in selected(s), why="the clicked row selected")
        row, column = session.find("00:1f.2")
        session.click(row, column)
        session.wait(lambda s: "00:1f.2" in selected(s), why="the other row selected")
        bench.check("a click selects its row", True)


def test_wheel_scrolls(bench):
    with bench.open(bench.image("groups-512")) as session:
        session.wait_generation(1)
        address = lambda s, row: [word for word in s.lines[row].split() if ":" in word][0]
        first, before = address(session, 3), selected(session)[:20]
        for _ in range(3):
            session.mouse("wheel-down", 5, 20)
        session.wait(lambda s: address(s, 3) != first, why="scrolled rows")
        session.pump(0.1)
        for _ in range(3):
            session.mouse("wheel-up", 5, 20)
        session.wait(lambda s: address(s, 3) == first, why="scrolled back")
        bench.check("the wheel keeps the selection", selected(session)[:20] == before, session.text)


def test_hint_bar_is_clickable(bench):
    with bench.open(bench.image()) as session:
        line = session.lines[-1]
        session.click(session.rows - 1, line.index("Help"))
        session.wait("MOVE")
        session.escape()
        session.wait_without("MOVE")
        bench.check("a click on a hint is its key", True)


def test_far_columns_and_nonsense(bench):
    with bench.open(bench.image(), rows=60, columns=300) as session:
        for row, column in ((0, 299), (59, 299), (30, 250), (5000, 5000)):
            for kind in ("press", "drag", "release", "right", "wheel-up", "wheel-down"):
                session.mouse(kind, row, column)
        session.escape()
        session.send("\033[<99;1;1M", "\033[<0;0;0M", "\033[<;;M", "\033[M\x01\x01\x01")
        session.pump(0.3)
        bench.check("lives", session.process.poll() is None)


def test_drag_on_every_column(bench):
    with bench.open(bench.image(), rows=40, columns=120) as session:
        for column in range(0, 120, 7):
            session.mouse("press", 10, column)
            session.mouse("drag", 12, 119 - column)
            session.mouse("release", 12, 119 - column)
        session.pump(0.2)
        session.escape()
        bench.check("lives", session.process.poll() is None and "DEVICE" in session.text, session.text)


def test_mouse_off_is_off(bench):
    with bench.open(bench.image()) as session:
        session.send("home", "m")
        session.wait(lambda s: not s.screen.modes_on & {1000}, why="mouse off")
        before = selected(session)
        row, column = session.find("02:02.0")
        session.click(row, column)
        session.pump(0.2)
        bench.check("late reports do no harm", session.process.poll() is None, before)
