"""Changes on an image, made by another process, while the screen shows it."""
import re

from images import Device
from test_look import at, go, selected


def test_changes_appear(bench):
    image = bench.image()
    with bench.open(image, rows=40, columns=120) as session:
        go(session, "02:01.0")
        line = session.screen.cursor.y

        generation = session.generation()
        image.add(Device("0000:00:1e.0", "pci0000:00", "8086:100e", "020000", "e1000", 9))
        session.wait("g9", 2.0)
        bench.check("an added device appears", session.generation() > generation, session.text)
        bench.check("the selection stays on its device", at(session, "02:01.0"), session.text)
        bench.check("and on its line", session.screen.cursor.y == line, session.text)

        image.bind("0000:02:01.0", "vfio-pci")
        session.wait("BLOCKS", 2.0)
        bench.check("another driver is shown", "vfio-pci" in selected(session), session.text)
        bench.check("the selection stays on its line after a driver changed", session.screen.cursor.y == line)

        image.move("0000:00:1f.3", 7)
        session.wait("g7", 2.0)
        bench.check("a device in another group is shown so", "g7" in session.lines[session.row_of("00:1f.3")], session.text)

        image.remove("0000:00:00.0")
        session.wait(lambda s: re.search("~ *00:00.0", s.text) or "8086:29c0" not in s.text, 2.0, "a gone row")
        # Its ids stand in its row alone; the log goes on naming its address.
        session.wait_without("8086:29c0", 9.0)
        bench.check("a removed device goes after its seconds", True)
        bench.check("the selection is still on its device", at(session, "02:01.0"), session.text)
        bench.check("and on its line still", session.screen.cursor.y == line, session.text)

        session.send("4")
        session.wait("1e.0")
        bench.check("the log has it", "vfio-pci" in session.text, session.text)
        session.send("q")
        bench.check("q ends it", session.ended() == 0)


def test_selected_device_goes(bench):
    image = bench.image()
    with bench.open(image) as session:
        go(session, "03:00.0")
        image.remove("0000:03:00.0")
        session.wait(lambda s: s.row_of("03:00.0") is None or "~" in s.lines[s.row_of("03:00.0")], 2.0, "a gone row")
        session.send("p", "space", "enter")
        session.pump(0.2)
        session.escape()
        bench.check("acting on it does no harm", session.process.poll() is None)
        session.send("home")
        session.wait_without("03:00.0", 9.0)
        image.add(Device("0000:03:00.0", "0000:00:03.0", "8086:10fb", "020000", "ixgbe", 6))
        session.wait("ixgbe", 2.0)
        bench.check("another card in its slot appears", True)


def test_whole_group_is_released(bench):
    image = bench.image()
    with bench.open(image) as session:
        go(session, "02:01.0")
        image.bind("0000:02:01.0", "vfio-pci")
        session.wait("NOT VIABLE", 2.0)
        image.bind("0000:02:02.0", "vfio-pci")
        session.wait(re.compile("─ viable ─"), 2.0)
        bench.check("released by others, the group is viable", "BLOCKS" not in session.lines[session.row_of("02:01.0")],
                    session.text)


def test_marks_and_filter_survive(bench):
    image = bench.image()
    with bench.open(image) as session:
        go(session, "02:02.0")
        session.send("space")
        session.send("\\", "group:5", "enter")
        session.wait_without("03:00.0")
        for step in range(10):
            image.add(Device("0000:00:1e.%d" % (step % 8), "pci0000:00", "8086:100e", "020000", None, 10 + step)) \
                if step < 8 else image.remove("0000:00:1e.%d" % (step - 8))
        session.pump(0.8)
        bench.check("the filter holds", "03:00.0" not in session.text and "00:1e" not in session.text.split("─")[0], session.text)
        bench.check("the mark holds", "*" in session.lines[session.row_of("02:02.0")], session.text)
        session.send("?")
        session.wait("MOVE")
        image.bind("0000:02:01.0", None)
        session.pump(0.8)
        bench.check("help stays open over changes", "MOVE" in session.text, session.text)


def test_a_key_during_a_burst_hits_its_row(bench):
    image = bench.image()
    with bench.open(image) as session:
        go(session, "02:02.0")
        for step in range(24):
            image.add(Device("0000:00:%02x.0" % (4 + step % 16), "pci0000:00", "8086:100e", "020000", None, 20 + step)) \
                if step < 16 else image.remove("0000:00:%02x.0" % (4 + step - 16))
            session.send("space")
            session.pump(0.01)
        session.pump(0.8)
        marked = [line for line in session.lines if "*" in line and ":" in line]
        bench.check("the selection never left its device", at(session, "02:02.0"), session.text)
        bench.check("an even number of marks leaves none", not any("00:0" in line[:30] for line in marked), session.text)


def test_image_vanishes(bench):
    import shutil
    image = bench.image()
    with bench.open(image) as session:
        shutil.rmtree(image.root)
        session.pump(1.0)
        bench.check("lives when the image is gone", session.process.poll() is None)
        session.send("q")
        bench.check("q ends it", session.ended() == 0)


def test_real_uevent(bench):
    import os
    folder = "/sys/bus/pci/devices"
    devices = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    usable = [d for d in devices if os.access(os.path.join(folder, d, "uevent"), os.W_OK)]
    if not usable:
        bench.check("a PCI device whose uevent may be written (run as root)", False, "none below " + folder)
        return
    with bench.open(None) as session:
        session.send("4")
        session.pump(0.3)
        before = session.text.count("uevent")
        with open(os.path.join(folder, usable[0], "uevent"), "w") as file:
            file.write("change\n")
        session.wait(lambda s: s.text.count("uevent") > before, 2.0, "a uevent in the log")
        bench.check("a real uevent is logged", True)
        session.send("q")
        bench.check("q ends it", session.ended() == 0)
