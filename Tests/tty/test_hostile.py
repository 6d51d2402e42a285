"""Machines that are strange, and names that would act on a terminal."""
import time


def tour(bench, session, name):
    """Looks at everything, at several sizes."""
    for rows, columns in ((24, 80), (40, 120), (60, 200), (16, 60)):
        session.resize(rows, columns)
        session.send("home")
        for _ in range(10):
            session.send("j")
        for pane in "123451":
            session.send(pane)
            session.pump(0.03)
        session.send("f5")
        session.pump(0.05)
        session.send("f5", "?")
        session.pump(0.05)
        session.escape()
    bench.check("%s: lives" % name, session.process.poll() is None, session.text)
    session.send("q")
    bench.check("%s: q ends it" % name, session.ended() == 0)
    bench.check("%s: the terminal is as before" % name, not session.not_restored(), session.not_restored())


def test_hostile_names(bench):
    image = bench.image("hostile")
    with bench.open(image, rows=40, columns=120) as session:
        session.pump(0.3)
        shown = session.text
        bench.check("control characters are made visible", "\\x1b" in shown, shown)
        bench.check("every device has its row", all("00:%02x.0" % n in shown for n in range(1, 8)), shown)
        tour(bench, session, "hostile names")
        raw = bytes(session.raw)
        for what, bytes_ in (("a title", b"\033]0;"), ("another title", b"\033]2;"), ("an 8-bit control", b"\xc2\x9b"),
                             ("a bidi override", "\u202e".encode()), ("a zero-width joiner", "\u200d".encode()),
                             ("a bell", b"\x07")):
            bench.check("%s is never sent" % what, bytes_ not in raw.replace(b"\033]52;c;", b""))
        bench.check("the title of the window is not changed", session.screen.title == "", session.screen.title)


def test_borders_stay_straight(bench):
    with bench.open(bench.image("hostile"), rows=40, columns=120) as session:
        session.wait_generation(1)
        session.pump(0.3)
        # In columns of the screen, which a wide character takes two of.
        rows = [session.screen.buffer[row] for row in range(2, 10)]
        edges = [{column for column in range(120) if row[column].data == "│"} for row in rows]
        shared = set.intersection(*edges)
        bench.check("every border but the scroll bar's stands in one column", len(shared) >= 3 and 0 in shared,
                    "%s\n%s" % (sorted(shared), session.text))


def test_empty_machines(bench):
    for scene, word in (("empty", "PCI"), ("no-pci", "PCI"), ("no-iommu", "IOMMU")):
        image = bench.image(scene)
        root = image.root if image else bench.path("image%d" % bench.count)
        with bench.open(root) as session:
            session.wait(word)
            bench.check("%s: says what is missing" % scene, word in session.text, session.text)
            tour(bench, session, scene)


def test_many_groups(bench):
    for scene, groups in (("groups-512", 512), ("groups-5000", 5000)):
        image = bench.image(scene)
        began = time.monotonic()
        with bench.open(image) as session:
            bench.check("%s: the first frame within 5 s" % scene, time.monotonic() - began < 5)
            bench.check("%s: the title bar counts them" % scene, str(groups) in session.lines[0].replace(" ", ""), session.lines[0])
            for key in ("G", "home", "page-down", "page-down", "]", "}", "f5", "G", "home", "f5"):
                session.send(key)
                session.pump(0.05)
            session.send("\\", "driver:vfio-pci", "enter")
            session.pump(0.3)
            image.bind("%s" % next(iter(image.devices)), None)
            session.pump(0.5)
            tour(bench, session, scene)
